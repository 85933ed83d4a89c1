namespace Monitoring.Cluster.Status;

/// <summary>Counts the stored outcomes that this silo folded since it started.</summary>
internal sealed class FoldedOutcomes
{
    private long _count;

    /// <summary>So many.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Some more.</summary>
    public void Add(int folded) => Interlocked.Add(ref _count, folded);
}
