using Monitoring.Standalone.Commands;

return await CommandLine.RunAsync(args, Surroundings.OfProcess());
