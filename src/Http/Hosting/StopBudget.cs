namespace IdGenerator.Http.Hosting;

/// <summary>
/// How long the steps of a stop may take, after the drain. The chart's grace period, after which Kubernetes kills the process, is
/// longer than all of them together (terminationGracePeriodSeconds in helm/id-generator/templates/statefulset.yaml).
/// </summary>
public static class StopBudget
{
    /// <summary>For a start that is under way to end. A silo that waits for another one to answer may not hear of the stop for a minute;
    /// it is stopped where it is after this time.</summary>
    public static TimeSpan Start { get; } = TimeSpan.FromSeconds(2);

    /// <summary>For requests that are running to be answered, and for a silo to leave its cluster.</summary>
    public static TimeSpan Requests { get; } = TimeSpan.FromSeconds(35);

    /// <summary>For the lease store to take back the worker ID.</summary>
    public static TimeSpan Release { get; } = TimeSpan.FromSeconds(5);

    /// <summary>For the last pod of a release that was uninstalled to remove the rights of the pods.</summary>
    public static TimeSpan Rights { get; } = TimeSpan.FromSeconds(5);

    /// <summary>For the process to end, on a node that is busy with other pods that stop.</summary>
    public static TimeSpan End { get; } = TimeSpan.FromSeconds(10);
}
