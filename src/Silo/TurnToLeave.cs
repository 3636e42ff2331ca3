using IdGenerator.Grains;
using IdGenerator.Membership;

namespace IdGenerator.Silo;

/// <summary>
/// Silos that are told to stop at once leave their cluster one after the other: see <see cref="MembershipTable.BeginToLeaveAsync"/>.
/// Hosted services stop in the reverse order of their registration: this one is registered behind Orleans and before
/// <see cref="LeaveOrEnd"/>, which watches.
/// </summary>
internal sealed class TurnToLeave(MembershipTable membership, GrainIdSource source) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => membership.BeginToLeaveAsync(source.HasJoined, cancellationToken);
}
