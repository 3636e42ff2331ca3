using IdGenerator.Leases;
using IdGenerator.Membership;
using IdGenerator.PostgresLeases;

namespace IdGenerator.PostgresMembership;

/// <summary>When each silo last said in its lease that it is alive: some 60 bytes a silo, which Orleans asks for once a minute.</summary>
/// <param name="database">Where the leases are.</param>
/// <param name="space">Their ID space.</param>
public sealed class PostgresAliveTimes(PostgresDatabase database, string space) : IAliveTimes
{
    private const string Sql =
        "SELECT silo ->> 'address', greatest(silo_alive, (record ->> 'renewedAt')::timestamptz) FROM id_generator_lease " +
        "WHERE id_space = $1 AND silo ->> 'address' IS NOT NULL AND record ->> 'holder' IS NOT NULL AND silo_generation = (record ->> 'generation')::bigint";

    public async Task<IReadOnlyDictionary<string, DateTime>> ReadAsync(CancellationToken cancellation)
    {
        var times = new Dictionary<string, DateTime>();
        try
        {
            await database.RunAsync(Sql, row => times[row.GetString(0)] = row.GetDateTime(1), cancellation, space);
            return times;
        }
        catch (LeaseStoreException e) when (e.IsFinal)
        {
            throw new MembershipException(e.Message);
        }
    }
}
