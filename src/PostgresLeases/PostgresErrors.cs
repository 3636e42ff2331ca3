using IdGenerator.Leases;
using Npgsql;

namespace IdGenerator.PostgresLeases;

/// <summary>What an error of the database means to a lease (postgresql.org/docs/current/errcodes-appendix.html).</summary>
internal static class PostgresErrors
{
    public static LeaseStoreException Explain(Exception e, string place) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied => new(
            $"The role may not use the tables in the {place}: {denied.MessageText}. Let it create tables there, or let somebody who may run what " +
            "--schema prints, and grant it SELECT, INSERT and UPDATE on them.", e)
        { IsFinal = true, IsDenied = true },
        PostgresException { SqlState: PostgresErrorCodes.InvalidSchemaName } nowhere => new(
            $"The role has no schema for the tables in the {place}: {nowhere.MessageText}. Create the schema that its search_path names, or let it use one.", e)
        { IsFinal = true, IsDenied = true },
        InvalidCastException odd => new($"The tables in the {place} have other columns than what --schema prints: {odd.Message}", e) { IsFinal = true },
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } absent => new(
            $"There is no {place}: {absent.MessageText}. Create it, or name another one in Postgres:ConnectionString.", e)
        { IsFinal = true },
        PostgresException { SqlState: ['2', '8', ..] } denied => new(
            $"The {place} does not let this process in: {denied.MessageText}.", e)
        { IsDenied = true },
        PostgresException error => new($"The {place} answers {error.SqlState}: {error.MessageText}.", e),
        _ when Inner<LeaseStoreException>(e) is { } refused => refused,
        _ => new($"The {place} does not answer: {Innermost(e).Message}", e),
    };

    private static T? Inner<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is T found) return found;
        }

        return null;
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
