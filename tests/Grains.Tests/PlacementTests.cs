using IdGenerator.Client;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Grains.Tests;

public sealed class PlacementTests
{
    [Fact]
    public async Task Each_grain_lives_on_the_silo_of_its_worker_whoever_calls_it()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 4);
        var random = new Random(1);

        for (var call = 0; call < 10_000; call++)
        {
            var (caller, worker) = (random.Next(4), random.Next(4));
            var reservation = await cluster.CallerOn(caller).GetGrain<ISnowflakeGrain>(worker).ReserveAsync(1, since: null);
            Assert.Null(reservation.Refusal);
        }

        var all = await cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var grains = all.Where(grain => grain.GrainId.Type == GrainType.Create("snowflake")).ToArray();
        Assert.Equal(4, grains.Length);
        Assert.All(grains, grain => Assert.Equal(
            cluster.Get<ILocalSiloDetails>((int)grain.GrainId.GetIntegerKey()).SiloAddress, grain.SiloAddress));
        Assert.Equal(10_000, Enumerable.Range(0, 4).Sum(worker => cluster.Get<SlotGenerator>(worker).Issued));
    }

    [Fact]
    public async Task A_worker_that_no_silo_has_fails_at_once_and_says_so()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 2);

        foreach (var caller in new[] { cluster.Client, cluster.CallerOn(0) })
        {
            var error = await Assert.ThrowsAsync<WorkerUnavailableException>(
                async () => await caller.GetGrain<ISnowflakeGrain>(7).ReserveAsync(1, since: null));
            Assert.Equal("No silo has worker ID 7.", error.Message);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_grain_of_a_silo_that_is_gone_moves_to_no_other(bool killed)
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 3);
        for (var worker = 0; worker < 3; worker++) await cluster.Client.GetGrain<ISnowflakeGrain>(worker).DescribeAsync();

        await (killed ? cluster.KillAsync(2) : cluster.StopAsync(2));

        for (var call = 0; call < 5; call++)
        {
            await Assert.ThrowsAnyAsync<Exception>(async () => await cluster.CallerOn(call % 2)
                .GetGrain<ISnowflakeGrain>(2).ReserveAsync(1, since: null).AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        }

        Assert.Null((await cluster.CallerOn(0).GetGrain<ISnowflakeGrain>(1).ReserveAsync(1, since: null)).Refusal);
        var live = await cluster.Client.GetGrain<ILiveWorkersGrain>(0).ListAsync();
        Assert.Equal([0, 1], live);
    }

    [Fact]
    public async Task A_silo_without_its_lease_refuses_to_activate_the_grain_and_says_so()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 2);
        await cluster.Get<WorkerLease>(1).ReleaseAsync(CancellationToken.None);

        var error = await Assert.ThrowsAsync<WorkerUnavailableException>(
            async () => await cluster.CallerOn(0).GetGrain<ISnowflakeGrain>(1).ReserveAsync(1, since: null));

        Assert.Equal("The silo of worker ID 1 does not hold its lease: Released.", error.Message);
    }
}
