using Npgsql;

namespace IdGenerator.PostgresLeases;

/// <summary>How the database is reached.</summary>
/// <param name="ConnectionString">As Npgsql has it (npgsql.org/doc/connection-string-parameters.html).</param>
/// <param name="PasswordFile">
/// A file with the password alone, read again for each new connection, so that it can be replaced; null where the connection string says it.
/// </param>
/// <param name="TimeoutSeconds">How long to wait for a connection, and for each answer: 1 to 60 seconds.</param>
public sealed record PostgresOptions(string ConnectionString, string? PasswordFile, int TimeoutSeconds = 5)
{
    /// <summary>The first host of the connection string, without its port; or the directory of its Unix socket.</summary>
    public string Host
    {
        get
        {
            var host = Parse()?.Host?.Split(',')[0].Trim() ?? "";
            if (host.StartsWith('[')) return host[1..].Split(']')[0];
            return host.Count(letter => letter == ':') == 1 ? host.Split(':')[0] : host;
        }
    }

    /// <summary>What is wrong with the values, a sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        // Never what Npgsql says of it: that repeats what it could not read, and there is a password in it.
        if (Parse() is not { } settings)
        {
            yield return "Postgres:ConnectionString cannot be read. Allowed are keywords of Npgsql, no URL: for example " +
                "\"Host=db;Database=ids;Username=ids;SSL Mode=VerifyFull\"; a value with a semicolon stands in quotes.";
            yield break;
        }

        if (string.IsNullOrEmpty(settings.Host)) yield return "Postgres:ConnectionString names no Host.";
        else if (settings.Host.Any(letter => char.IsWhiteSpace(letter) || letter is '=' or '@'))
            yield return "Postgres:ConnectionString has no host name as its Host. Keywords are separated by semicolons.";
        if (settings.RootCertificate is { Length: > 0 } root && !File.Exists(root))
            yield return $"Postgres:ConnectionString has the Root Certificate \"{root}\"; allowed is a file that this process can read.";
        if (PasswordFile is not null && !string.IsNullOrEmpty(settings.Password))
            yield return "Postgres:PasswordFile is set, and Postgres:ConnectionString has a Password too: keep one of them.";
        if (PasswordFile is not null && !File.Exists(PasswordFile))
            yield return $"Postgres:PasswordFile is \"{PasswordFile}\"; allowed is a file that this process can read.";
        if (settings.Multiplexing)
            yield return "Postgres:ConnectionString says Multiplexing; allowed is without: each write is a transaction of its own.";
    }

    /// <summary>
    /// As the user has it, with what a lease needs: a database that does not answer is given up after seconds. Of several hosts the primary is
    /// meant. A process makes one call at a time, or two.
    /// </summary>
    internal NpgsqlConnectionStringBuilder Settings(string application)
    {
        var settings = Parse()!;
        settings.Timeout = settings.CommandTimeout = TimeoutSeconds;
        // Whoever gives up on an answer does not wait for the server to confirm that: a frozen one would not.
        settings.CancellationTimeout = -1;
        settings.Enlist = false;
        // Nothing that is done here outlives its statement, so nothing has to be reset: a pooler in transaction mode would reset another session.
        settings.NoResetOnClose = true;
        if (settings.ApplicationName is null) settings.ApplicationName = application;
        if (!settings.ContainsKey("Maximum Pool Size")) settings.MaxPoolSize = 4;
        if (settings.TargetSessionAttributes is null && settings.Host!.Contains(',', StringComparison.Ordinal))
            settings.TargetSessionAttributes = "primary";
        return settings;
    }

    private NpgsqlConnectionStringBuilder? Parse()
    {
        try
        {
            return new(ConnectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }
}
