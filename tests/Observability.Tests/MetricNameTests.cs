using IdGenerator.Gateway.Observability.Prometheus;

namespace IdGenerator.Observability.Tests;

public sealed class MetricNameTests
{
    [Theory]
    [InlineData("id_generator.ids.generated", "{id}", "counter", "id_generator_ids_generated")]
    [InlineData("dotnet.gc.pause.time", "s", "counter", "dotnet_gc_pause_time_seconds")]
    [InlineData("dotnet.process.memory.working_set", "By", "gauge", "dotnet_process_memory_working_set_bytes")]
    [InlineData("dotnet.assembly.count", "{assembly}", "gauge", "dotnet_assembly")]
    [InlineData("orleans-app-requests-latency-count", null, "counter", "orleans_app_requests_latency_count")]
    [InlineData("already_total", null, "counter", "already")]
    [InlineData("wait_seconds", "s", "gauge", "wait_seconds")]
    [InlineData("9 lives / cat", null, "gauge", "_9_lives_cat")]
    public void Names_are_mapped_as_OpenTelemetry_maps_them(string name, string? unit, string type, string expected) =>
        Assert.Equal(expected, MetricName.Of(name, MetricName.UnitOf(unit), type));
}
