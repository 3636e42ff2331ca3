using System.Net;
using IdGenerator.Http.Connections;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;
using IdGenerator.PostgresLeases;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Configuration;

/// <summary>Everything that can be configured.</summary>
public sealed record Settings
{
    /// <summary>
    /// For the host: otherwise it watches the directory that the process was started in, all directories below it included,
    /// for changes of files that are read once.
    /// </summary>
    public const string AreReadOnce = "--hostBuilder:reloadConfigOnChange=false";

    public int Worker => Identity.Worker;

    public required WorkerIdentity Identity { get; init; }

    /// <summary>Where the process is to find a worker ID by itself (<c>WORKER_ID=auto</c>): of these. Null where it has one.</summary>
    public required WorkerRange? WorkerIds { get; init; }

    /// <summary>Processes of one host with one worker ID and one ID space exclude each other.</summary>
    public required string IdSpace { get; init; }

    public required Holder Holder { get; init; }

    /// <summary>The UID of the pod; null outside one.</summary>
    public required string? PodUid { get; init; }

    /// <summary>The TCP port of the HTTP API; 0 for any free one.</summary>
    public required int Port { get; init; }

    /// <summary>The addresses of the host at which the HTTP API listens.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>
    /// I/O queues that serve HTTP, and twice as many as there are threads that answer <c>GET /id</c>: the rest of the cores is
    /// for everything else. The thread pool behind the queues sizes itself.
    /// </summary>
    public required int Workers { get; init; }

    public required string LeaseStore { get; init; }

    /// <summary>An absolute path; empty where the lease store is none of files.</summary>
    public required string DataDirectory { get; init; }

    public required LeaseOptions Lease { get; init; }

    public required ClockLimits Clock { get; init; }

    public required bool RollingStart { get; init; }

    /// <summary>Answer <c>GET /id</c> below Kestrel's HTTP; off takes every request through the same pipeline.</summary>
    public required bool FastPath { get; init; }

    /// <summary>Requests for more than <see cref="Bulk.BulkEndpoint.Bite"/> IDs that may run at once.</summary>
    public required int MaxBulkRequests { get; init; }

    /// <summary>Connections that may be open at once, and at Kestrel.</summary>
    public required ConnectionLimits Connections { get; init; }

    /// <summary>How long to go on serving after the signal to stop.</summary>
    public required TimeSpan Drain { get; init; }

    /// <summary>How the log is written: <c>json</c> or <c>text</c>.</summary>
    public required string LogFormat { get; init; }

    /// <summary>Where Kubernetes is; null where nothing is kept there.</summary>
    public required KubernetesSettings? Kubernetes { get; init; }

    /// <summary>Where the database is; null where no lease is kept there.</summary>
    public required PostgresOptions? Postgres { get; init; }

    public ListenPort HttpPort => new("PORT", Port, Addresses);

    /// <summary>Reads all settings. What cannot be used is told to the <paramref name="reader"/>, and replaced by a default.</summary>
    /// <param name="reader">Where they come from.</param>
    /// <param name="own">What the program needs for itself.</param>
    public static Settings Read(SettingsReader reader, OwnNeeds own)
    {
        var leaseStore = reader.Choice(
            "LEASE_STORE",
            InClusterConfig.IsPresent(reader.Text) ? ["kubernetes", "postgres", "file", "memory"] : ["file", "postgres", "kubernetes", "memory"]);
        var isShared = leaseStore is "kubernetes" or "postgres";
        var workerIds = ReadWorkerIds(reader, isShared);
        var identity = workerIds is null ? WorkerIdentity.Find(reader.Text, Environment.MachineName, isShared, reader.Faults) : null;

        var lease = new LeaseOptions
        {
            ReserveSeconds = reader.Number("Lease:ReserveSeconds", 60, 3, 3_600),
            RenewSeconds = reader.Number("Lease:RenewSeconds", 15, 1, 1_200),
        };
        foreach (var fault in lease.Faults()) reader.Faults.Add(fault);

        return new()
        {
            Identity = identity ?? new(0, "nothing"),
            WorkerIds = workerIds,
            IdSpace = ReadIdSpace(reader),
            // The pod's UID proves a former holder dead because nothing else runs in the pod (HostLock.TakePod). A file store may
            // be shared by pods and processes that somebody gave the same UID: there its lock proves it.
            Holder = Holder.Current(reader.Text("POD_NAME"), isShared ? reader.Text("POD_UID") : null),
            PodUid = reader.Text("POD_UID"),
            Port = reader.Number("PORT", 8080, 0, 65_535),
            Addresses = ListenAddresses.Read(reader),
            Workers = reader.Number("WORKERS", Environment.ProcessorCount, 1, 1_024),
            LeaseStore = leaseStore,
            Kubernetes = leaseStore == "kubernetes" ? KubernetesSettings.Read(reader) : null,
            Postgres = leaseStore == "postgres" ? PostgresSettings.Read(reader) : null,
            DataDirectory = leaseStore == "file" ? Leases.DataDirectory.Find("DATA_DIR", reader.Text("DATA_DIR"), reader.Text, reader.Faults) : "",
            Lease = lease,
            Clock = new()
            {
                MaxLead = reader.Number("Clock:MaxLeadMilliseconds", 61_000, 0, 300_000),
                MaxForwardStep = reader.Number("Clock:MaxForwardStepSeconds", 60, 0, 86_400) * 1_000L,
            },
            RollingStart = reader.Choice("SEQUENCE_START", "rolling", "zero") == "rolling",
            FastPath = reader.Choice("Gateway:FastPath", "on", "off") == "on",
            MaxBulkRequests = reader.Number("Gateway:MaxBulkRequests", 32, 1, 10_000),
            Connections = ConnectionSettings.Read(reader, own),
            LogFormat = reader.Choice("LOG_FORMAT", LogFormats(reader)),
            Drain = TimeSpan.FromSeconds(reader.Number("Gateway:DrainSeconds", 0, 0, 300)),
        };
    }

    /// <summary>
    /// The values of <c>LOG_FORMAT</c>, the usual one first: for machines in a container, for people on a terminal and
    /// elsewhere.
    /// </summary>
    private static string[] LogFormats(SettingsReader reader)
    {
        var inContainer = reader.Text("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1"
            || reader.Text("KUBERNETES_SERVICE_HOST") is not null;
        return inContainer && Console.IsOutputRedirected ? ["json", "text"] : ["text", "json"];
    }

    private static WorkerRange? ReadWorkerIds(SettingsReader reader, bool isShared)
    {
        var isAuto = reader.Text("WORKER_ID") == "auto";
        var text = reader.Text("WORKER_IDS");
        if (!isAuto)
        {
            if (text is not null) reader.Faults.Add($"WORKER_IDS is \"{text}\", which says something only beside WORKER_ID=auto.");
            return null;
        }

        if (!isShared)
        {
            reader.Faults.Add(
                "WORKER_ID is \"auto\", and LEASE_STORE no store that all processes share; allowed is LEASE_STORE=postgres or kubernetes.");
        }

        if (text is null) return WorkerRange.All;
        if (WorkerRange.Parse(text) is { } range) return range;
        reader.Faults.Add($"WORKER_IDS is \"{text}\"; allowed is first-last, from 0 to {Layout.MaxWorker}, for example 0-63.");
        return WorkerRange.All;
    }

    private static string ReadIdSpace(SettingsReader reader)
    {
        var space = reader.Text("ID_SPACE") ?? "default";
        if (!Leases.IdSpace.IsName(space)) reader.Faults.Add($"ID_SPACE is \"{space}\"; allowed is {Leases.IdSpace.Allowed}.");
        return space;
    }
}
