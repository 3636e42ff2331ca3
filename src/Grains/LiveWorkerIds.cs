namespace IdGenerator.Grains;

internal static class LiveWorkerIds
{
    /// <summary>The worker IDs that have an active silo, in rising order.</summary>
    public static int[] In(ClusterMembershipSnapshot membership)
    {
        var workers = new SortedSet<int>();
        foreach (var member in membership.Members.Values)
        {
            if (member.Status == SiloStatus.Active && WorkerSiloName.TryParse(member.Name, out var worker)) workers.Add(worker);
        }

        return [.. workers];
    }
}
