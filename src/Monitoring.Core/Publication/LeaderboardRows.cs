namespace Monitoring.Core;

/// <summary>Finding a row among rows in order of the orchestrators' addresses.</summary>
public static class LeaderboardRows
{
    /// <summary>The place of the first row whose address is not smaller: that of the orchestrator's row, or where it would stand.</summary>
    /// <param name="rows">Rows in order of the address.</param>
    /// <param name="orchestrator">The orchestrator.</param>
    /// <param name="from">Rows before this place are known to be smaller; 0 to the number of rows.</param>
    public static int PlaceOf(this ImmutableArray<LeaderboardRow> rows, OrchestratorId orchestrator, int from = 0)
    {
        var until = rows.Length;
        while (from < until)
        {
            var middle = (from + until) / 2;
            if (rows[middle].Orchestrator < orchestrator) from = middle + 1;
            else until = middle;
        }

        return from;
    }
}
