using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using IdGenerator.Gateway.Observability;
using IdGenerator.Gateway.Observability.Prometheus;
using Microsoft.Extensions.DependencyInjection;

namespace IdGenerator.Observability.Tests;

public sealed class RequestMetricsTests : IDisposable
{
    private const string Name = "id_generator_http_request_duration_seconds";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RequestMetrics _requests;

    public RequestMetricsTests() =>
        _requests = new(_services.GetRequiredService<IMeterFactory>(), new(1), TimeProvider.System);

    [Fact]
    public void A_request_is_in_its_bucket_and_in_all_above()
    {
        var series = _requests.For("/id", 200);
        series.Record(TimeSpan.FromMicroseconds(50));
        series.Record(TimeSpan.FromMicroseconds(50.1));
        series.Record(TimeSpan.FromSeconds(11));

        var text = Expose();

        Assert.Contains(Line("_bucket", ",le=\"5e-05\"", 1), text, StringComparison.Ordinal);
        Assert.Contains(Line("_bucket", ",le=\"0.0001\"", 2), text, StringComparison.Ordinal);
        Assert.Contains(Line("_bucket", ",le=\"10.0\"", 2), text, StringComparison.Ordinal);
        Assert.Contains(Line("_bucket", ",le=\"+Inf\"", 3), text, StringComparison.Ordinal);
        Assert.Contains(Line("_sum", "", 11.0001001), text, StringComparison.Ordinal);
        Assert.Contains(Line("_count", "", 3), text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_request_is_lost_between_threads()
    {
        var series = _requests.For("/id", 200);
        // More threads than cores: some are interrupted in the middle of it.
        var threads = Enumerable.Range(0, 16).Select(_ => new Thread(() =>
        {
            for (var request = 0; request < 250_000; request++) series.Record(TimeSpan.FromMilliseconds(1));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Contains(Line("_count", "", 4_000_000), Expose(), StringComparison.Ordinal);
        Assert.Contains(Line("_sum", "", 4_000), Expose(), StringComparison.Ordinal);
    }

    [Fact]
    public void To_record_a_request_allocates_nothing()
    {
        for (var warmUp = 0; warmUp < 100; warmUp++) _requests.Record("/id", 200, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var request = 0; request < 1_000; request++) _requests.Record("/id", 200, 0);

        // Less than a byte each; the runtime compiles the loop meanwhile.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 999);
    }

    public void Dispose() => _services.Dispose();

    private static string Line(string suffix, string bound, double value) =>
        FormattableString.Invariant($"{Name}{suffix}{{route=\"/id\",status=\"200\"{bound}}} {value}\n");

    private string Expose()
    {
        var output = new ArrayBufferWriter<byte>();
        new PrometheusExporter(_requests).Write(output, openMetrics: false);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
