namespace IdGenerator.Leases;

/// <summary>A process that holds, or wants, a worker ID.</summary>
/// <param name="Name">For people: the pod, or host and process ID.</param>
/// <param name="Uid">
/// Tells holders apart. Two processes may share one only if the first is certain to be dead before the second starts: the
/// UID of the pod, whose container the kubelet stops before it starts it again; else a new one for each process.
/// </param>
public sealed record Holder(string Name, string Uid)
{
    /// <summary>The host and the process ID of this process.</summary>
    internal static string Process { get; } = $"{Environment.MachineName}, process {Environment.ProcessId}";

    /// <summary>This process, in the pod that <c>POD_NAME</c> and <c>POD_UID</c> name, where they do.</summary>
    public static Holder Current(string? podName, string? podUid) => new(
        string.IsNullOrEmpty(podName) ? Process : podName,
        string.IsNullOrEmpty(podUid) ? Guid.NewGuid().ToString("N") : podUid);

    public override string ToString() => Name;
}
