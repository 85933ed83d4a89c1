using Monitoring.Cluster.Commands;
using Monitoring.Web;

return await CommandLine.RunAsync(args, Surroundings.OfProcess());
