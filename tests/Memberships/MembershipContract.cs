using Xunit.Abstractions;

namespace IdGenerator.Memberships;

/// <summary>What Orleans and this service ask of the membership, whichever store is below. The tests of a store derive from it.</summary>
public abstract partial class MembershipContract(ITestOutputHelper output)
{
    protected ITestOutputHelper Output => output;

    /// <summary>Of the cluster <c>blue</c>.</summary>
    private protected abstract Task<Tables> TablesAsync();

    /// <summary>Somebody deletes the table by hand.</summary>
    protected abstract Task DeleteAsync();

    [Fact]
    public virtual async Task Many_that_start_at_once_make_one_empty_table()
    {
        var tables = await TablesAsync();
        var started = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => tables.StartAsync()));
        var read = await Task.WhenAll(started.Select(table => table.ReadAllAsync()));
        Assert.Single(read.Select(data => data.Version).Distinct());
        Assert.All(read, data => Assert.Empty(data.Members));
    }

    [Fact]
    public virtual async Task A_row_is_read_back_whole()
    {
        var table = await (await TablesAsync()).StartAsync();
        var entry = Silos.Number(7, SiloStatus.Active);
        entry.AddSuspector(Silos.Number(8).SiloAddress, Silos.Now);
        entry.AddSuspector(Silos.At("fd00::9").SiloAddress, Silos.Now);
        (entry.UpdateZone, entry.FaultZone) = (3, 4);
        await table.JoinAsync(entry);
        var read = (await table.ReadRowAsync(entry.SiloAddress)).Members.Single().Item1;
        Assert.Equal(entry.ToFullString(), read.ToFullString());
        Assert.Equal("worker-7", read.SiloName);
        Assert.Equal(DateTimeKind.Utc, read.IAmAliveTime.Kind);
    }

    [Fact]
    public virtual async Task Addresses_of_every_form_are_rows_of_their_own()
    {
        var table = await (await TablesAsync()).StartAsync();
        string[] addresses = ["10.0.0.1", "::1", "fd00:10:244::1a", "fe80::1%3", "fe80::1", "fd00::1:1"];
        MembershipEntry[] entries = [.. addresses.Select(address => Silos.At(address)), Silos.At("::1", 2)];
        foreach (var entry in entries) await table.JoinAsync(entry);
        foreach (var entry in entries) await table.UpdateIAmAliveAsync(entry);
        var read = await table.ReadAllAsync();
        Assert.Equal(
            entries.Select(entry => entry.SiloAddress).ToHashSet(),
            read.Members.Select(member => member.Item1.SiloAddress).ToHashSet());
    }

    [Fact]
    public virtual async Task An_insert_over_an_old_version_or_an_existing_row_changes_nothing()
    {
        var table = await (await TablesAsync()).StartAsync();
        var empty = (await table.ReadAllAsync()).Version;
        Assert.True(await table.InsertRowAsync(Silos.Number(1), empty.Next()));
        Assert.False(await table.InsertRowAsync(Silos.Number(1), empty.Next()));
        Assert.False(await table.InsertRowAsync(Silos.Number(2), empty.Next()));
        var one = (await table.ReadAllAsync()).Version;
        Assert.False(await table.InsertRowAsync(Silos.Number(1, SiloStatus.Dead), one.Next()));
        var read = await table.ReadAllAsync();
        Assert.Equal((empty.Version + 1, one), (one.Version, read.Version));
        Assert.Equal(SiloStatus.Joining, Assert.Single(read.Members).Item1.Status);
    }

    [Fact]
    public virtual async Task An_update_needs_the_row_its_etag_and_that_of_the_version()
    {
        var table = await (await TablesAsync()).StartAsync();
        await table.JoinAsync(Silos.Number(1));
        var first = await table.ReadRowAsync(Silos.Number(1).SiloAddress);
        await table.JoinAsync(Silos.Number(2));
        var (silo, stale) = first.Members.Single();
        Assert.False(await table.UpdateRowAsync(silo, stale, first.Version.Next()));

        var second = await table.ReadAllAsync();
        Assert.Equal(stale, second.TryGet(silo.SiloAddress)!.Item2);
        Assert.False(await table.UpdateRowAsync(Silos.Number(3), stale, second.Version.Next()));
        silo.Status = SiloStatus.Active;
        Assert.True(await table.UpdateRowAsync(silo, stale, second.Version.Next()));

        var third = await table.ReadAllAsync();
        Assert.False(await table.UpdateRowAsync(Silos.Number(1, SiloStatus.Dead), stale, third.Version.Next()));
        Assert.Equal(SiloStatus.Active, (await table.FindAsync(silo.SiloAddress))!.Status);
        Assert.Equal(second.Version.Version + 1, third.Version.Version);
    }

    [Fact]
    public virtual async Task Saying_to_be_alive_changes_that_time_and_nothing_else()
    {
        var table = await (await TablesAsync()).StartAsync();
        var silo = Silos.Number(1, SiloStatus.Active);
        await table.JoinAsync(silo);
        var before = await table.ReadAllAsync();
        // Orleans fills in no more than these two.
        await table.UpdateIAmAliveAsync(new() { SiloAddress = silo.SiloAddress, IAmAliveTime = Silos.Now.AddSeconds(30) });
        var after = await table.ReadAllAsync();
        Assert.Equal((before.Version, before.Members[0].Item2), (after.Version, after.Members[0].Item2));
        silo.IAmAliveTime = Silos.Now.AddSeconds(30);
        Assert.Equal(silo.ToFullString(), after.Members[0].Item1.ToFullString());

        // By another silo, which had read the row before that.
        var (read, etag) = before.Members[0];
        read.Status = SiloStatus.Dead;
        Assert.True(await table.UpdateRowAsync(read, etag, before.Version.Next()));
        Assert.Equal(Silos.Now.AddSeconds(30), (await table.FindAsync(silo.SiloAddress))!.IAmAliveTime);
    }

    [Fact]
    public virtual async Task Cleanup_removes_what_is_not_active_and_long_unheard()
    {
        var tables = await TablesAsync();
        var table = await tables.StartAsync();
        var statuses = Enum.GetValues<SiloStatus>();
        for (var i = 0; i < statuses.Length; i++) await table.JoinAsync(Silos.Number(i, statuses[i]));
        var suspected = Silos.Number(20, SiloStatus.Dead);
        suspected.SuspectTimes = [Tuple.Create(Silos.Number(0).SiloAddress, Silos.Now.AddDays(2))];
        var alive = Silos.Number(21);
        alive.IAmAliveTime = Silos.Now.AddDays(2);
        await table.JoinAsync(suspected);
        await table.JoinAsync(alive);
        var before = (await table.ReadAllAsync()).Version;

        await table.CleanupDefunctSiloEntriesAsync(Silos.Now.AddDays(1));
        var left = await table.ReadAllAsync();
        Assert.Equal(before, left.Version);
        Assert.Equal(
            ["worker-20", "worker-21", $"worker-{Array.IndexOf(statuses, SiloStatus.Active)}"],
            left.Members.Select(member => member.Item1.SiloName).Order(StringComparer.Ordinal));

        // A silo that does not know yet brings no row back.
        await table.UpdateIAmAliveAsync(Silos.Number(0));
        Assert.Equal(3, (await table.ReadAllAsync()).Members.Count);
    }

    [Fact]
    public virtual async Task Deleting_the_entries_of_the_cluster_leaves_no_etag_good()
    {
        var tables = await TablesAsync();
        var table = await tables.StartAsync();
        await table.JoinAsync(Silos.Number(1));
        var before = await table.ReadAllAsync();
        await table.DeleteMembershipTableEntriesAsync("green");
        Assert.Single((await table.ReadAllAsync()).Members);
        await table.DeleteMembershipTableEntriesAsync("blue");
        Assert.Empty((await table.ReadAllAsync()).Members);
        Assert.False(await table.InsertRowAsync(Silos.Number(2), before.Version.Next()));
        await table.JoinAsync(Silos.Number(2));
    }

    [Fact]
    public virtual async Task A_deleted_table_is_made_again_by_any_silo_that_has_read_it_with_a_higher_version()
    {
        var tables = await TablesAsync();
        var running = await tables.StartAsync();
        await running.JoinAsync(Silos.Number(1));
        await running.JoinAsync(Silos.Number(2, SiloStatus.Dead));
        var before = await running.ReadAllAsync();
        Func<Task>[] calls =
        [
            () => running.ReadAllAsync(),
            () => running.InsertRowAsync(Silos.Number(3), before.Version.Next()),
            () => running.UpdateIAmAliveAsync(Silos.Number(1)),
        ];
        var version = before.Version.Version;
        foreach (var call in calls)
        {
            await DeleteAsync();
            await call();
            var after = await tables.New().ReadAllAsync();
            Assert.Equal("worker-1", Assert.Single(after.Members).Item1.SiloName);
            Assert.True(after.Version.Version > version);
            version = after.Version.Version;
        }

        Assert.False(await running.InsertRowAsync(Silos.Number(3), before.Version.Next()));
    }
}
