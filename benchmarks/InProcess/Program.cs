using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using IdGenerator.Benchmarks;

// What an ID costs inside of a process, beside what other libraries take. Exit code 1 where one of this library allocates, or any did not run.
//
//   dotnet run -c Release --project benchmarks/InProcess

var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default);
var summary = BenchmarkRunner.Run<OneId>(config, args);
var isFine = summary.Reports.Length > 0 && summary.Reports.All(report => report.Success)
    && summary.Reports.All(report => report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) is null or 0);
return isFine ? 0 : 1;
