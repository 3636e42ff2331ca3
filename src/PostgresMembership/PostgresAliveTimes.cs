using System.Globalization;
using IdGenerator.Leases;
using IdGenerator.Membership;
using IdGenerator.PostgresLeases;
using Npgsql;

namespace IdGenerator.PostgresMembership;

/// <summary>When each silo last said in its lease that it is alive: some 60 bytes a silo, which Orleans asks for once a minute. There is no copy that could be old.</summary>
/// <param name="database">Where the leases are.</param>
/// <param name="space">Their ID space.</param>
public sealed class PostgresAliveTimes(PostgresDatabase database, string space) : IAliveTimes
{
    // As text: a row that somebody has edited is passed over, and must not keep the others from being read.
    private const string Sql =
        "SELECT silo ->> 'address', silo_generation::text, record ->> 'generation', silo_alive, record ->> 'renewedAt' FROM id_generator_lease " +
        "WHERE id_space = $1 AND silo ->> 'address' IS NOT NULL AND record ->> 'holder' IS NOT NULL AND record ->> 'renewedAt' IS NOT NULL";

    public async Task<IReadOnlyDictionary<string, DateTime>> ReadAsync(TimeSpan maxAge, CancellationToken cancellation)
    {
        var times = new Dictionary<string, DateTime>();
        try
        {
            await database.RunAsync(Sql, row => Read(row, times), cancellation, space);
            return times;
        }
        catch (LeaseStoreException e) when (e.IsFinal)
        {
            throw new MembershipException(e.Message);
        }
    }

    private static void Read(NpgsqlDataReader row, Dictionary<string, DateTime> times)
    {
        if (row.IsDBNull(1) || row.IsDBNull(2) || row.GetString(1) != row.GetString(2)) return;
        if (!DateTimeOffset.TryParse(row.GetString(4), CultureInfo.InvariantCulture, out var renewed)) return;
        var alive = row.IsDBNull(3) ? DateTime.MinValue : row.GetDateTime(3);
        times[row.GetString(0)] = alive > renewed.UtcDateTime ? alive : renewed.UtcDateTime;
    }
}
