using Monitoring.Web;

namespace Monitoring.Cluster.Configuration;

/// <summary>Reads <c>Store</c>, which a cluster cannot do without.</summary>
internal static class Database
{
    /// <summary>The section; null, and a problem, where no database is named.</summary>
    public static StoreOptions? Read(KeyReader keys)
    {
        var before = keys.ProblemCount;
        var store = new StoreSection(keys).Read();
        if (store is null && keys.ProblemCount == before) keys.Problem("Store:Url", "The database of the cluster is expected: postgres://user@host/database (--store).");
        return store;
    }
}
