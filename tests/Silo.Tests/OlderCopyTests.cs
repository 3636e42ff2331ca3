using static IdGenerator.Memberships.TableSteps;

namespace IdGenerator.Silo.Tests;

/// <summary>Somebody puts a copy of the table back, and a silo that cannot know better writes over it before the others look.</summary>
public sealed class OlderCopyTests : FakeApiServerTest
{
    [Fact]
    public async Task A_new_pod_that_finds_a_copy_adds_the_silos_that_have_joined_since_before_it_joins()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        var copy = Server.CopyOf(KubernetesTables.Object)["data"];
        await LeasedSilo.JoinAsync(Client, 2);
        var before = await silos[0].Table.ReadAllAsync();

        Server.PutBack(KubernetesTables.Object, copy);
        var pod = await LeasedSilo.TakeAsync(Client, 3);
        await pod.Table.InitializeMembershipTableAsync(true);

        var after = await pod.Table.ReadAllAsync();
        Assert.Equal(["worker-0: Active", "worker-1: Active", "worker-2: Active", "worker-3: Joining"], Members(after));
        Assert.True(after.Version.Version > before.Version.Version);
    }

    [Fact]
    public async Task A_new_pod_that_finds_a_copy_of_long_ago_begins_above_every_version_since()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 0);
        var copy = Server.CopyOf(KubernetesTables.Object)["data"];
        for (var i = 0; i < 150; i++) await silo.BecomeAsync(SiloStatus.Active);
        var before = await silo.Table.ReadAllAsync();

        Server.PutBack(KubernetesTables.Object, copy);
        var pod = await LeasedSilo.TakeAsync(Client, 1);
        await pod.Table.InitializeMembershipTableAsync(true);

        Assert.True((await pod.Table.ReadAllAsync()).Version.Version > before.Version.Version);
    }

    [Fact]
    public async Task A_copy_that_others_have_written_over_up_to_the_same_version_is_told_apart()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        var copy = Server.CopyOf(KubernetesTables.Object)["data"];
        await LeasedSilo.JoinAsync(Client, 5);
        var before = await silos[0].Table.ReadAllAsync();
        // So no lease says how high the versions were.
        Server.Delete("ids-worker-5");

        Server.PutBack(KubernetesTables.Object, copy);
        await LeasedSilo.JoinAsync(Client, 3);
        Assert.Equal($"{before.Version.Version}", (string?)Server.CopyOf(KubernetesTables.Object)["data"]!["version"]);

        var (row, etag) = before.TryGet(silos[1].Entry.SiloAddress)!;
        row.Status = SiloStatus.Dead;
        Assert.False(await silos[0].Table.UpdateRowAsync(row, etag, before.Version.Next()));
        var after = await silos[0].Table.ReadAllAsync();
        Assert.Equal(["worker-0: Active", "worker-1: Active", "worker-3: Active"], Members(after));
        Assert.True(after.Version.Version > before.Version.Version);
    }

    [Fact]
    public async Task Saying_to_be_alive_finds_a_copy()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 0);
        var copy = Server.CopyOf(KubernetesTables.Object)["data"];
        await LeasedSilo.JoinAsync(Client, 1);
        await silo.Table.ReadAllAsync();

        Server.PutBack(KubernetesTables.Object, copy);
        await silo.Table.UpdateIAmAliveAsync(silo.Entry);

        var found = await KubernetesTables.Store(Client).ReadAsync(cached: false, default);
        Assert.Equal(2, found!.Rows.Count);
    }

    [Fact]
    public async Task A_list_of_leases_that_lags_makes_no_active_silo_a_joining_one()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 0);
        var other = await LeasedSilo.TakeAsync(Client, 1);
        await other.Table.InitializeMembershipTableAsync(true);
        await other.Table.JoinAsync(other.Entry);
        Server.Listed = Server.Copy();
        await other.BecomeAsync(SiloStatus.Active);
        await silo.Table.ReadAllAsync();

        Server.Delete(KubernetesTables.Object);

        Assert.Equal(["worker-0: Active", "worker-1: Active"], Members(await silo.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_silo_is_what_it_has_announced_also_where_its_lease_is_not_found_and_it_has_not_read_the_table_since()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 0);
        Server.Unlabel("ids-worker-0");
        Server.Delete(KubernetesTables.Object);

        Assert.Equal(["worker-0: Active"], Members(await silo.Table.ReadAllAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_reads_at_once_the_older_one_that_ends_last_hides_nothing(bool isDeletedThen)
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1), await LeasedSilo.JoinAsync(Client, 2)];
        Server.FallBehind();
        TaskCompletionSource hasRead = new(), goOn = new();
        Server.AfterQuorumRead = name =>
        {
            if (name != KubernetesTables.Object || !hasRead.TrySetResult()) return Task.CompletedTask;
            return goOn.Task;
        };
        var slow = silos[0].Table.ReadAllAsync();
        await hasRead.Task;
        await silos[1].Table.ChangeAsync(silos[2].Entry.SiloAddress, row => row.Status = SiloStatus.Dead);
        await silos[0].Table.ReadAllAsync();
        goOn.SetResult();
        await slow;

        if (isDeletedThen) Server.Delete(KubernetesTables.Object);
        string[] living = ["worker-0: Active", "worker-1: Active"];
        Assert.Equal(isDeletedThen ? living : [.. living, "worker-2: Dead"], Members(await silos[0].Table.ReadAllAsync()));
        Assert.Equal(0, Server.Conflicts);
    }
}
