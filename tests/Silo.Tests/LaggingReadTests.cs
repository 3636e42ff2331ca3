using static IdGenerator.Memberships.TableSteps;

namespace IdGenerator.Silo.Tests;

/// <summary>The read once a minute comes from the API server's memory, which may lag behind.</summary>
public sealed class LaggingReadTests : FakeApiServerTest
{
    [Fact]
    public async Task A_table_that_has_not_changed_is_asked_for_in_the_APIServers_memory_alone()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 0);
        await silo.Table.ReadAllAsync();
        var reads = Server.QuorumReads;
        for (var i = 0; i < 3; i++) Assert.Single((await silo.Table.ReadAllAsync()).Members);
        Assert.Equal(reads, Server.QuorumReads);
    }

    [Fact]
    public async Task A_silo_reads_what_it_has_written_though_the_APIServers_memory_does_not_show_it_yet()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        await silos[0].Table.ReadAllAsync();
        Server.FallBehind();
        await silos[0].Table.ChangeAsync(silos[1].Entry.SiloAddress, row => row.Status = SiloStatus.Dead);
        Assert.Equal(["worker-0: Active", "worker-1: Dead"], Members(await silos[0].Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_read_that_began_before_a_write_and_ended_after_it_is_not_taken_for_the_newest()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1)];
        var before = await silos[0].Table.ReadAllAsync();
        Server.FallBehind();
        // Before the change is made the same silo reads: the table as it was.
        Server.BeforeChange = async () =>
        {
            await silos[0].Table.ReadAllAsync();
            return true;
        };
        var (row, etag) = before.TryGet(silos[1].Entry.SiloAddress)!;
        row.Status = SiloStatus.Dead;
        Assert.True(await silos[0].Table.UpdateRowAsync(row, etag, before.Version.Next()));
        Assert.Equal(["worker-0: Active", "worker-1: Dead"], Members(await silos[0].Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_silo_that_reads_an_older_table_writes_nothing_over_the_newer_one_and_then_reads_that()
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Client, 0), await LeasedSilo.JoinAsync(Client, 1), await LeasedSilo.JoinAsync(Client, 2)];
        await silos[0].Table.ReadAllAsync();
        Server.FallBehind();
        await silos[1].Table.ChangeAsync(silos[2].Entry.SiloAddress, row => row.Status = SiloStatus.Dead);

        var older = await silos[0].Table.ReadAllAsync();
        Assert.Equal(["worker-0: Active", "worker-1: Active", "worker-2: Active"], Members(older));
        var (row, etag) = older.TryGet(silos[1].Entry.SiloAddress)!;
        row.Status = SiloStatus.Dead;
        Assert.False(await silos[0].Table.UpdateRowAsync(row, etag, older.Version.Next()));
        Assert.Equal(["worker-0: Active", "worker-1: Active", "worker-2: Dead"], Members(await silos[0].Table.ReadAllAsync()));
    }
}
