using IdGenerator.PostgresLeases;

namespace IdGenerator.Http.Configuration;

/// <summary>How the database is reached that holds leases or membership.</summary>
public static class PostgresSettings
{
    /// <returns>Null where the reader was told of a fault.</returns>
    public static PostgresOptions? Read(SettingsReader reader)
    {
        var timeout = reader.Number("Postgres:TimeoutSeconds", 5, 1, 60);
        if (reader.Text("Postgres:ConnectionString") is not { } connection)
        {
            reader.Faults.Add(
                "LEASE_STORE or CLUSTERING is postgres, and Postgres:ConnectionString is not set; allowed is, for example, " +
                "\"Host=db;Database=ids;Username=ids;SSL Mode=VerifyFull\".");
            return null;
        }

        var options = new PostgresOptions(connection, reader.Text("Postgres:PasswordFile"), timeout);
        var faults = options.Faults().ToList();
        foreach (var fault in faults) reader.Faults.Add(fault);
        return faults.Count == 0 ? options : null;
    }
}
