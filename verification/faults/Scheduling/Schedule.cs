namespace IdGenerator.Faults;

/// <summary>
/// Which faults happen, when and to what: a function of its arguments and nothing else. A worker, and the API server, meets
/// one fault at a time; faults of different ones overlap as they come.
/// </summary>
internal static class Schedule
{
    private const double ShortestGap = 0.3;
    private const double LongestGap = 2.5;

    /// <param name="seed">Another seed, another schedule.</param>
    /// <param name="seconds">No fault begins later.</param>
    /// <param name="workers">What each worker is: <see cref="Victim.KubernetesWorker"/> or <see cref="Victim.FileWorker"/>.</param>
    /// <param name="only">The kinds to choose from; none for all.</param>
    public static IReadOnlyList<Fault> Make(
        int seed, double seconds, IReadOnlyList<Victim> workers, IReadOnlyCollection<FaultKind> only)
    {
        var random = new Random(seed);
        var decks = new Dictionary<Victim, Deck>();
        foreach (var victim in (Victim[])[Victim.KubernetesWorker, Victim.FileWorker, Victim.ApiServer])
        {
            var types = FaultType.All
                .Where(type => type.Victim.HasFlag(victim) && (only.Count == 0 || only.Contains(type.Kind)))
                .ToList();
            if (types.Count > 0) decks[victim] = new(types, random);
        }

        var lanes = workers
            .Select((victim, worker) => (Worker: worker, Victim: victim))
            .Append((Worker: Fault.ApiServer, Victim: Victim.ApiServer))
            .Where(lane => decks.ContainsKey(lane.Victim));
        var free = new PriorityQueue<(int Worker, Victim Victim), double>(lanes.Select(lane => (lane, Gap(random))));
        var faults = new List<Fault>();
        while (free.TryDequeue(out var lane, out var at) && at < seconds)
        {
            var type = decks[lane.Victim].Deal();
            var fault = new Fault(
                at, type.Kind, lane.Worker, Between(type.Shortest, type.Longest, random),
                type.Least + (type.Most - type.Least) * random.NextDouble());
            faults.Add(fault);
            free.Enqueue(lane, at + fault.Seconds + type.Recovery + Gap(random));
        }

        return faults;
    }

    private static double Gap(Random random) => ShortestGap + (LongestGap - ShortestGap) * random.NextDouble();

    /// <summary>As many short ones as long ones, whatever the orders of magnitude.</summary>
    private static double Between(double least, double most, Random random) =>
        least <= 0 ? most * random.NextDouble() : least * Math.Pow(most / least, random.NextDouble());
}
