using System.Diagnostics;
using IdGenerator.PostgresServer;
using IdGenerator.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>Silos without Kubernetes: PostgreSQL holds their leases and their membership.</summary>
public sealed class PostgresTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Postgres _server = new();
    private SiloPods _silos = null!;
    private string _connection = "";

    public async Task InitializeAsync()
    {
        if (Postgres.Programs is null) return;
        await _server.InitializeAsync();
        _connection = await _server.DatabaseAsync();
        _silos = new([("LEASE_STORE", "postgres"), ("ID_SPACE", "blue"), ("Postgres__ConnectionString", $"{_connection};Maximum Pool Size=2")]);
    }

    public async Task DisposeAsync()
    {
        if (_silos is not null) await _silos.DisposeAsync();
        await _server.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_rolling_restart_loses_no_request_and_repeats_no_id_and_a_twin_is_refused()
    {
        var pods = await _silos.StartJoinedAsync(3);
        Assert.Equal(3L, await ActiveAsync());

        var twin = _silos.Start(Pod.Of(1, "other-1"));
        Assert.Equal(69, await twin.ExitAsync());
        Assert.Contains("Worker ID 1 is held by ids-1, since", twin.Errors, StringComparison.Ordinal);

        await using var requests = new LoadBalancer(pods.Select(pod => pod.Process));
        foreach (var (pod, old) in pods.Reverse())
        {
            old.Terminate();
            Assert.Equal(0, await old.ExitAsync());
            var replacement = _silos.Start(Pod.Of(pod.Worker));
            requests.Replace(old, replacement);
            await replacement.ReadyAsync();
        }

        await requests.StopAsync();
        Assert.Empty(requests.Lost);
        Assert.True(requests.Ids.Count > 1_000, $"{requests.Ids.Count}");
        Assert.Equal(requests.Ids.Count, requests.Ids.Distinct().Count());
    }

    [PostgresFact]
    public async Task A_paused_holder_has_a_successor_when_its_reservation_is_over_and_ends_when_it_wakes_up()
    {
        var pods = await _silos.StartJoinedAsync(2);
        var (pod, holder) = pods[1];
        holder.Pause();
        var waited = Stopwatch.StartNew();
        var successor = await _silos.Start(Pod.Of(pod.Worker)).AnswersAsync("/health/ready", status => (int)status == 200, TimeSpan.FromSeconds(60));
        output.WriteLine($"ready after {waited.Elapsed.TotalSeconds:0.0} s, of which 6 s are the reservation");
        holder.Resume();
        Assert.Equal(69, await holder.ExitAsync());
        Assert.NotEmpty(await successor.Client.GetStringAsync(new Uri("/id", UriKind.Relative)));
        await successor.JoinedAsync();
        Assert.Equal(2L, await ActiveAsync());
    }

    [PostgresFact]
    public async Task A_database_that_crashes_for_longer_than_the_reservation_ends_no_silo()
    {
        var pods = await _silos.StartJoinedAsync(2);
        _server.Crash();
        await pods[0].Process.AnswersAsync("/id", status => (int)status == 503);
        await _server.StartAsync();
        foreach (var (_, process) in pods) await process.AnswersAsync("/id", status => (int)status == 200);
        Assert.DoesNotContain(pods, pod => pod.Process.HasExited);
    }

    [PostgresFact]
    public async Task A_client_that_may_only_read_the_membership_finds_the_silos_through_it_and_those_that_come_later()
    {
        var pods = await _silos.StartJoinedAsync(1);
        await Postgres.QueryAsync(_connection, "CREATE ROLE reader LOGIN; GRANT SELECT ON id_generator_membership TO reader");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("ClusterId", "blue"),
            new("Postgres:ConnectionString", _connection.Replace("Username=postgres", "Username=reader", StringComparison.Ordinal)),
        ]).Build();
        await using var services = new ServiceCollection().AddLogging().AddIdGeneratorPostgresClient(configuration).BuildServiceProvider();
        var ids = services.GetRequiredService<IIdGenerator>();
        Assert.Equal(0, new SnowflakeId(await ids.NextAsync()).Worker);

        await _silos.Start(Pod.Of(1)).JoinedAsync();
        pods[0].Process.Terminate();
        Assert.Equal(0, await pods[0].Process.ExitAsync());

        Assert.Equal(1, new SnowflakeId((await ids.NextAsync(5_000))[^1]).Worker);
    }

    private Task<object?> ActiveAsync() => Postgres.QueryAsync(
        _connection, "SELECT count(*) FROM id_generator_membership, jsonb_each(silos) AS silo WHERE silo.value ->> 'status' = 'Active'");
}
