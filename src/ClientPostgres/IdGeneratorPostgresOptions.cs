namespace IdGenerator.Client;

/// <summary>
/// The database with the membership of the silos. In configuration it is the section <c>Postgres</c> beside the settings of the client:
/// <c>{"IdGenerator": {"ClusterId": "orders", "Postgres": {"ConnectionString": "Host=db;…"}}}</c>. All of it is checked at start.
/// </summary>
public sealed class IdGeneratorPostgresOptions
{
    /// <summary>
    /// As Npgsql has it (npgsql.org/doc/connection-string-parameters.html), with at least a Host. Of several hosts the primary is used.
    /// The role needs SELECT on the table <c>id_generator_membership</c>.
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
