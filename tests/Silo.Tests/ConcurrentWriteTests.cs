using System.Text.Json;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesMembership;
using IdGenerator.Membership;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>What comes between the reading and the writing of a table.</summary>
public sealed class ConcurrentWriteTests : IAsyncLifetime
{
    private FakeApiServer _server = null!;
    private KubernetesClient _client = null!;
    private Tables _tables = null!;
    private int _changes;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = _server.Client();
        _tables = KubernetesTables.In(_client);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_that_says_it_is_alive_makes_no_insert_fail()
    {
        var table = await _tables.StartAsync();
        await table.JoinAsync(Silos.Number(1));
        var next = (await table.ReadAllAsync()).Version.Next();
        BeforeEachChange(change => change <= 3, SayAlive);
        Assert.True(await table.InsertRowAsync(Silos.Number(2), next));
        Assert.Equal((4, 3), (_changes, _server.Conflicts));
        Assert.Equal(2, (await table.ReadAllAsync()).Members.Count);
    }

    [Fact]
    public async Task Another_silo_that_joins_first_makes_it_false()
    {
        var table = await _tables.StartAsync();
        var next = (await table.ReadAllAsync()).Version.Next();
        BeforeEachChange(change => change == 1, () => JoinBefore(3));
        Assert.False(await table.InsertRowAsync(Silos.Number(2), next));
        Assert.Equal("worker-3", Assert.Single((await table.ReadAllAsync()).Members).Item1.SiloName);
        Assert.Equal(1, _server.Conflicts);
    }

    [Fact]
    public async Task A_write_that_never_gets_through_ends_false()
    {
        var table = await _tables.StartAsync();
        await table.JoinAsync(Silos.Number(1));
        var next = (await table.ReadAllAsync()).Version.Next();
        BeforeEachChange(_ => true, SayAlive);
        Assert.False(await table.InsertRowAsync(Silos.Number(2), next));
        Assert.Equal(100, _changes);
    }

    [Fact]
    public async Task Saying_to_be_alive_is_repeated_when_the_server_is_too_busy_to_merge_it()
    {
        var table = await _tables.StartAsync();
        var silo = Silos.Number(1);
        await table.JoinAsync(silo);
        silo.IAmAliveTime = Silos.Now.AddSeconds(30);
        _server.BeforeChange = () => Task.FromResult(++_changes > 2);
        await table.UpdateIAmAliveAsync(silo);
        Assert.Equal(silo.IAmAliveTime, (await table.FindAsync(silo.SiloAddress))!.IAmAliveTime);
    }

    [Fact]
    public async Task Cleanup_spares_a_row_that_has_changed_since_it_looked()
    {
        var table = await _tables.StartAsync();
        await table.JoinAsync(Silos.Number(1));
        BeforeEachChange(change => change == 1, () =>
        {
            var active = MembershipEntries.Row(Silos.Number(1, SiloStatus.Active), int.MaxValue);
            Put(Read(), active);
        });
        await table.CleanupDefunctSiloEntriesAsync(Silos.Now.AddDays(1));
        Assert.Equal(SiloStatus.Active, (await table.FindAsync(Silos.Number(1).SiloAddress))!.Status);
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_is_an_exception_and_is_not_made_twice()
    {
        var table = await _tables.StartAsync();
        var next = (await table.ReadAllAsync()).Version.Next();
        _server.AfterChange = context => context.Abort();
        await Assert.ThrowsAsync<KubernetesApiException>(() => table.InsertRowAsync(Silos.Number(1), next));
        _server.AfterChange = _ => { };
        var read = await table.ReadAllAsync();
        Assert.Equal((next.Version, 1), (read.Version.Version, read.Members.Count));
    }

    [Fact]
    public async Task The_etag_of_a_deleted_table_is_never_good_in_the_next()
    {
        // A clock that stands still, and a silo that has read nothing before: both tables begin with the same version.
        var time = new FakeTimeProvider();
        var old = (await (await _tables.StartAsync(time)).ReadAllAsync()).Version;
        _server.Delete(KubernetesTables.Object);
        var table = await _tables.StartAsync(time);
        Assert.Equal(old.Version, (await table.ReadAllAsync()).Version.Version);
        Assert.False(await table.InsertRowAsync(Silos.Number(1), old.Next()));
    }

    private void BeforeEachChange(Func<int, bool> isMeant, Action act) => _server.BeforeChange = () =>
    {
        if (isMeant(++_changes)) act();
        return Task.FromResult(true);
    };

    private void SayAlive() => _server.Patch(
        KubernetesTables.Object, ConfigMapChange.Alive(Silos.Number(1).SiloAddress.ToParsableString(), Silos.Now.AddTicks(_changes)));

    private void JoinBefore(int number)
    {
        var current = Read();
        Put(current, MembershipEntries.Row(Silos.Number(number), current.Version + 1));
    }

    private ConfigMapDocument Read() => (ConfigMapDocument)_tables.Store.ReadAsync(cached: false, default).GetAwaiter().GetResult()!;

    private void Put(ConfigMapDocument over, MembershipRow row) => Assert.Equal(
        200,
        _server.Replace(
            KubernetesTables.Object,
            JsonSerializer.SerializeToNode(
                ConfigMapChange.Of(over, MembershipChange.Put(row.Version, row), KubernetesTables.Release), ConfigMap.Resource.Json)!.AsObject()).Status);
}
