namespace IdGenerator.Faults;

/// <summary>What a proxy does to requests.</summary>
internal enum Treatment
{
    /// <summary>Each takes up to <see cref="ApiTrouble.Amount"/> seconds longer, and is carried out even if nobody waits any more.</summary>
    Delay,

    /// <summary>500 or 503.</summary>
    Error,

    /// <summary>409 to writes.</summary>
    Conflict,

    /// <summary>The connection ends, or is never answered.</summary>
    Cut,
}

/// <summary>Trouble between pods and the API server.</summary>
/// <param name="treatment">What kind.</param>
/// <param name="amount">Seconds of <see cref="Treatment.Delay"/>; else the share of requests that meet it.</param>
internal sealed class ApiTrouble(Treatment treatment, double amount)
{
    private int _hits;

    public Treatment Treatment => treatment;

    public double Amount => amount;

    /// <summary>How many requests met it.</summary>
    public int Hits => Volatile.Read(ref _hits);

    public bool Meets(string method)
    {
        if (treatment == Treatment.Conflict && method == "GET") return false;
        if (treatment != Treatment.Delay && Random.Shared.NextDouble() >= amount) return false;
        Interlocked.Increment(ref _hits);
        return true;
    }
}
