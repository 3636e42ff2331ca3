namespace IdGenerator.Faults;

/// <summary>
/// Of two requests to the same place, the one that began after the other had been answered gets the higher IDs. Exact, over
/// all clients; an order within a stream says nothing of that.
/// </summary>
internal static class RealTimeOrder
{
    /// <returns>Pairs that are in the wrong order: each late request once, with the worst of the earlier ones.</returns>
    public static IEnumerable<(Served Earlier, Served Later)> Violations(IEnumerable<Served> served)
    {
        var byBegin = served.OrderBy(request => request.Began).ToList();
        var byEnd = byBegin.OrderBy(request => request.Ended).ToList();
        var ended = 0;
        Served? highest = null;
        foreach (var request in byBegin)
        {
            for (; byEnd[ended].Ended < request.Began; ended++)
            {
                if (highest is null || byEnd[ended].Last > highest.Value.Last) highest = byEnd[ended];
            }

            if (highest is { } before && before.Last >= request.First) yield return (before, request);
        }
    }
}
