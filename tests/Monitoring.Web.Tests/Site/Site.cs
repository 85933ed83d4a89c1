using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Monitoring.Web.Tests;

/// <summary>The routes on a real server on loopback; behind the ports stand doubles that a test holds in its hands.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Site(WebApplication app, MemoryStore store, Board board, Posts posts, StoreHealth health, Instrument instrument, Book book, SetClock clock)
    {
        (_app, Store, Board, Posts, Health, Instrument, Book, Clock) = (app, store, board, posts, health, instrument, book, clock);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public MemoryStore Store { get; }

    public Board Board { get; }

    public Posts Posts { get; }

    public StoreHealth Health { get; }

    public Instrument Instrument { get; }

    public Book Book { get; }

    public SetClock Clock { get; }

    public static async Task<Site> StartAsync(WebOptions? options = null)
    {
        var clock = new SetClock { Now = Sample.Now };
        var store = new MemoryStore();
        var board = new Board();
        var posts = new Posts(store);
        var health = new StoreHealth();
        var instrument = new Instrument();
        var book = new Book();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IResultStore>(store);
        builder.Services.AddSingleton<ILeaderboard>(board);
        builder.Services.AddSingleton<IPostedResults>(posts);
        builder.Services.AddSingleton<IStoreHealth>(health);
        builder.Services.AddSingleton<IInstrumentStatus>(instrument);
        builder.Services.AddSingleton<IOrchestratorBook>(book);
        builder.Services.AddSingleton<IInstrumentStatus>(new Instrument { Current = [new InstrumentState("Clock", InstrumentLevel.Ok, "right", Sample.Now)] });
        builder.Services.AddMonitoringWeb(options ?? new WebOptions());
        var app = builder.Build();
        app.MapLeaderboard();
        await app.StartAsync();
        return new Site(app, store, board, posts, health, instrument, book, clock);
    }

    public async Task<string> GetAsync(string path)
    {
        var answered = await SendAsync(path);
        Assert.True(answered.Status == 200, $"{path}: {answered.Status} {answered.Body}");
        return answered.Body;
    }

    /// <summary>Sends one request; a value of null leaves a header away.</summary>
    public async Task<Answered> SendAsync(string path, string method = "GET", HttpContent? content = null, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = content };
        foreach (var (name, value) in headers)
        {
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request);
        var found = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answered((int)response.StatusCode, await response.Content.ReadAsStringAsync(), found);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>What a client saw.</summary>
internal sealed record Answered(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

internal sealed class SetClock : TimeProvider
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}

internal sealed class Board : ILeaderboard
{
    public LeaderboardSnapshot Current { get; set; } = LeaderboardSnapshot.Empty;
}

internal sealed class Instrument : IInstrumentStatus
{
    public ImmutableArray<InstrumentState> Current { get; set; } = [];
}

internal sealed class Book : IOrchestratorBook
{
    public ImmutableDictionary<OrchestratorId, RegistryEntry> Enrolled { get; set; } = ImmutableDictionary<OrchestratorId, RegistryEntry>.Empty;

    public StakeBook? Stake { get; set; }
}

internal sealed class StoreHealth : IStoreHealth
{
    public Func<CancellationToken, ValueTask<string?>> Ask { get; set; } = _ => ValueTask.FromResult<string?>(null);

    public int Asked { get; private set; }

    public ValueTask<string?> TroubleAsync(CancellationToken cancellationToken)
    {
        Asked++;
        return Ask(cancellationToken);
    }
}

internal sealed class Posts(MemoryStore store) : IPostedResults
{
    public PostAnswer Answer { get; set; } = PostAnswer.Stored;

    public Exception? Failure { get; set; }

    public async Task<PostAnswer> PostAsync(OutcomeRevision posted, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) throw failure;
        if (Answer == PostAnswer.Stored) await store.AppendAsync(posted, null, cancellationToken);
        return Answer;
    }
}
