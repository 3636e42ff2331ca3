namespace IdGenerator.Membership;

/// <summary>When each silo last said that it is alive, where it says so in its lease.</summary>
public interface IAliveTimes
{
    /// <param name="maxAge">
    /// A copy that is so old may be given; where there is an older one or none, the times are read anew. The greatest time span for whatever is
    /// there, and be it nothing.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>By address, in UTC.</returns>
    /// <exception cref="MembershipException">This process may not read them. Exceptions of the store where it does not answer.</exception>
    Task<IReadOnlyDictionary<string, DateTime>> ReadAsync(TimeSpan maxAge, CancellationToken cancellation);
}
