using System.Globalization;

namespace IdGenerator.Leases;

/// <summary>The worker ID of this process and the setting that it comes from.</summary>
public sealed record WorkerIdentity(int Worker, string Source)
{
    /// <summary>The process has taken it by a claim (<see cref="WorkerClaim"/>), which has to be given back where nothing comes of it.</summary>
    public bool IsClaimed { get; init; }

    /// <summary>
    /// <c>WORKER_ID</c>. Where it is absent or empty, and the lease store is shared by all processes that could have the worker
    /// ID: the ordinal of <c>POD_NAME</c> (a StatefulSet names its pods <c>name-ordinal</c>), else that of the host name.
    /// Elsewhere nothing could refuse the second of two hosts whose names end alike, <c>ip-10-0-3-27</c> and
    /// <c>ip-10-0-4-27</c>.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="hostName">The name of this host; in a pod, the pod's.</param>
    /// <param name="sharedStore">The lease store is one for all processes that could have the worker ID.</param>
    /// <param name="faults">Gets a sentence for what is missing or cannot be used.</param>
    /// <returns>Null where there is a fault.</returns>
    public static WorkerIdentity? Find(
        Func<string, string?> variable, string hostName, bool sharedStore, ICollection<string> faults)
    {
        if (variable("WORKER_ID") is { Length: > 0 } stated)
        {
            if (Parse(stated) is { } worker) return new(worker, "WORKER_ID");
            faults.Add($"WORKER_ID is \"{stated}\"; allowed is {Allowed}.");
            return null;
        }

        var podName = variable("POD_NAME") is { Length: > 0 } name ? name : null;
        if (!sharedStore)
        {
            var candidate = podName is null ? $"the host name \"{hostName}\"" : $"POD_NAME \"{podName}\"";
            faults.Add(
                $"WORKER_ID is not set; allowed is {Allowed}, another one for each process that issues IDs. It is not taken from " +
                $"{candidate}: no lease store that all hosts share (LEASE_STORE=kubernetes) could refuse a second one.");
            return null;
        }

        if (Ordinal(podName ?? hostName) is { } ordinal)
            return new(ordinal, $"the ordinal of {(podName is null ? $"the host name {hostName}" : $"POD_NAME {podName}")}");

        faults.Add(podName is null
            ? $"WORKER_ID is not set, and neither POD_NAME nor the host name \"{hostName}\" ends in an ordinal; " +
              $"allowed is {Allowed}."
            : $"POD_NAME is \"{podName}\"; allowed is the name of a StatefulSet's pod, name-ordinal, with an ordinal " +
              $"from 0 to {Layout.MaxWorker}.");
        return null;
    }

    private static string Allowed { get; } = $"a whole number from 0 to {Layout.MaxWorker}";

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
