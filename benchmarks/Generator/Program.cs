using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using IdGenerator.Benchmarks;

// What an ID costs on the way out of the process. Exit code 1 where any of it allocates, or did not run.
//
//   dotnet run -c Release --project benchmarks/Generator

var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default);
var summaries = BenchmarkSwitcher
    .FromTypes([typeof(Reserving), typeof(Writing)])
    .Run(args.Length > 0 ? args : ["--filter", "*"], config);

var faults = 0;
foreach (var report in summaries.SelectMany(summary => summary.Reports))
{
    var name = report.BenchmarkCase.DisplayInfo;
    var allocated = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
    if (report.Success && allocated == 0) continue;
    Console.Error.WriteLine(report.Success ? $"{name} allocates {allocated} bytes." : $"{name} did not run.");
    faults++;
}

return faults == 0 && summaries.Any(summary => summary.Reports.Length > 0) ? 0 : 1;
