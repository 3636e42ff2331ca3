using System.Net.Sockets;
using IdGenerator.Grains;
using IdGenerator.Http.Hosting;
using IdGenerator.Leases;

namespace IdGenerator.Silo;

/// <summary>
/// Refuses to serve beside a live silo of the same worker ID. Where all silos of a cluster keep their leases in one store
/// there is none: the membership table declares the silo dead from which the lease was taken, before this looks. Where they do not (a
/// file store on each of several hosts, say), no lease can tell, and this does. It is no fence: a silo that cannot be reached at this
/// moment is taken for dead.
/// </summary>
/// <param name="membership">Of the cluster.</param>
/// <param name="self">This silo.</param>
/// <param name="lease">Of its worker ID.</param>
/// <param name="exit">How this process ends beside a twin.</param>
/// <param name="time">For how long to wait for an answer.</param>
internal sealed class TwinCheck(
    IClusterMembershipService membership, ILocalSiloDetails self, WorkerLease lease, ProcessExit exit, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Before the silo waits for others to answer. Before it is active, because calls to the worker go to the newest active silo that has
    /// it, and would fail until the others have noticed that this one has ended; and after that, for two that start at once.
    /// </summary>
    public void Participate(ISiloLifecycle observer)
    {
        observer.Subscribe(nameof(TwinCheck), ServiceLifecycleStage.ValidateInitialConnectivity - 1, CheckAsync);
        observer.Subscribe(nameof(TwinCheck), ServiceLifecycleStage.BecomeActive - 1, CheckAsync);
        observer.Subscribe(nameof(TwinCheck), ServiceLifecycleStage.Active, CheckAsync);
    }

    private async Task CheckAsync(CancellationToken cancellation)
    {
        foreach (var member in membership.CurrentSnapshot.Members.Values)
        {
            if (!IsTwin(member) || !await IsReachableAsync(member.SiloAddress, cancellation)) continue;
            await exit.RefuseAsync(new(
                RefusalReason.Conflict,
                $"Worker ID {lease.Worker} is held by the live silo {member.SiloAddress}. Either its lease is in another store: " +
                "stop that process, give this one another worker ID, or let all silos use one LEASE_STORE. Or it is of an earlier release, " +
                "was paused, and will notice within seconds that its lease is gone: then try again."));
            return;
        }
    }

    // At our own address it can only be what we have replaced.
    private bool IsTwin(ClusterMember member) =>
        member.Status == SiloStatus.Active
        && member.Name == WorkerSiloName.Format(lease.Worker)
        && !member.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint)
        && !IsReplaced(member.SiloAddress);

    private bool IsReplaced(SiloAddress silo) => membership.CurrentSnapshot.Members.Keys.Any(
        other => other.Endpoint.Equals(silo.Endpoint) && other.Generation > silo.Generation);

    private async Task<bool> IsReachableAsync(SiloAddress silo, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        using var socket = new Socket(silo.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(silo.Endpoint, either.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
