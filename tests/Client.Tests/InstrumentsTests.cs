using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Client.Tests;

/// <summary>What is to be seen of a client: metrics, log, traces.</summary>
public sealed class InstrumentsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _values = new();
    private readonly ClientInstruments _instruments;

    public InstrumentsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _values[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _values[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
            _values.AddOrUpdate($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}", 1, (_, count) => count + 1));
        _listener.Start();
        _instruments = new(meters);
    }

    [Fact]
    public async Task Each_id_is_counted_once_as_handed_out_or_expired()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var client = TestClient.New(cluster.Grains, _time, instruments: _instruments);

        for (var i = 0; i < 50; i++) await client.NextAsync();
        await client.NextAsync(5_000);
        await foreach (var _ in client.StreamAsync(100)) break;
        Assert.Equal(5_051, Read("id_generator.client.ids"));

        await client.DisposeAsync();

        Assert.Equal(5_051, Read("id_generator.client.ids"));
        Assert.Equal(cluster.Asked.Sum(request => request.Count) - 5_051, Read("id_generator.client.ids.expired"));
    }

    [Fact]
    public async Task Those_who_wait_are_counted_and_each_request_is_timed_by_worker_and_outcome()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var answer = cluster.Reserve;
        var refused = new TaskCompletionSource<SlotReservation>();
        cluster.Reserve = _ => refused.Task;
        using var client = TestClient.New(cluster.Grains, _time, instruments: _instruments);
        var calls = Enumerable.Range(0, 3).Select(_ => client.NextAsync().AsTask()).ToList();
        await cluster.UntilAskedAsync(1);
        Assert.Equal(3, Read("id_generator.client.waiters"));

        cluster.Reserve = answer;
        refused.SetResult(new(0, 0, "No", TimeSpan.Zero));
        while (!calls.TrueForAll(call => call.IsCompleted))
        {
            _time.AdvanceMilliseconds(10);
            await Task.Delay(1);
        }

        Assert.Equal(0, Read("id_generator.client.waiters"));
        Assert.Equal(1, _values["id_generator.client.fetch.duration 0 refused"]);
        Assert.True(_values["id_generator.client.fetch.duration 0 ok"] >= 1);
    }

    [Fact]
    public async Task The_log_says_once_that_a_worker_is_avoided_and_once_that_it_is_back()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        var answer = cluster.Reserve;
        var log = new MemoryLog();
        cluster.Reserve = request => request.Worker == 0 ? Task.FromResult(new SlotReservation(0, 0, "Leaving", TimeSpan.Zero)) : answer(request);
        using var client = TestClient.New(cluster.Grains, _time, options => options.MaxBatch = 1, log);

        for (var i = 0; i < 50; i++) await NextAsync();
        cluster.Reserve = answer;
        for (var i = 0; i < 100; i++) await NextAsync();

        Assert.Equal(
            ["Warning: Worker 0 gives no IDs; others are asked until it does. Leaving", "Information: Worker 0 gives IDs again."], log.Lines);

        async Task NextAsync()
        {
            await client.NextAsync();
            _time.AdvanceMilliseconds(100);
        }
    }

    [Fact]
    public async Task The_log_says_once_a_second_at_most_that_callers_got_no_ids()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var log = new MemoryLog();
        cluster.Reserve = _ => Task.FromResult(new SlotReservation(0, 0, "Leaving", TimeSpan.Zero));
        using var client = TestClient.New(cluster.Grains, _time, options => options.GiveUpAfter = options.CallTimeout = TimeSpan.FromMilliseconds(100), log);

        for (var i = 0; i < 20; i++)
        {
            var call = client.NextAsync().AsTask();
            for (var ms = 0; ms < 110; ms++) _time.AdvanceMilliseconds(1);
            await Assert.ThrowsAsync<IdsUnavailableException>(() => call.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        Assert.InRange(log.Lines.Count(line => line.StartsWith("Error: 1 callers got no IDs for 0.1 s", StringComparison.Ordinal)), 2, 3);
    }

    [Fact]
    public async Task A_fetch_is_a_trace_of_its_own_with_links_to_those_who_wait()
    {
        var started = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "IdGenerator.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = started.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var client = TestClient.New(new FakeCluster(_time, workers: 1).Grains, _time, instruments: _instruments);
        using var caller = new Activity("order").Start();

        await client.NextAsync();

        // Of other tests, which run at the same time, there may be others.
        var fetch = Assert.Single(started, activity => activity.Links.Any(link => link.Context.TraceId == caller.TraceId));
        Assert.Equal(("fetch ids", ActivityKind.Client), (fetch.OperationName, fetch.Kind));
        Assert.NotEqual(caller.TraceId, fetch.TraceId);
        Assert.Null(fetch.ParentId);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _instruments.Dispose();
        _services.Dispose();
    }

    private double Read(string instrument)
    {
        _listener.RecordObservableInstruments();
        return _values[instrument];
    }

    private sealed class MemoryLog : ILogger<IdGeneratorClient>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
