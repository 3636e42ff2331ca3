using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Grains.Tests;

/// <summary>A silo that has its worker ID and has not joined its cluster.</summary>
public sealed class SourceStartTests
{
    [Fact]
    public async Task Where_leases_are_shared_it_serves_without_the_grain_until_its_silo_is_active()
    {
        var start = new Start();
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider(), start.Of, leasesAreShared: true);
        var source = cluster.Get<GrainIdSource>(0);

        Assert.Null(start.Seen.Check);
        Assert.Equal((3, 3, 0), (start.Seen.Reservation.Slots.Count, start.Seen.Issued, start.Seen.Calls));

        var later = await source.ReserveAsync(1, since: null, CancellationToken.None);
        Assert.True(later.Slots.First >= start.Seen.Reservation.Slots.End);
        Assert.Equal((1, 4), (source.Calls, source.Issued));
    }

    [Fact]
    public async Task Where_they_are_not_it_does_not_because_another_silo_may_have_the_worker_ID_too()
    {
        var start = new Start();
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider(), start.Of);

        Assert.Equal("Starting", start.Seen.Check?.Reason);
        Assert.Equal("Starting", start.Seen.Reservation.Refusal?.Reason);
        Assert.Null(cluster.Get<GrainIdSource>(0).Check());
    }

    [Fact]
    public async Task It_needs_nothing_of_Orleans_which_may_not_be_made_yet()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider());
        var source = new GrainIdSource(
            servesWhileJoining: true, NotMade<IGrainFactory>(), cluster.Get<WorkerLease>(0), cluster.Get<WorkerIdSource>(0),
            cluster.Get<LogicalClock>(0), TimeProvider.System);
        var workers = new ClusterWorkers(
            NotMade<IGrainFactory>(), NotMade<IClusterMembershipService>(), cluster.Get<WorkerLease>(0), source, TimeProvider.System);

        Assert.Null(source.Check());
        Assert.Equal(3, (await source.ReserveAsync(3, since: null, CancellationToken.None)).Slots.Count);
        Assert.Equal([0], workers.List());
        Assert.Null(workers.Open(most: 8, count: 100));

        static Lazy<T> NotMade<T>() => new(() => throw new InvalidOperationException("Orleans is not made yet."));
    }

    /// <summary>Looks at the source of a silo just before it becomes active.</summary>
    private sealed class Start : ILifecycleParticipant<ISiloLifecycle>
    {
        private IServiceProvider _services = null!;

        public View Seen { get; private set; } = null!;

        public Start Of(IServiceProvider services)
        {
            _services = services;
            return this;
        }

        public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(Start), ServiceLifecycleStage.BecomeActive - 1, async _ =>
        {
            var source = (GrainIdSource)_services.GetService(typeof(GrainIdSource))!;
            var check = source.Check();
            Seen = new(check, await source.ReserveAsync(3, since: null, CancellationToken.None), source.Issued, source.Calls);
        });

        public sealed record View(Unavailable? Check, Reservation Reservation, long Issued, long Calls);
    }
}
