using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdGenerator.InProcess.Tests;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("WorkerId", "1024", "WorkerId is 1024; allowed is 0 to 1023.")]
    [InlineData("WorkerId", "-1", "WorkerId is -1; allowed is 0 to 1023.")]
    [InlineData("WorkerIds", "0-9", "WorkerId is 1 and WorkerIds is \"0-9\"; allowed is one of them.")]
    [InlineData("IdSpace", "Blue", "IdSpace is \"Blue\"; allowed is 1 to 40 small letters, digits and dashes.")]
    [InlineData("WaitAtStart", "01:00:01", "WaitAtStart is 01:00:01; allowed is 0 to an hour.")]
    [InlineData("WaitAtStart", "-00:00:01", "WaitAtStart is -00:00:01; allowed is 0 to an hour.")]
    [InlineData("DataDirectory", "ids", "DataDirectory is \"ids\"; allowed is the absolute path of a directory on a local disk that outlives this process.")]
    [InlineData(
        "Store", "Postgres", "Postgres:ConnectionString is not set; allowed is, for example, \"Host=db;Database=ids;Username=ids;SSL Mode=VerifyFull\".")]
    public async Task Each_wrong_setting_is_named_at_start(string setting, string value, string fault)
    {
        var error = await StartAsync(new() { ["WorkerId"] = "1", [setting] = value });

        Assert.Equal([fault], error.Failures);
    }

    [Fact]
    public async Task All_wrong_settings_are_named_together()
    {
        var error = await StartAsync(new()
        {
            ["WorkerIds"] = "9-0",
            ["IdSpace"] = "",
            ["Store"] = "Postgres",
            ["Postgres:ConnectionString"] = "Database=ids",
            ["Postgres:TimeoutSeconds"] = "0",
        });

        Assert.Equal(
            [
                "WorkerIds is \"9-0\"; allowed is first-last, from 0 to 1023, for example 0-63.",
                "IdSpace is \"\"; allowed is 1 to 40 small letters, digits and dashes.",
                "Postgres:TimeoutSeconds is 0; allowed is 1 to 60.",
                "Postgres:ConnectionString names no Host.",
            ],
            error.Failures);
    }

    [Fact]
    public async Task A_process_without_a_worker_id_is_told_of_both_ways_to_have_one()
    {
        var error = await StartAsync([]);

        Assert.StartsWith("WorkerId is not set; allowed is 0 to 1023", Assert.Single(error.Failures), StringComparison.Ordinal);
        Assert.Contains("WorkerIds", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_of_worker_IDs_in_a_container_needs_a_directory_that_was_chosen_for_it()
    {
        Environment.SetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER", "true");

        var error = await StartAsync(new() { ["WorkerIds"] = "0-63" });

        Assert.StartsWith("WorkerIds is \"0-63\" in a container", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    private static async Task<OptionsValidationException> StartAsync(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddIdGenerator(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        using var host = builder.Build();
        return await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }
}
