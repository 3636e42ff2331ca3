using IdGenerator.PostgresLeases;
using IdGenerator.PostgresMembership;
using IdGenerator.PostgresServer;
using Xunit.Abstractions;
using static IdGenerator.Memberships.TableSteps;
using static IdGenerator.PostgresServer.Postgres;

namespace IdGenerator.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresMembershipTests(PostgresServer.Postgres server, ITestOutputHelper output) : MembershipContract(output), IAsyncLifetime
{
    private const string Cluster = "blue";
    private const string Table = "id_generator_membership";

    private PostgresDatabase? _database;
    private string _connection = "";

    public async Task InitializeAsync()
    {
        if (Programs is null) return;
        _connection = await server.DatabaseAsync();
        _database = new(new($"{_connection};Maximum Pool Size=40", PasswordFile: null), "test");
    }

    public async Task DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    [PostgresFact]
    public override Task Many_that_start_at_once_make_one_empty_table() => base.Many_that_start_at_once_make_one_empty_table();

    [PostgresFact]
    public override Task A_row_is_read_back_whole() => base.A_row_is_read_back_whole();

    [PostgresFact]
    public override Task Addresses_of_every_form_are_rows_of_their_own() => base.Addresses_of_every_form_are_rows_of_their_own();

    [PostgresFact]
    public override Task An_insert_over_an_old_version_or_an_existing_row_changes_nothing() =>
        base.An_insert_over_an_old_version_or_an_existing_row_changes_nothing();

    [PostgresFact]
    public override Task An_update_needs_the_row_its_etag_and_that_of_the_version() =>
        base.An_update_needs_the_row_its_etag_and_that_of_the_version();

    [PostgresFact]
    public override Task Saying_to_be_alive_changes_that_time_and_nothing_else() =>
        base.Saying_to_be_alive_changes_that_time_and_nothing_else();

    [PostgresFact]
    public override Task Thirty_that_join_at_once_all_have_a_row_and_a_version() =>
        base.Thirty_that_join_at_once_all_have_a_row_and_a_version();

    [PostgresFact]
    public override Task Of_many_that_change_a_row_at_once_each_changes_it_once() =>
        base.Of_many_that_change_a_row_at_once_each_changes_it_once();

    [PostgresFact]
    public override Task A_write_is_not_disturbed_by_silos_that_say_they_are_alive() =>
        base.A_write_is_not_disturbed_by_silos_that_say_they_are_alive();

    [PostgresFact]
    public override Task Cleanup_removes_what_is_not_active_and_long_unheard() => base.Cleanup_removes_what_is_not_active_and_long_unheard();

    [PostgresFact]
    public override Task Deleting_the_entries_of_the_cluster_leaves_no_etag_good() => base.Deleting_the_entries_of_the_cluster_leaves_no_etag_good();

    [PostgresFact]
    public override Task A_deleted_table_is_made_again_by_any_silo_that_has_read_it_with_a_higher_version() =>
        base.A_deleted_table_is_made_again_by_any_silo_that_has_read_it_with_a_higher_version();

    [PostgresFact]
    public async Task Clusters_have_tables_of_their_own()
    {
        await (await (await TablesAsync()).StartAsync()).JoinAsync(Silos.Number(1));
        var other = await new Tables(() => new PostgresMembershipStore(_database!, "green")).StartAsync();
        Assert.Empty((await other.ReadAllAsync()).Members);
    }

    [PostgresFact]
    public async Task A_table_of_which_nothing_has_changed_is_not_sent_again()
    {
        var tables = await TablesAsync();
        var store = tables.Store;
        var table = await tables.StartAsync();
        for (var i = 0; i < 20; i++) await table.JoinAsync(Silos.Number(i));
        await store.ReadAsync(cached: true, default);
        // What the server sends is what it has read: an edit that leaves the revision alone is not seen, because nothing is sent.
        await QueryAsync(_connection, $"UPDATE {Table} SET silos = '{{}}'");
        Assert.Equal(20, (await store.ReadAsync(cached: true, default))!.Rows.Count);
        await QueryAsync(_connection, $"UPDATE {Table} SET revision = revision + 1");
        Assert.Empty((await store.ReadAsync(cached: true, default))!.Rows);
    }

    [PostgresTheory]
    [InlineData($"DELETE FROM {Table}")]
    [InlineData($"DROP TABLE {Table}")]
    [InlineData($"UPDATE {Table} SET silos = '{{}}', version = 1, revision = revision + 1")]
    public async Task A_lost_table_is_made_again_with_every_silo_that_holds_its_lease(string loss)
    {
        LeasedSilo[] silos = [await LeasedSilo.JoinAsync(Place(), 0), await LeasedSilo.JoinAsync(Place(), 1)];
        var gone = await LeasedSilo.JoinAsync(Place(), 2);
        await gone.BecomeAsync(SiloStatus.Dead);
        await gone.ReleaseAsync();
        var before = (await silos[0].Table.ReadAllAsync()).Version.Version;
        await QueryAsync(_connection, loss);

        // A new pod comes first, which has never read the table.
        var pod = await LeasedSilo.TakeAsync(Place(), 3);
        // The first answer may be that the table is gone.
        await Record.ExceptionAsync(() => pod.Table.InitializeMembershipTableAsync(true));
        await pod.Table.InitializeMembershipTableAsync(true);
        await pod.Table.JoinAsync(pod.Entry);

        var after = await silos[1].Table.ReadAllAsync();
        Assert.Equal(["worker-0: Active", "worker-1: Active", "worker-3: Joining"], Members(after));
        Assert.True(after.Version.Version > before);
    }

    [PostgresFact]
    public async Task Who_takes_a_lease_declares_the_former_holder_dead_before_it_joins()
    {
        await LeasedSilo.JoinAsync(Place(), 0);
        await LeasedSilo.JoinAsync(Place(), 1);
        var successor = await LeasedSilo.TakeAsync(Place(), 0, process: 1);
        await successor.Table.InitializeMembershipTableAsync(true);
        Assert.Equal(["worker-0: Dead", "worker-0: Joining", "worker-1: Active"], Members(await successor.Table.ReadAllAsync()));
    }

    [PostgresFact]
    public async Task A_lease_that_somebody_has_edited_keeps_nobody_from_the_membership()
    {
        var silo = await LeasedSilo.JoinAsync(Place(), 0);
        await QueryAsync(
            _connection,
            "INSERT INTO id_generator_lease VALUES ('blue', 1000, gen_random_uuid(), " +
            "'{\"holder\":\"x\",\"generation\":\"abc\",\"renewedAt\":\"never\"}', '{\"address\":\"x\"}', 1), " +
            "('blue', 1001, gen_random_uuid(), '{\"holder\":\"x\",\"generation\":1,\"renewedAt\":7}', '{\"address\":\"x\"}', 1)");
        Assert.Equal(["worker-0: Active"], Members(await silo.Table.ReadAllAsync()));
    }

    [PostgresTheory]
    [InlineData("silos = '[]'", "\"silos\" is wrong. Delete it")]
    [InlineData("silos = 'null'", "\"silos\" is wrong. Delete it")]
    [InlineData("silos = '{\"10.0.0.1:1@1\": 7}'", "\"10.0.0.1:1@1\" is wrong. Delete it")]
    public async Task A_table_that_somebody_has_edited_into_none_is_told_and_made_again_where_it_is_deleted(string edit, string told)
    {
        var silo = await LeasedSilo.JoinAsync(Place(), 0);
        await QueryAsync(_connection, $"UPDATE {Table} SET revision = revision + 1, {edit}");
        var e = await Assert.ThrowsAsync<IdGenerator.Membership.MembershipException>(() => silo.Table.ReadAllAsync());
        Assert.Contains(told, e.Message, StringComparison.Ordinal);
        await DeleteAsync();
        Assert.Equal(["worker-0: Active"], Members(await silo.Table.ReadAllAsync()));
    }

    [PostgresTheory]
    [InlineData("alive = '[]'")]
    [InlineData("alive = '7'")]
    public async Task Times_that_somebody_has_edited_are_passed_over(string edit)
    {
        var silo = await LeasedSilo.JoinAsync(Place(), 0);
        await QueryAsync(_connection, $"UPDATE {Table} SET {edit}");
        Assert.Equal(["worker-0: Active"], Members(await silo.Table.ReadAllAsync()));
    }

    [PostgresFact]
    public async Task A_renewal_says_that_the_silo_is_alive_and_writes_nothing_into_the_table()
    {
        var silo = await LeasedSilo.JoinAsync(Place(), 0);
        var before = await RevisionAsync();
        var later = new DateTime(2100, 1, 1, 12, 0, 0, DateTimeKind.Utc);
        await silo.RenewAsync(later);
        silo.Entry.IAmAliveTime = later;
        await silo.Table.UpdateIAmAliveAsync(silo.Entry);

        var read = (await silo.Table.ReadAllAsync()).TryGet(silo.Entry.SiloAddress)!.Item1;
        Assert.Equal((later, before), (read.IAmAliveTime, await RevisionAsync()));
    }

    private protected override Task<Tables> TablesAsync() => Task.FromResult(new Tables(() => new PostgresMembershipStore(_database!, Cluster)));

    protected override async Task DeleteAsync() => await QueryAsync(_connection, $"DELETE FROM {Table}");

    private ClusterPlace Place() => new(
        worker => new PostgresLeaseStore(_database!, Cluster, worker),
        () => new PostgresMembershipStore(_database!, Cluster),
        (_, _) => new PostgresAliveTimes(_database!, Cluster));

    private async Task<object?> RevisionAsync() => await QueryAsync(_connection, $"SELECT revision FROM {Table}");
}
