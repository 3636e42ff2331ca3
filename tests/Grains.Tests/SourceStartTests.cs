using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Grains.Tests;

/// <summary>A silo that has its worker ID serves HTTP requests before it has joined its cluster.</summary>
public sealed class SourceStartTests
{
    [Fact]
    public async Task Before_its_silo_is_active_it_serves_without_the_grain_from_when_it_may()
    {
        var start = new Start();
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider(), start.Of);
        var source = cluster.Get<GrainIdSource>(0);

        Assert.Equal("Starting", start.Before.Check?.Reason);
        Assert.Equal("Starting", start.Before.Reservation.Refusal?.Reason);
        Assert.Null(start.After.Check);
        Assert.Equal((3, 3, 0), (start.After.Reservation.Slots.Count, start.After.Issued, start.After.Calls));

        var later = await source.ReserveAsync(1, since: null, CancellationToken.None);
        Assert.True(later.Slots.First >= start.After.Reservation.Slots.End);
        Assert.Equal((1, 4), (source.Calls, source.Issued));
    }

    /// <summary>Looks at the source of a silo just before it becomes active, and lets it serve.</summary>
    private sealed class Start : ILifecycleParticipant<ISiloLifecycle>
    {
        private IServiceProvider _services = null!;

        public View Before { get; private set; } = null!;

        public View After { get; private set; } = null!;

        public Start Of(IServiceProvider services)
        {
            _services = services;
            return this;
        }

        public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(Start), ServiceLifecycleStage.BecomeActive - 1, async _ =>
        {
            var source = (GrainIdSource)_services.GetService(typeof(GrainIdSource))!;
            Before = await LookAsync(source);
            source.Serve();
            After = await LookAsync(source);
        });

        private static async Task<View> LookAsync(GrainIdSource source)
        {
            var check = source.Check();
            return new(check, await source.ReserveAsync(3, since: null, CancellationToken.None), source.Issued, source.Calls);
        }

        public sealed record View(Unavailable? Check, Reservation Reservation, long Issued, long Calls);
    }
}
