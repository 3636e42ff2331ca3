using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>When silos were last alive: their leases say it, and one of them tells the others.</summary>
public sealed class AliveTimesTests : IAsyncLifetime
{
    private const string Times = "ids-membership-alive";

    private FakeApiServer _server = null!;
    private KubernetesClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = _server.Client();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_renewal_says_that_the_silo_is_alive_and_writes_nothing_into_the_table()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(_client, 0, time: time), await LeasedSilo.JoinAsync(_client, 1, time: time)];
        await silos[0].Table.ReadAllAsync();
        var writes = _server.WritesOf(KubernetesTables.Object);
        for (var minute = 0; minute < 3; minute++)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            Assert.True(await silos[1].RenewAsync(time.GetUtcNow()));
            await silos[1].Table.UpdateIAmAliveAsync(new() { SiloAddress = silos[1].Entry.SiloAddress, IAmAliveTime = time.GetUtcNow().UtcDateTime });

            var alive = Entry(await silos[0].Table.ReadAllAsync(), silos[1]).IAmAliveTime;
            Assert.InRange(time.GetUtcNow().UtcDateTime - alive, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }

        Assert.Equal(writes, _server.WritesOf(KubernetesTables.Object));
    }

    [Fact]
    public async Task A_silo_whose_lease_is_renewed_too_rarely_says_so_in_its_lease()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(_client, 0, time: time), await LeasedSilo.JoinAsync(_client, 1, time: time)];
        for (var tick = 0; tick < 3; tick++)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await silos[1].Table.UpdateIAmAliveAsync(new() { SiloAddress = silos[1].Entry.SiloAddress, IAmAliveTime = time.GetUtcNow().UtcDateTime });
        }

        var read = await silos[0].Table.ReadAllAsync();
        Assert.InRange(time.GetUtcNow().UtcDateTime - Entry(read, silos[1]).IAmAliveTime, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        // A silo that has said nothing is stale to Orleans: nobody speaks for it.
        Assert.True(time.GetUtcNow().UtcDateTime - Entry(read, silos[0]).IAmAliveTime > TimeSpan.FromSeconds(60));
        // The renewal goes on over the note as if there were none.
        Assert.True(await silos[1].RenewAsync(time.GetUtcNow()));
    }

    [Fact]
    public async Task One_silo_reads_the_leases_for_all_that_look_within_ten_seconds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var first = await LeasedSilo.JoinAsync(_client, 0, time: time);
        time.Advance(TimeSpan.FromSeconds(60));
        await first.Table.ReadAllAsync();
        var writes = _server.WritesOf(Times);
        var second = await LeasedSilo.TakeAsync(_client, 1, time: time);
        await second.Table.ReadAllAsync();
        Assert.Equal(writes, _server.WritesOf(Times));
        time.Advance(TimeSpan.FromSeconds(11));
        await second.Table.ReadAllAsync();
        Assert.Equal(writes + 1, _server.WritesOf(Times));
        // And where the clock of the one that gathered was ahead, the next one does not believe it.
        time.StepWall(TimeSpan.FromSeconds(-600));
        await (await LeasedSilo.TakeAsync(_client, 2, time: time)).Table.ReadAllAsync();
        Assert.Equal(writes + 2, _server.WritesOf(Times));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(422)]
    [InlineData(500)]
    public async Task Where_the_times_cannot_be_kept_each_silo_reads_the_leases(int status)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var silo = await LeasedSilo.JoinAsync(_client, 0, time: time);
        foreach (var isThere in new[] { true, false })
        {
            if (!isThere) _server.Delete(Times);
            _server.Refusal = (Times, status);
            time.Advance(TimeSpan.FromSeconds(60));
            Assert.True(await silo.RenewAsync(time.GetUtcNow()));

            var alive = Entry(await silo.Table.ReadAllAsync(), silo).IAmAliveTime;
            Assert.InRange(time.GetUtcNow().UtcDateTime - alive, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData("a list that is older than the last one")]
    [InlineData("a lease that was deleted")]
    [InlineData("a lease without its label")]
    [InlineData("a lease without its note")]
    public async Task No_time_falls_because_of(string what)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(_client, 0, time: time), await LeasedSilo.JoinAsync(_client, 1, time: time)];
        var older = _server.Copy();
        time.Advance(TimeSpan.FromMinutes(10));
        foreach (var silo in silos) Assert.True(await silo.RenewAsync(time.GetUtcNow()));
        await silos[0].Table.ReadAllAsync();

        if (what == "a list that is older than the last one") _server.Listed = older;
        if (what == "a lease that was deleted") _server.Delete("ids-worker-1");
        if (what == "a lease without its label") _server.Unlabel("ids-worker-1");
        if (what == "a lease without its note")
            _server.Patch("ids-worker-1", new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["id-generator/silo"] = null } } });
        time.Advance(TimeSpan.FromSeconds(11));

        foreach (var reader in new[] { silos[0], await LeasedSilo.TakeAsync(_client, 2, time: time) })
        {
            var alive = Entry(await reader.Table.ReadAllAsync(), silos[1]).IAmAliveTime;
            Assert.InRange(time.GetUtcNow().UtcDateTime - alive, TimeSpan.Zero, TimeSpan.FromSeconds(12));
        }
    }

    private static MembershipEntry Entry(MembershipTableData table, LeasedSilo silo) => table.TryGet(silo.Entry.SiloAddress)!.Item1;
}
