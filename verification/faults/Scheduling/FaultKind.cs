namespace IdGenerator.Faults;

internal enum FaultKind
{
    /// <summary>SIGKILL; the kubelet starts the container again: same pod, same UID.</summary>
    Crash,

    /// <summary>SIGKILL, and another pod in its place: new UID.</summary>
    PodKilled,

    /// <summary>SIGTERM, and another pod in its place.</summary>
    CleanStop,

    /// <summary>SIGSTOP, SIGCONT.</summary>
    Pause,

    /// <summary>The pod's wall clock is set back, and right again later.</summary>
    ClockBack,

    /// <summary>The pod's wall clock is set forward by as much as is followed, and right again later.</summary>
    ClockForward,

    /// <summary>The pod's wall clock is set forward by more than is followed, and right again later.</summary>
    ClockLeap,

    /// <summary>SIGKILL, and the container starts again on another wall clock.</summary>
    ClockRestart,

    /// <summary>
    /// The wall clock is set back further than IDs may lead it, renewals pass, and the process is killed and started again in
    /// the same pod.
    /// </summary>
    FarBackCrash,

    /// <summary>The wall clock is set back further than IDs may lead it, for several renewals, and put right again.</summary>
    FarGlitch,

    /// <summary>The pod's network is down: clients and API server are out of its reach.</summary>
    LinkDown,

    /// <summary>The pod cannot reach the API server; its clients reach it.</summary>
    ApiCutOff,

    /// <summary>Somebody deletes the lease while its holder runs.</summary>
    LeaseDeleted,

    /// <summary>Somebody restores the lease from an older copy while its holder runs.</summary>
    LeaseRestored,

    /// <summary>The pod is force-deleted while it runs, and another pod of the same worker ID starts.</summary>
    Twin,

    /// <summary>The same while the first is paused; it goes on once the second issues IDs.</summary>
    TwinOfPaused,

    /// <summary>The same while the first cannot reach the API server, but its clients.</summary>
    TwinOfCutOff,

    /// <summary>The same while the network of the first is down.</summary>
    TwinOfUnlinked,

    /// <summary>The container meets its memory limit.</summary>
    MemoryLimit,

    /// <summary>Somebody deletes the file store's lock file while its holder runs, and a second process starts on the same volume.</summary>
    LockFileRemoved,

    /// <summary>No space is left where the file store writes.</summary>
    DiskFull,

    /// <summary>The file of the file store is torn while the process is down.</summary>
    TornFile,

    /// <summary>The API server is killed, and started later.</summary>
    ApiKilled,

    /// <summary>Requests take up to longer than their time-out, and land late.</summary>
    ApiSlow,

    /// <summary>Requests are answered 500 or 503, some after they were carried out.</summary>
    ApiErrors,

    /// <summary>Writes are answered 409, some after they were carried out.</summary>
    ApiConflicts,

    /// <summary>Connections are cut or never answered, some after the request was carried out.</summary>
    ApiCuts,
}
