using IdGenerator.PostgresLeases;

namespace IdGenerator.Postgres.Tests;

public sealed class PostgresOptionsTests
{
    [Theory]
    [InlineData("Host=db", "db")]
    [InlineData("Host=db:5433,other", "db")]
    [InlineData("Host=[::1]:5433", "::1")]
    [InlineData("Host=[fd00::5]", "fd00::5")]
    [InlineData("Host=fd00::5", "fd00::5")]
    [InlineData("Host=10.0.0.7:5433", "10.0.0.7")]
    [InlineData("Host=/var/run/postgresql", "/var/run/postgresql")]
    public void The_host_is_the_first_one_without_its_port(string connection, string host)
    {
        var options = new PostgresOptions(connection, PasswordFile: null);
        Assert.Empty(options.Faults());
        Assert.Equal(host, options.Host);
    }

    // As people have it from elsewhere: a URL, a password with a semicolon, libpq's own form.
    [Theory]
    [InlineData("postgres://ids:geheim@db/ids?sslmode=require")]
    [InlineData("Host=db;Username=x;Password=hun;geheim2;Database=ids")]
    [InlineData("host=db user=ids password=geheim dbname=ids")]
    [InlineData("Host=ids:geheim@db")]
    [InlineData("geheim")]
    public void What_cannot_be_read_is_told_without_the_password_in_it(string connection)
    {
        var fault = Assert.Single(new PostgresOptions(connection, PasswordFile: null).Faults());
        Assert.StartsWith("Postgres:ConnectionString", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", fault, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_certificate_that_is_not_there_is_told() => Assert.Contains(
        "\"/nowhere\"",
        Assert.Single(new PostgresOptions("Host=db;SSL Mode=VerifyFull;Root Certificate=/nowhere", PasswordFile: null).Faults()),
        StringComparison.Ordinal);
}
