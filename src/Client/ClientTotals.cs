namespace IdGenerator.Client;

/// <summary>What a client has done so far.</summary>
/// <param name="HandedOut">IDs that callers got.</param>
/// <param name="Expired">IDs that were reserved and that nobody gets any more.</param>
/// <param name="Waiters">Callers that wait now.</param>
internal readonly record struct ClientTotals(long HandedOut, long Expired, int Waiters)
{
    public static ClientTotals operator +(ClientTotals left, ClientTotals right) =>
        new(left.HandedOut + right.HandedOut, left.Expired + right.Expired, left.Waiters + right.Waiters);
}
