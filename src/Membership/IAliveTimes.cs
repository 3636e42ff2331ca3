namespace IdGenerator.Membership;

/// <summary>When each silo last said that it is alive, where it says so in its lease.</summary>
public interface IAliveTimes
{
    /// <returns>By address, in UTC; some seconds old.</returns>
    /// <exception cref="MembershipException">This process may not read them.</exception>
    Task<IReadOnlyDictionary<string, DateTime>> ReadAsync(CancellationToken cancellation);
}
