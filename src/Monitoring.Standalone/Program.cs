using Monitoring.Standalone.Commands;
using Monitoring.Web;

return await CommandLine.RunAsync(args, Surroundings.OfProcess());
