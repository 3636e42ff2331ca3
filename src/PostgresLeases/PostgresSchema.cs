namespace IdGenerator.PostgresLeases;

/// <summary>
/// The tables. Each process makes those that are missing; where its role may not, somebody whose role may runs what <c>--schema</c> prints.
/// </summary>
public static class PostgresSchema
{
    /// <summary>Makes what is not there yet, in the schema that comes first in the search path. Running it again does nothing.</summary>
    public const string Sql =
        """
        -- One row a worker: the record of its lease, and the row of its silo in the membership. It is written every few seconds,
        -- so half of each page is left free for the next version of a row (heap-only tuples).
        CREATE TABLE IF NOT EXISTS id_generator_lease (
            id_space            text    NOT NULL,
            worker              integer NOT NULL CHECK (worker BETWEEN 0 AND 1023),
            version             uuid    NOT NULL,
            record              jsonb   NOT NULL,
            silo                jsonb,
            silo_generation     bigint,
            silo_alive          timestamptz,
            membership_version  integer NOT NULL DEFAULT 0,
            PRIMARY KEY (id_space, worker)
        ) WITH (fillfactor = 50);

        -- One row a cluster: the silos, by address, and the version of their table.
        CREATE TABLE IF NOT EXISTS id_generator_membership (
            cluster   text    PRIMARY KEY,
            uid       uuid    NOT NULL DEFAULT gen_random_uuid(),
            revision  bigint  NOT NULL DEFAULT 1,
            version   integer NOT NULL,
            silos     jsonb   NOT NULL,
            alive     jsonb   NOT NULL
        );
        """;

    /// <summary>
    /// One process at a time makes them: two that create a table at the same moment collide in PostgreSQL's catalogue, whatever they say about
    /// a table that exists. The number is ours alone and means nothing.
    /// </summary>
    internal const string LockSql = "SELECT pg_advisory_xact_lock(6049712356812307)";
}
