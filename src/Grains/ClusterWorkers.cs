using IdGenerator.Client;
using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.Grains;

/// <summary>
/// The live workers of the cluster, this silo's own first. Who is alive is taken from this silo's view of the membership: a worker that
/// has just been killed is asked too, does not answer, and is gone on without. A silo that has not joined calls nobody: it lists itself alone.
/// </summary>
public sealed class ClusterWorkers(
    Lazy<IGrainFactory> grains, Lazy<IClusterMembershipService> membership, WorkerLease lease, GrainIdSource own, TimeProvider time) : IWorkers
{
    private readonly DroppedIds _dropped = new();

    /// <summary>IDs that came too late for the order of an answer.</summary>
    public long Late => _dropped.Late;

    /// <summary>IDs of workers whose clock was too far from the others'.</summary>
    public long Astray => _dropped.Astray;

    /// <summary>IDs that were fetched ahead when an answer ended.</summary>
    public long Unread => _dropped.Unread;

    public int[] List() => [.. Others().Append(lease.Worker).Order()];

    public IBulk? Open(int most, int count)
    {
        var workers = Choose(most);
        return workers.Count == 1 ? null : new Bulk(new(workers, count, TakeAsync, time, _dropped));
    }

    /// <summary>This silo's own worker, and others from a random one on, so that bulks from some of them are spread over all.</summary>
    private List<int> Choose(int most)
    {
        var others = Others().ToArray();
        var workers = new List<int> { lease.Worker };
        var start = Random.Shared.Next(others.Length + 1);
        for (var index = 0; index < others.Length && workers.Count < most; index++) workers.Add(others[(start + index) % others.Length]);
        return workers;
    }

    private IEnumerable<int> Others() =>
        own.HasJoined ? LiveWorkerIds.In(membership.Value.CurrentSnapshot).Where(worker => worker != lease.Worker) : [];

    private ValueTask<BulkSlots> TakeAsync(int worker, int count, long? since) =>
        grains.Value.GetGrain<IBulkGrain>(worker).TakeAsync(count, since, lease.Worker);

    private sealed class Bulk(MergedBulk merged) : IBulk
    {
        public async ValueTask<Piece> ReadAsync(CancellationToken cancellation)
        {
            var (ids, refusal) = await merged.ReadAsync(cancellation);
            return refusal.Refusal is { } reason ? new(default, new(reason, refusal.RetryAfter)) : new(ids);
        }

        public void Dispose() => merged.Dispose();
    }
}
