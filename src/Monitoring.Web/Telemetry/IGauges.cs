namespace Monitoring.Web;

/// <summary>Shows something of the host as gauges, asked for whenever somebody collects.</summary>
internal interface IGauges
{
    /// <summary>Brings the choice of series up to now; cheap where nothing changed.</summary>
    void Refresh();
}
