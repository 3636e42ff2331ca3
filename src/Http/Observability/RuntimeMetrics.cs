using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace IdGenerator.Http.Observability;

/// <summary>
/// What the .NET runtime (learn.microsoft.com/dotnet/core/diagnostics/built-in-metrics-runtime) and Orleans measure, put right for
/// Prometheus.
/// </summary>
internal sealed class RuntimeMetrics(IMeterFactory meters) : IInstruments
{
    public const string MeterName = "System.Runtime";

    public const string OrleansMeterName = "Microsoft.Orleans";

    private const string Threads = "dotnet.thread_pool.thread.count";
    private const string QueueLength = "dotnet.thread_pool.queue.length";
    private const string Count = ".count";

    /// <summary>The two that the runtime declares as counters, though they fall as well as rise.</summary>
    public void Register()
    {
        var meter = meters.Create(Telemetry.MeterName);
        meter.CreateObservableGauge(
            Threads, () => ThreadPool.ThreadCount, "{thread}", "Threads of the thread pool.");
        meter.CreateObservableGauge(
            QueueLength, () => ThreadPool.PendingWorkItemCount, "{work_item}", "Work that waits for a thread of the thread pool.");
    }

    /// <summary>
    /// Leaves those two out, takes a suffix from gauges that Prometheus reserves for histograms, and describes the instruments of
    /// Orleans, which describe themselves nowhere but in Orleans' documentation.
    /// </summary>
    public static MetricStreamConfiguration? View(Instrument instrument) => instrument switch
    {
        { Meter.Name: MeterName, Name: Threads or QueueLength } => MetricStreamConfiguration.Drop,
        { Name: Threads or "dotnet.assembly.count" or "dotnet.process.cpu.count" or "dotnet.timer.count" } =>
            new() { Name = instrument.Name[..^Count.Length] },
        { Meter.Name: OrleansMeterName, Description: null or "" } => new() { Description = $"{instrument.Name} of Orleans." },
        _ => null,
    };
}
