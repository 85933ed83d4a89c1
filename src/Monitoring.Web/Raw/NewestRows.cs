using Monitoring.Core;

namespace Monitoring.Web;

/// <summary>Keeps the newest results of any number, in whatever order they come, within a number of rows and of characters.</summary>
internal sealed class NewestRows(int maximumRows, int maximumText)
{
    private readonly PriorityQueue<OutcomeRevision, (DateTimeOffset, TestId)> _oldestFirst = new();
    private long _text;

    public void Add(OutcomeRevision result)
    {
        _oldestFirst.Enqueue(result, (result.TestTime, result.Test));
        _text += TextOf(result);
        while (_oldestFirst.Count > maximumRows || (_text > maximumText && _oldestFirst.Count > 1))
        {
            _text -= TextOf(_oldestFirst.Dequeue());
        }
    }

    public IEnumerable<OutcomeRevision> NewestFirst()
    {
        var rows = new List<OutcomeRevision>(_oldestFirst.Count);
        while (_oldestFirst.TryDequeue(out var row, out _))
        {
            rows.Add(row);
        }

        rows.Reverse();
        return rows;
    }

    private static long TextOf(OutcomeRevision result) => result.Summary is not { } summary ? 0
        : (summary.Posted is { } posted ? posted.InputParameters.Length + posted.ResponsePayload.Length + posted.Model.Length + posted.Pipeline.Length : 0)
            + summary.Errors.Sum(error => (long)error.ErrorCode.Length + (error.Message?.Length ?? 0));
}
