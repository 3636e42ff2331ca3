using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>Settings of stores that hosts share, and of processes that find their worker ID there.</summary>
public sealed class SharedStoreSettingsTests
{
    [Theory]
    [InlineData("LEASE_STORE=postgres WORKER_ID=1", "LEASE_STORE or CLUSTERING is postgres, and Postgres:ConnectionString is not set")]
    [InlineData("LEASE_STORE=postgres WORKER_ID=1 Postgres__ConnectionString=Hst=db", "Postgres:ConnectionString cannot be read. Allowed are keywords of Npgsql")]
    [InlineData("LEASE_STORE=postgres WORKER_ID=1 Postgres__ConnectionString=Database=ids", "Postgres:ConnectionString names no Host.")]
    [InlineData("LEASE_STORE=postgres WORKER_ID=1 Postgres__ConnectionString=Host=db;Password=a Postgres__PasswordFile=/etc/hosts", "keep one of them")]
    [InlineData("LEASE_STORE=postgres WORKER_ID=1 Postgres__ConnectionString=Host=db Postgres__PasswordFile=/nowhere", "Postgres:PasswordFile is \"/nowhere\"")]
    [InlineData("LEASE_STORE=file WORKER_ID=auto", "WORKER_ID is \"auto\", and LEASE_STORE no store that all processes share")]
    [InlineData("LEASE_STORE=file WORKER_ID=1 WORKER_IDS=0-3", "WORKER_IDS is \"0-3\", which says something only beside WORKER_ID=auto.")]
    [InlineData("LEASE_STORE=postgres WORKER_ID=auto WORKER_IDS=3 Postgres__ConnectionString=Host=db", "WORKER_IDS is \"3\"; allowed is first-last")]
    public async Task A_setting_that_cannot_be_used_is_told_and_ends_with_78(string variables, string told)
    {
        await using var service = ServiceProcess.Start(
            "Gateway", [.. variables.Split(' ').Select(variable => variable.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);

        Assert.Equal(78, await service.ExitAsync());
        Assert.Contains(told, Assert.Single(service.Errors.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_the_tables_is_printed_for_who_may()
    {
        await using var service = ServiceProcess.Run("Gateway", ["--schema"]);

        Assert.Equal(0, await service.ExitAsync());
        Assert.Contains("CREATE TABLE IF NOT EXISTS id_generator_lease", service.Output, StringComparison.Ordinal);
    }
}
