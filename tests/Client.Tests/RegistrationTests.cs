using IdGenerator.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace IdGenerator.Client.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task Over_the_orleans_client_of_the_services()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        await using var services = new ServiceCollection()
            .AddSingleton<IGrainFactory>(cluster.Client)
            .AddIdGeneratorClientOverOrleans()
            .BuildServiceProvider();

        Assert.True(await services.GetRequiredService<IIdGenerator>().NextAsync() > 0);
    }

    [Theory]
    [InlineData("MaxBatch", "0", "MaxBatch is 0: it must be 1 to 4096.")]
    [InlineData("MaxBatch", "4097", "MaxBatch is 4097: it must be 1 to 4096.")]
    [InlineData("MaxAge", "00:00:00", "MaxAge is 00:00:00: it must be above 0 and at most a day.")]
    [InlineData("CallTimeout", "-00:00:01", "CallTimeout is -00:00:01: it must be above 0 and at most a day.")]
    [InlineData("GiveUpAfter", "50.00:00:00", "GiveUpAfter is 50.00:00:00: it must be above 0 and at most a day.")]
    [InlineData("CallTimeout", "00:00:31", "CallTimeout is 00:00:31: it must be at most GiveUpAfter (00:00:30).")]
    [InlineData("ClusterId", " ", "ClusterId is empty: it must be the cluster's ID.")]
    [InlineData("Gateways:0", "host", "Gateways is \"host\": it must be host:port.")]
    [InlineData("Gateways:0", ":30000", "Gateways is \":30000\": it must be host:port.")]
    [InlineData("Gateways:0", "host:0", "Gateways is \"host:0\": it must be host:port.")]
    public async Task Each_wrong_setting_is_named(string setting, string value, string fault)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(setting, value)]).Build();
        await using var services = new ServiceCollection().AddIdGeneratorClient(configuration).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IIdGenerator>());

        Assert.Equal([fault], error.Failures);
    }

    [Theory]
    [InlineData(
        "Postgres:ConnectionString", "", "Postgres:ConnectionString is not set; allowed is, for example, \"Host=db;Database=ids;Username=reader;SSL Mode=VerifyFull\".")]
    [InlineData("Postgres:ConnectionString", "Database=ids", "Postgres:ConnectionString names no Host.")]
    [InlineData("Postgres:TimeoutSeconds", "61", "Postgres:TimeoutSeconds is 61; allowed is 1 to 60.")]
    [InlineData("ClusterId", " ", "ClusterId is empty: it must be the cluster's ID.")]
    public async Task Each_wrong_setting_of_the_database_is_named(string setting, string value, string fault)
    {
        var settings = new Dictionary<string, string?> { ["Postgres:ConnectionString"] = "Host=db", [setting] = value };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        await using var services = new ServiceCollection().AddIdGeneratorPostgresClient(configuration).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IIdGenerator>());

        Assert.Equal([fault], error.Failures);
    }

    [Fact]
    public async Task All_wrong_settings_are_named_together_with_the_client_that_they_are_of()
    {
        await using var services = new ServiceCollection()
            .AddKeyedIdGeneratorClient("orders", options => (options.MaxBatch, options.MaxAge) = (0, TimeSpan.Zero))
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredKeyedService<IIdGenerator>("orders"));

        Assert.Equal(2, error.Failures.Count());
        Assert.All(error.Failures, fault => Assert.Contains("of the client \"orders\"", fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clients_with_keys_have_settings_of_their_own()
    {
        await using var services = new ServiceCollection()
            .AddIdGeneratorClient()
            .AddKeyedIdGeneratorClient("a", options => options.MaxBatch = 7)
            .AddKeyedIdGeneratorClient("b", new ConfigurationBuilder().AddInMemoryCollection([new("MaxBatch", "9")]).Build())
            .BuildServiceProvider();

        var clients = new object[]
        {
            services.GetRequiredService<IIdGenerator>(),
            services.GetRequiredKeyedService<IIdGenerator>("a"),
            services.GetRequiredKeyedService<IIdGenerator>("b"),
        };

        Assert.Equal(3, clients.Distinct().Count());
        var options = services.GetRequiredService<IOptionsMonitor<IdGeneratorClientOptions>>();
        Assert.Equal((4_096, 7, 9), (options.CurrentValue.MaxBatch, options.Get("a").MaxBatch, options.Get("b").MaxBatch));
        Assert.Same(clients[0], services.GetRequiredService<IIdGenerator>());
    }

    [Fact]
    public async Task Without_a_cluster_it_says_so_and_ends_as_told()
    {
        var services = new ServiceCollection()
            .AddIdGeneratorClient(options =>
            {
                options.Gateways.Add($"localhost:{FreePort.Next()}");
                options.GiveUpAfter = options.CallTimeout = TimeSpan.FromMilliseconds(300);
            })
            .BuildServiceProvider();
        var ids = services.GetRequiredService<IIdGenerator>();

        var error = await Assert.ThrowsAsync<IdsUnavailableException>(async () => await ids.NextAsync());
        await services.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("No worker had IDs for 0.3 s: The cluster was not found yet.", error.Message);
        Assert.Empty(error.Workers);
    }

    [Fact]
    public async Task The_health_check_says_which_workers_give_no_ids()
    {
        var time = new FakeTimeProvider();
        var cluster = new FakeCluster(time, workers: 2);
        var answer = cluster.Reserve;
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton(cluster.Grains)
            .AddIdGeneratorClientOverOrleans(options => options.MaxBatch = 1)
            .AddHealthChecks().AddIdGeneratorClient().Services
            .BuildServiceProvider();
        var health = services.GetRequiredService<HealthCheckService>();

        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);

        cluster.Reserve = request => request.Worker == 0 ? Task.FromResult(new SlotReservation(0, 0, "Leaving", TimeSpan.FromSeconds(1))) : answer(request);
        for (var i = 0; i < 4; i++) await services.GetRequiredService<IIdGenerator>().NextAsync();
        var some = await health.CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, some.Status);
        Assert.Equal("Leaving", some.Entries["id-generator"].Data["worker 0"]);

        cluster.Reserve = _ => Task.FromResult(new SlotReservation(0, 0, "Leaving", TimeSpan.FromSeconds(1)));
        var asked = cluster.Asked.Count;
        var check = health.CheckHealthAsync();
        while (!check.IsCompleted)
        {
            time.AdvanceMilliseconds(100);
            await Task.Delay(5);
        }

        Assert.Equal(HealthStatus.Unhealthy, (await check).Status);
        Assert.Equal("No IDs within 0.9 s.", (await check).Entries["id-generator"].Description);
    }
}
