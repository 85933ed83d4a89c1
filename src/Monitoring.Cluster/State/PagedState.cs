using Microsoft.Extensions.DependencyInjection;
using Monitoring.Cluster.Leaderboard;
using Monitoring.Core;
using Orleans.Runtime;
using Orleans.Storage;

namespace Monitoring.Cluster.State;

/// <summary>
/// What one grain keeps of very many orchestrators, in pages: a change of one rewrites the page that it is on, whose size is a 64th of all. Each
/// page names the version that it replaces, as every state does.
/// </summary>
/// <typeparam name="TPage">A page. Its properties are what is stored.</typeparam>
internal sealed class PagedState<TPage> where TPage : class, new()
{
    /// <summary>How many pages there are. It never changes.</summary>
    public const int Count = 64;

    private readonly IGrainStorage _storage;
    private readonly IGrainBase _grain;
    private readonly string _name;
    private readonly GrainState<TPage>[] _pages = [.. Enumerable.Range(0, Count).Select(_ => new GrainState<TPage>(new TPage()))];

    /// <summary>Makes it, empty until it is read.</summary>
    /// <param name="grain">Whose it is.</param>
    /// <param name="name">Of the names of states the one of the pages; each page appends its number.</param>
    /// <param name="services">The silo's.</param>
    public PagedState(IGrainBase grain, string name, IServiceProvider services) =>
        (_grain, _name, _storage) = (grain, name, services.GetRequiredKeyedService<IGrainStorage>(StateNames.Storage));

    /// <summary>The pages, by number.</summary>
    public IEnumerable<TPage> All => Enumerable.Range(0, Count).Select(page => this[page]);

    /// <summary>False while no page was ever written.</summary>
    public bool Exists => _pages.Any(p => p.RecordExists);

    /// <summary>A page.</summary>
    public TPage this[int page] => _pages[page].State ?? new TPage();

    /// <summary>The page that an orchestrator is on.</summary>
    public static int Of(OrchestratorId id) => ScoreShards.Of(id, Count);

    /// <summary>Reads all pages.</summary>
    public Task ReadAsync() => Task.WhenAll(_pages.Select((page, number) => _storage.ReadStateAsync(NameOf(number), _grain.GrainContext.GrainId, page)));

    /// <summary>
    /// Writes pages in place of what is kept. When it throws, some may be written and others not: the grain ends, and begins again with what is
    /// stored, so whoever writes several must be able to go on from any of them.
    /// </summary>
    /// <param name="next">What is kept from now on, by the page's number.</param>
    public Task KeepAsync(IEnumerable<(int Page, TPage Next)> next) => Task.WhenAll(next.Select(n => KeepAsync(n.Page, n.Next)));

    private async Task KeepAsync(int number, TPage next)
    {
        var page = _pages[number];
        var before = page.State;
        page.State = next;
        try
        {
            await _storage.WriteStateAsync(NameOf(number), _grain.GrainContext.GrainId, page);
        }
        catch
        {
            page.State = before;
            _grain.DeactivateOnIdle();
            throw;
        }
    }

    private string NameOf(int number) => $"{_name}-{number:00}";
}
