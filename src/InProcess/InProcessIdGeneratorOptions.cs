namespace IdGenerator.InProcess;

/// <summary>
/// Settings of the generator. In configuration they are a section of these names, such as <c>{"IdGenerator": {"WorkerId": 1}}</c>.
/// All of them are checked at start, and each that is wrong is named.
/// </summary>
public sealed class InProcessIdGeneratorOptions
{
    /// <summary>
    /// The worker ID of this process, 0 to 1,023: another one for each process of the <see cref="IdSpace"/>. Null where <see cref="WorkerIds"/> are set.
    /// </summary>
    public int? WorkerId { get; set; }

    /// <summary>
    /// Instead of <see cref="WorkerId"/>: the process takes the lowest of these worker IDs that no other process has, and waits where none is free.
    /// As <c>first-last</c>, both included, such as <c>0-63</c>.
    /// </summary>
    public string? WorkerIds { get; set; }

    /// <summary>
    /// Processes of one ID space never have the same worker ID at the same time, and so never the same ID; those of two spaces may.
    /// 1 to 40 small letters, digits and dashes. To share worker IDs with servers of id-generator, it is their <c>ID_SPACE</c>, and in Kubernetes
    /// the name of their release.
    /// </summary>
    public string IdSpace { get; set; } = "default";

    /// <summary>Where the lease of the worker ID is.</summary>
    public InProcessStore Store { get; set; } = InProcessStore.File;

    /// <summary>
    /// For <see cref="InProcessStore.File"/>: the absolute path of a directory on a local disk that outlives this process. Null for
    /// <c>id-generator</c> below <c>$XDG_STATE_HOME</c> or <c>~/.local/state</c>.
    /// </summary>
    public string? DataDirectory { get; set; }

    /// <summary>For <see cref="InProcessStore.Postgres"/>.</summary>
    public InProcessPostgresOptions Postgres { get; } = new();

    /// <summary>
    /// For how long the start of the host waits for the worker ID, 0 to an hour. Then the host starts without it, and calls throw
    /// <see cref="IdsUnavailableException"/> until it is there. A worker ID that another process keeps renewing in a shared store is found out within
    /// 16 s: a shorter time lets the host start first, and ends it when that is known.
    /// </summary>
    public TimeSpan WaitAtStart { get; set; } = TimeSpan.FromSeconds(20);
}
