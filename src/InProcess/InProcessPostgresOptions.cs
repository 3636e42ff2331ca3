namespace IdGenerator.InProcess;

/// <summary>The database with the leases, where <see cref="InProcessIdGeneratorOptions.Store"/> is <see cref="InProcessStore.Postgres"/>.</summary>
public sealed class InProcessPostgresOptions
{
    /// <summary>
    /// As Npgsql has it (npgsql.org/doc/connection-string-parameters.html), with at least a Host. Of several hosts the primary is used.
    /// The role may create tables, or has SELECT, INSERT and UPDATE on <c>id_generator_lease</c>.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// A file with the password alone, read again for each new connection, so that it can be replaced. Null where
    /// <see cref="ConnectionString"/> has the password, or the role needs none.
    /// </summary>
    public string? PasswordFile { get; set; }

    /// <summary>Seconds to wait for a connection, and for each answer of the database: 1 to 60.</summary>
    public int TimeoutSeconds { get; set; } = 5;
}
