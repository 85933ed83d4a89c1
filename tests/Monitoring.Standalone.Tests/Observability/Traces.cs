using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Monitoring.Testing.Otlp;

namespace Monitoring.Standalone.Tests.Observability;

/// <summary>Takes the spans that a monitor sends by OTLP, and waits until those of one test are there.</summary>
internal sealed class Traces : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Test, HashSet<string> Names)> _traces = [];
    private LocalServer? _server;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Uri Url => new(_server!.Url, "/v1/traces");

    public static async Task<Traces> StartAsync()
    {
        var traces = new Traces();
        traces._server = await LocalServer.StartAsync(traces.TakeAsync);
        return traces;
    }

    /// <summary>A test all of whose spans came, and its trace id.</summary>
    public async Task<(string Test, string Trace)> UntilWholeAsync(string[] names, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                foreach (var (trace, (test, seen)) in _traces)
                {
                    if (seen.SetEquals(names)) return (test, trace);
                }

                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var body = await ByteString.FromStreamAsync(context.Request.Body, context.RequestAborted);
        lock (_lock)
        {
            // ExportTraceServiceRequest.resource_spans (1), ResourceSpans.scope_spans (2), ScopeSpans.spans (2); Span.trace_id (1), .name (5), .attributes (9).
            foreach (var span in ProtobufFields.Read(body).All(1, 2, 2))
            {
                var trace = Convert.ToHexStringLower(span.Bytes(1));
                var test = span.All(9).Where(a => a.Text(1) == "test.id").Select(a => a.All(2).Single().Text(1)).SingleOrDefault() ?? "";
                if (!_traces.TryGetValue(trace, out var known)) _traces[trace] = known = (test, []);
                known.Names.Add(span.Text(5));
            }

            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
