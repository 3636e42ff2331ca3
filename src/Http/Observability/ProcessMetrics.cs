using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace IdGenerator.Http.Observability;

/// <summary>
/// The process series that Prometheus client libraries agree on
/// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics), and what is running.
/// </summary>
internal sealed class ProcessMetrics(IMeterFactory meters, TimeProvider time) : IInstruments
{
    public void Register()
    {
        var meter = meters.Create(Telemetry.MeterName);
        var build = new Measurement<int>(
            1, new("version", Telemetry.Version), new("framework", RuntimeInformation.FrameworkDescription));
        meter.CreateObservableGauge("id_generator.build_info", () => build, null,
            "1; the version that runs is in the labels.");

        var start = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        meter.CreateObservableGauge("process.start_time", () => start, "s",
            "Start time of the process since the Unix epoch.");
        meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s",
            "User and system CPU time spent.");
        meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By",
            "Resident memory.");

        if (!FileDescriptors.AreKnown) return;
        var limit = FileDescriptors.Limit();
        meter.CreateObservableGauge("process.open_fds", FileDescriptors.Count, "{fd}",
            "Open file descriptors.");
        meter.CreateObservableGauge("process.max_fds", () => limit, "{fd}",
            "Most file descriptors that may be open.");
    }
}
