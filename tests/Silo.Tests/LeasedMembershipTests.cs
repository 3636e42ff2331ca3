using System.Text.Json.Nodes;
using IdGenerator.Leases;
using IdGenerator.KubernetesMembership;
using IdGenerator.Membership;
using IdGenerator.Testing;
using static IdGenerator.Memberships.TableSteps;

namespace IdGenerator.Silo.Tests;

/// <summary>The lease decides, the membership follows.</summary>
public sealed class LeasedMembershipTests : FakeApiServerTest
{
    [Fact]
    public async Task A_deleted_table_is_made_again_whole_by_a_new_pod_that_has_never_seen_it()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        var before = await silos[0].Table.ReadAllAsync();
        Server.Delete(KubernetesTables.Object);

        // Its clock is days behind: the leases alone say how high the versions were.
        var pod = await LeasedSilo.TakeAsync(Client, 2, time: new FakeTimeProvider());
        await pod.Table.InitializeMembershipTableAsync(true);

        var after = await silos[1].Table.ReadAllAsync();
        Assert.Equal(["worker-0: Active", "worker-1: Active", "worker-2: Joining"], Members(after));
        var (old, made) = (Entry(before, silos[0]), Entry(after, silos[0]));
        made.IAmAliveTime = old.IAmAliveTime; // The lease said it later.
        Assert.Equal(old.ToFullString(), made.ToFullString());
        Assert.True(after.Version.Version > before.Version.Version);
    }

    [Fact]
    public async Task No_version_was_ever_above_the_one_that_a_table_is_made_again_with()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 0);
        // Faster than a version a second, and written by another silo than the one whose row changes.
        var other = await LeasedSilo.JoinAsync(Client, 1);
        for (var i = 0; i < 250; i++) await other.Table.ChangeAsync(silo.Entry.SiloAddress, row => row.SuspectTimes = []);
        var before = (await silo.Table.ReadAllAsync()).Version.Version;
        await other.ReleaseAsync();
        Server.Delete(KubernetesTables.Object);

        var pod = await LeasedSilo.TakeAsync(Client, 2, time: new FakeTimeProvider());
        await pod.Table.InitializeMembershipTableAsync(true);

        var after = await pod.Table.ReadAllAsync();
        Assert.True(after.Version.Version > before, $"{after.Version.Version} after {before}");
        Assert.Equal(["worker-0: Active", "worker-2: Joining"], Members(after));
    }

    [Fact]
    public async Task A_running_silo_that_finds_the_table_gone_puts_all_back_once()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1), await LeasedSilo.JoinAsync(Client, 2)];
        Server.Delete(KubernetesTables.Object);
        var writes = Server.WritesOf(KubernetesTables.Object);

        var read = await Task.WhenAll(silos.Select(silo => silo.Table.ReadAllAsync()));

        Assert.Single(read.Select(table => table.Version).Distinct());
        Assert.All(read, table => Assert.Equal(["worker-0: Active", "worker-1: Active", "worker-2: Active"], Members(table)));
        Assert.Equal(writes + 1, Server.WritesOf(KubernetesTables.Object));
    }

    [Fact]
    public async Task Saying_to_be_alive_finds_the_table_gone()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 0);
        Server.Delete(KubernetesTables.Object);
        await silo.Table.UpdateIAmAliveAsync(silo.Entry);
        Assert.NotNull(await new KubernetesMembershipStore(Client, "ids", "blue").ReadAsync(cached: false, default));
    }

    [Fact]
    public async Task A_silo_that_is_missing_in_a_table_that_took_the_place_of_its_own_completes_it_before_Orleans_sees_it()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        Server.Delete(KubernetesTables.Object);
        // As a silo of an earlier release makes it.
        await new KubernetesMembershipStore(Client, "ids", "blue").CreateAsync(int.MaxValue / 2, [], default);

        var after = await silos[0].Table.ReadAllAsync();

        Assert.Equal(["worker-0: Active", "worker-1: Active"], Members(after));
        Assert.Equal((int.MaxValue / 2) + 1, after.Version.Version);
    }

    [Fact]
    public async Task The_dead_do_not_come_back_with_a_table_that_is_made_again()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        // It cannot hear of it, and goes on renewing its lease.
        await silos[0].Table.ChangeAsync(silos[1].Entry.SiloAddress, row => row.Status = SiloStatus.Dead);
        await silos[0].Table.ReadAllAsync();
        Server.Delete(KubernetesTables.Object);
        Assert.Equal(["worker-0: Active"], Members(await silos[0].Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_silo_that_has_given_its_lease_back_is_not_in_a_table_that_is_made_again()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        await silos[1].ReleaseAsync();
        Server.Delete(KubernetesTables.Object);
        Assert.Equal(["worker-0: Active"], Members(await silos[0].Table.ReadAllAsync()));
    }

    [Fact]
    public async Task The_dead_and_former_holders_stay_dead_where_somebody_puts_an_older_copy_in_place()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1), await LeasedSilo.JoinAsync(Client, 2)];
        var older = Server.CopyOf(KubernetesTables.Object)["data"];
        await silos[0].Table.ChangeAsync(silos[1].Entry.SiloAddress, row => row.Status = SiloStatus.Dead);
        // Twice, so that the table has forgotten the first one.
        await LeasedSilo.JoinAsync(Client, 2, process: 1);
        await LeasedSilo.JoinAsync(Client, 2, process: 2);
        var last = (await silos[0].Table.ReadAllAsync()).Version.Version;

        Server.PutBack(KubernetesTables.Object, older);

        var after = await silos[0].Table.ReadAllAsync();
        Assert.Equal(["worker-0: Active", "worker-1: Dead", "worker-2: Active", "worker-2: Dead"], Members(after));
        Assert.Equal(SiloStatus.Dead, Entry(after, silos[2]).Status);
        Assert.True(after.Version.Version > last);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silos_whose_rows_somebody_removes_put_them_back(bool all)
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        var before = (await silos[0].Table.ReadAllAsync()).Version.Version;
        var emptied = Server.CopyOf(KubernetesTables.Object)["data"]!.AsObject();
        foreach (var key in emptied.Select(pair => pair.Key).Where(key => all || key.StartsWith("silo", StringComparison.Ordinal)).ToList())
            emptied.Remove(key);
        Server.PutBack(KubernetesTables.Object, all ? null : emptied);

        var after = await silos[0].Table.ReadAllAsync();

        Assert.Equal(["worker-0: Active", "worker-1: Active"], Members(after));
        Assert.True(after.Version.Version > before);
    }

    [Fact]
    public async Task A_silo_puts_itself_back_though_somebody_has_taken_the_label_off_its_lease()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 0);
        await silo.Table.ReadAllAsync();
        Server.Unlabel("ids-worker-0");
        Server.PutBack(KubernetesTables.Object, null);
        var writes = Server.WritesOf(KubernetesTables.Object);
        Assert.Equal(["worker-0: Active"], Members(await silo.Table.ReadAllAsync()));
        Assert.Equal(writes + 1, Server.WritesOf(KubernetesTables.Object));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_whose_lease_somebody_has_deleted_is_a_member_again_with_its_next_process(bool dead)
    {
        await LeasedSilo.JoinAsync(Client, 1);
        var former = await LeasedSilo.JoinAsync(Client, 1, process: 1); // Of the second term.
        if (dead) await former.BecomeAsync(SiloStatus.Dead);
        Server.Delete("ids-worker-1");

        // Of the first term again.
        var next = await LeasedSilo.JoinAsync(Client, 1, process: 2);

        var table = await next.Table.ReadAllAsync();
        Assert.Equal(SiloStatus.Active, Entry(table, next).Status);
        Assert.Equal(SiloStatus.Dead, Entry(table, former).Status);
    }

    [Theory]
    [InlineData("silo", """1 {"address":"x","status":"Active","name":"worker-1"}""")]
    [InlineData("silo", """1 {"address":null,"status":"Active","name":"worker-1"}""")]
    [InlineData("silo", """1 {"address":"10.0.0.9:11111@5","status":"Alive","name":"worker-1"}""")]
    [InlineData("silo", "1 x")]
    [InlineData("membership-version", "2147483647")]
    public async Task What_somebody_writes_into_a_lease_spoils_no_table_that_is_made_again(string annotation, string value)
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        foreach (var silo in silos) await silo.Table.ReadAllAsync();
        Server.Patch("ids-worker-1", new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [$"id-generator/{annotation}"] = value } } });
        Server.Delete(KubernetesTables.Object);

        await silos[0].Table.ReadAllAsync();
        await silos[1].Table.ReadAllAsync();

        Assert.Equal(["worker-0: Active", "worker-1: Active"], Members(await silos[0].Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_new_pod_fills_a_table_that_somebody_has_emptied()
    {
        await LeasedSilo.JoinAsync(Client, 0);
        Server.PutBack(KubernetesTables.Object, null);
        var pod = await LeasedSilo.TakeAsync(Client, 1, time: new FakeTimeProvider());
        await pod.Table.InitializeMembershipTableAsync(true);
        Assert.Equal(["worker-0: Active", "worker-1: Joining"], Members(await pod.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task Nothing_is_written_into_the_table_that_the_lease_does_not_say()
    {
        var silo = await LeasedSilo.TakeAsync(Client, 0);
        await silo.Table.InitializeMembershipTableAsync(true);
        var time = new FakeTimeProvider();
        var another = await LeasedSilo.TakeAsync(Client, 1, time: time);
        Server.BeforeRenewal = () => false;

        await Assert.ThrowsAsync<LeaseStoreException>(() => silo.BecomeAsync(SiloStatus.Active));
        using var stop = new CancellationTokenSource();
        var starting = another.Table.InitializeMembershipTableAsync(true, stop.Token);
        await time.UntilTimersAsync(1);

        Assert.Equal(["worker-0: Joining"], Members(await silo.Table.ReadAllAsync()));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    [Fact]
    public async Task Who_has_taken_a_lease_declares_the_former_holders_silo_dead_before_it_joins_and_no_other()
    {
        var former = await LeasedSilo.JoinAsync(Client, 1);
        var other = await LeasedSilo.JoinAsync(Client, 2);
        await LeasedSilo.TakeAsync(Client, 2, process: 1); // It has taken the lease, and not looked at the table yet.
        var elsewhere = Silos.At("10.244.9.9");
        (elsewhere.SiloName, elsewhere.Status) = ("worker-1", SiloStatus.Active); // Its lease is in another store.
        await KubernetesTables.In(Client).New().JoinAsync(elsewhere);
        var before = (await other.Table.ReadAllAsync()).Version.Version;

        var successor = await LeasedSilo.TakeAsync(Client, 1, process: 1);
        await successor.Table.InitializeMembershipTableAsync(true);

        var after = await successor.Table.ReadAllAsync();
        Assert.Equal(SiloStatus.Dead, Entry(after, former).Status);
        Assert.Contains(Entry(after, former).SuspectTimes!, suspect => suspect.Item1.Equals(successor.Entry.SiloAddress));
        Assert.Equal(SiloStatus.Active, Entry(after, other).Status);
        Assert.Equal(SiloStatus.Active, after.TryGet(elsewhere.SiloAddress)!.Item1.Status);
        Assert.Equal((before + 1, 4), (after.Version.Version, after.Members.Count));
    }

    [Fact]
    public async Task A_former_holder_that_wakes_up_gets_no_row_any_more()
    {
        var late = await LeasedSilo.TakeAsync(Client, 1);
        // One was paused before it entered the table, the other one after.
        var entered = await LeasedSilo.TakeAsync(Client, 1, process: 1);
        await entered.Table.InitializeMembershipTableAsync(true);
        var successor = await LeasedSilo.JoinAsync(Client, 1, process: 2);

        await Assert.ThrowsAsync<MembershipException>(() => late.Table.InitializeMembershipTableAsync(true));
        await Assert.ThrowsAsync<MembershipException>(() => entered.Table.TryJoinAsync(entered.Entry));
        Assert.Equal(["worker-1: Active", "worker-1: Dead"], Members(await successor.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task However_often_a_worker_starts_the_table_holds_two_rows_of_it()
    {
        for (var process = 0; process < 5; process++) await LeasedSilo.JoinAsync(Client, 1, process);
        var last = await LeasedSilo.JoinAsync(Client, 1, process: 5);
        Assert.Equal(["worker-1: Active", "worker-1: Dead"], Members(await last.Table.ReadAllAsync()));
    }
    private static MembershipEntry Entry(MembershipTableData table, LeasedSilo silo) => table.TryGet(silo.Entry.SiloAddress)!.Item1;
}
