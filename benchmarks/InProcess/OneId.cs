using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Benchmarks;

/// <summary>
/// One ID from each, in one thread. The format of this library's IDs allows 4,096 a millisecond, one each 244 ns, which is longer than one takes to
/// make: <see cref="NextAsyncAtTheLimit"/> is measured so. For the two others time runs 64 times as fast, so that nobody waits for a millisecond.
/// </summary>
public class OneId
{
    private IHost _fast = null!;
    private IHost _real = null!;
    private IIdGenerator _ids = null!;
    private IIdGenerator _limited = null!;

    [GlobalSetup]
    public void Start()
    {
        (_fast, _ids) = Host(1, new FastTime());
        (_real, _limited) = Host(2, TimeProvider.System);
    }

    [GlobalCleanup]
    public void Stop()
    {
        foreach (var host in new[] { _fast, _real })
        {
            host.StopAsync().GetAwaiter().GetResult();
            host.Dispose();
        }
    }

    [Benchmark(Baseline = true)]
    public long TryNext() => _ids.TryNext(out var id) ? id : throw new InvalidOperationException("There is no ID at hand.");

    [Benchmark]
    public async ValueTask<long> NextAsync() => await _ids.NextAsync();

    [Benchmark]
    public async ValueTask<long> NextAsyncAtTheLimit() => await _limited.NextAsync();

    [Benchmark]
    public Guid GuidVersion7() => Guid.CreateVersion7();

    [Benchmark]
    public MassTransit.NewId NewIdNext() => MassTransit.NewId.Next();

    [Benchmark]
    public Ulid UlidNewUlid() => Ulid.NewUlid();

    private static (IHost, IIdGenerator) Host(int worker, TimeProvider time)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time);
        builder.Services.AddIdGenerator(options =>
        {
            // A space and a directory of their own, because the faster time leaves IDs of the future behind.
            (options.WorkerId, options.IdSpace) = (worker, $"benchmark-{Guid.NewGuid():N}"[..40]);
            options.DataDirectory = Directory.CreateTempSubdirectory("id-generator-").FullName;
        });
        var host = builder.Build();
        host.StartAsync().GetAwaiter().GetResult();
        return (host, host.Services.GetRequiredService<IIdGenerator>());
    }

    /// <summary>Both clocks of the machine, and its timers, 64 times as fast from now on.</summary>
    private sealed class FastTime : TimeProvider
    {
        private const int Factor = 64;

        private readonly long _start = System.GetTimestamp();
        private readonly DateTimeOffset _wall = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _wall + (System.GetUtcNow() - _wall) * Factor;

        public override long GetTimestamp() => _start + (System.GetTimestamp() - _start) * Factor;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new FastTimer(System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)));

        private static TimeSpan Shorter(TimeSpan time) => time > TimeSpan.Zero ? time / Factor : time;

        private sealed class FastTimer(ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Shorter(dueTime), Shorter(period));

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
