using System.Globalization;
using IdGenerator.Snowflake;

namespace IdGenerator.Leases;

/// <summary>The worker ID of this process and the setting that it comes from.</summary>
public sealed record WorkerIdentity(int Worker, string Source)
{
    /// <summary>
    /// <c>WORKER_ID</c>, else the ordinal of <c>POD_NAME</c> (a StatefulSet names its pods <c>name-ordinal</c>), else that of
    /// the host name. An empty value counts as absent.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="hostName">The name of this host; in a pod, the pod's.</param>
    /// <param name="faults">Gets a sentence for each value that cannot be used.</param>
    /// <returns>Null where no setting names a worker ID, or one names an impossible one.</returns>
    public static WorkerIdentity? Find(Func<string, string?> variable, string hostName, ICollection<string> faults)
    {
        if (variable("WORKER_ID") is { Length: > 0 } explicitId)
        {
            if (Parse(explicitId) is { } worker) return new(worker, "WORKER_ID");
            faults.Add($"WORKER_ID is \"{explicitId}\"; allowed is a whole number from 0 to {Layout.MaxWorker}.");
            return null;
        }

        if (variable("POD_NAME") is { Length: > 0 } podName)
        {
            if (Ordinal(podName) is { } worker) return new(worker, "POD_NAME");
            faults.Add(
                $"POD_NAME is \"{podName}\"; allowed is the name of a StatefulSet's pod, name-ordinal, with an ordinal " +
                $"from 0 to {Layout.MaxWorker}.");
            return null;
        }

        return Ordinal(hostName) is { } ordinal ? new(ordinal, "the host name") : null;
    }

    private static int? Ordinal(string name)
    {
        var dash = name.LastIndexOf('-');
        return dash > 0 ? Parse(name[(dash + 1)..]) : null;
    }

    private static int? Parse(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var worker) && worker <= Layout.MaxWorker
            ? worker
            : null;
}
