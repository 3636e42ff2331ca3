using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>When silos were last alive: their leases say it, and one of them tells the others.</summary>
public sealed class AliveTimesTests : FakeApiServerTest
{
    private const string Times = "ids-membership-alive";

    [Fact]
    public async Task A_renewal_says_that_the_silo_is_alive_and_writes_nothing_into_the_table()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0, time: time), await LeasedSilo.JoinAsync(Client, 1, time: time)];
        await silos[0].Table.ReadAllAsync();
        var writes = Server.WritesOf(KubernetesTables.Object);
        for (var minute = 0; minute < 3; minute++)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            Assert.True(await silos[1].RenewAsync(time.GetUtcNow()));
            await silos[1].Table.UpdateIAmAliveAsync(new() { SiloAddress = silos[1].Entry.SiloAddress, IAmAliveTime = time.GetUtcNow().UtcDateTime });

            var alive = Entry(await silos[0].Table.ReadAllAsync(), silos[1]).IAmAliveTime;
            Assert.InRange(time.GetUtcNow().UtcDateTime - alive, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }

        Assert.Equal(writes, Server.WritesOf(KubernetesTables.Object));
    }

    [Fact]
    public async Task A_silo_whose_lease_is_renewed_too_rarely_says_so_in_its_lease()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0, time: time), await LeasedSilo.JoinAsync(Client, 1, time: time)];
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
        var first = await LeasedSilo.JoinAsync(Client, 0, time: time);
        time.Advance(TimeSpan.FromSeconds(60));
        await first.Table.ReadAllAsync();
        var writes = Server.WritesOf(Times);
        var second = await LeasedSilo.JoinAsync(Client, 1, time: time);
        await second.Table.ReadAllAsync();
        Assert.Equal(writes, Server.WritesOf(Times));
        time.Advance(TimeSpan.FromSeconds(11));
        await second.Table.ReadAllAsync();
        Assert.Equal(writes + 1, Server.WritesOf(Times));
        // And where the clock of the one that gathered was ahead, the next one does not believe it.
        time.StepWall(TimeSpan.FromSeconds(-600));
        time.Advance(TimeSpan.FromSeconds(11));
        await first.Table.ReadAllAsync();
        Assert.Equal(writes + 2, Server.WritesOf(Times));
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(17, 0)]
    public async Task In_a_crowd_alone_a_silo_that_joins_takes_the_times_as_they_are(int joining, int lists)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await (await LeasedSilo.JoinAsync(Client, 40, time: time)).Table.ReadAllAsync();
        for (var worker = 0; worker < joining; worker++)
        {
            var silo = await LeasedSilo.TakeAsync(Client, worker, time: time);
            Assert.NotNull(await silo.Table.TryJoinAsync(silo.Entry));
        }

        var late = await LeasedSilo.TakeAsync(Client, 41, time: time);
        time.Advance(TimeSpan.FromSeconds(60));
        var before = Server.Lists;

        Assert.Equal(joining + 1, (await late.Table.ReadAllAsync()).Members.Count);

        Assert.Equal(lists, Server.Lists - before);
    }

    [Fact]
    public async Task A_silo_that_is_told_to_stop_reads_no_leases()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var silo = await LeasedSilo.JoinAsync(Client, 0, time: time);
        await silo.Table.ReadAllAsync();
        time.Advance(TimeSpan.FromSeconds(60));
        await silo.Stopping.CancelAsync();
        var lists = Server.Lists;

        await silo.Table.ReadAllAsync();

        Assert.Equal(lists, Server.Lists);
    }

    [Fact]
    public async Task Where_the_leases_cannot_be_read_a_copy_of_up_to_forty_seconds_will_do()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var silo = await LeasedSilo.JoinAsync(Client, 0, time: time);
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await silo.RenewAsync(time.GetUtcNow()));
        await silo.Table.ReadAllAsync();
        Server.Refusal = ("leases", 500, AlsoReads: true);

        time.Advance(TimeSpan.FromSeconds(39));
        var alive = Entry(await silo.Table.ReadAllAsync(), silo).IAmAliveTime;
        Assert.Equal(39, (time.GetUtcNow().UtcDateTime - alive).TotalSeconds, tolerance: 1.0);
        time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<LeaseStoreException>(() => silo.Table.ReadAllAsync());
    }

    [Fact]
    public async Task Of_many_members_few_read_the_leases_when_the_times_are_ten_seconds_old_and_each_does_some_seconds_later()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var members = new List<LeasedSilo>();
        for (var worker = 0; worker < 60; worker++) members.Add(await LeasedSilo.JoinAsync(Client, worker, time: time));
        time.Advance(TimeSpan.FromSeconds(60));
        await members[0].Table.ReadAllAsync();
        // Whoever keeps the copy is always too late.
        Server.BeforeChange = () => Task.FromResult(false);

        // Of sixty the chance of each is one in three, and doubles every 1.5 s.
        Assert.InRange(await ListsAfterAsync(10), 1, 45);
        Assert.Equal(60, await ListsAfterAsync(11));

        async Task<int> ListsAfterAsync(int seconds)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            var lists = Server.Lists;
            foreach (var member in members) await member.Table.ReadAllAsync();
            return Server.Lists - lists;
        }
    }

    [Fact]
    public async Task Of_many_members_beside_a_server_that_does_not_answer_few_read_the_leases_instead()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var members = new List<LeasedSilo>();
        for (var worker = 0; worker < 60; worker++) members.Add(await LeasedSilo.JoinAsync(Client, worker, time: time));
        Server.Refusal = (Times, 500, AlsoReads: true);
        time.Advance(TimeSpan.FromSeconds(11));
        var lists = Server.Lists;

        var failures = 0;
        await Task.WhenAll(members.Select(async member =>
        {
            try
            {
                await member.Table.ReadAllAsync();
            }
            catch (KubernetesApiException)
            {
                Interlocked.Increment(ref failures);
            }
        }));

        Assert.InRange(failures, 15, 59);
        Assert.Equal(60 - failures, Server.Lists - lists);
    }

    [Theory]
    [InlineData(403, false)]
    [InlineData(422, false)]
    [InlineData(500, false)]
    [InlineData(403, true)]
    [InlineData(500, true)]
    public async Task Where_the_times_cannot_be_kept_each_silo_reads_the_leases(int status, bool alsoReads)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var silo = await LeasedSilo.JoinAsync(Client, 0, time: time);
        foreach (var isThere in new[] { true, false })
        {
            if (!isThere) Server.Delete(Times);
            Server.Refusal = (Times, status, alsoReads);
            time.Advance(TimeSpan.FromSeconds(60));
            Assert.True(await silo.RenewAsync(time.GetUtcNow()));

            var alive = Entry(await silo.Table.ReadAllAsync(), silo).IAmAliveTime;
            Assert.InRange(time.GetUtcNow().UtcDateTime - alive, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task A_time_of_a_clock_that_was_ahead_is_forgotten_when_the_lease_says_another()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var silo = await LeasedSilo.JoinAsync(Client, 0, time: time);
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await silo.RenewAsync(time.GetUtcNow().AddHours(1)));
        await silo.Table.ReadAllAsync();

        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await silo.RenewAsync(time.GetUtcNow()));

        var alive = Entry(await silo.Table.ReadAllAsync(), silo).IAmAliveTime;
        Assert.InRange(time.GetUtcNow().UtcDateTime - alive, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("a list that is older than the last one")]
    [InlineData("a lease that was deleted")]
    [InlineData("a lease without its label")]
    [InlineData("a lease without its note")]
    public async Task No_time_falls_because_of(string what)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0, time: time), await LeasedSilo.JoinAsync(Client, 1, time: time)];
        var older = Server.Copy();
        time.Advance(TimeSpan.FromMinutes(10));
        foreach (var silo in silos) Assert.True(await silo.RenewAsync(time.GetUtcNow()));
        await silos[0].Table.ReadAllAsync();

        if (what == "a list that is older than the last one") Server.Listed = older;
        if (what == "a lease that was deleted") Server.Delete("ids-worker-1");
        if (what == "a lease without its label") Server.Unlabel("ids-worker-1");
        if (what == "a lease without its note")
            Server.Patch("ids-worker-1", new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["id-generator/silo"] = null } } });
        time.Advance(TimeSpan.FromSeconds(11));

        foreach (var reader in new[] { silos[0], await LeasedSilo.TakeAsync(Client, 2, time: time) })
        {
            var alive = Entry(await reader.Table.ReadAllAsync(), silos[1]).IAmAliveTime;
            Assert.InRange(time.GetUtcNow().UtcDateTime - alive, TimeSpan.Zero, TimeSpan.FromSeconds(12));
        }
    }

    private static MembershipEntry Entry(MembershipTableData table, LeasedSilo silo) => table.TryGet(silo.Entry.SiloAddress)!.Item1;
}
