namespace IdGenerator.Leases.Tests.Worlds;

/// <summary>What happens next in a <see cref="World"/>.</summary>
/// <param name="Kind">What.</param>
/// <param name="Choice">To whom: a number that the world reduces to those that there are.</param>
/// <param name="Amount">How much, in milliseconds or IDs.</param>
internal readonly record struct Fault(FaultKind Kind, int Choice = 0, long Amount = 0);

internal enum FaultKind
{
    /// <summary>A new pod, with a UID of its own, starts.</summary>
    StartPod,

    /// <summary>A process without a pod starts; it has the lock of its host.</summary>
    StartProcess,

    /// <summary>A dead pod's container, or a dead process without a pod, starts again.</summary>
    Restart,

    Crash,
    CrashAndRestart,
    Pause,
    Resume,
    Stop,
    Pass,
    StepWall,

    /// <summary>The host sleeps: its monotonic clock stands still, its wall clock goes on.</summary>
    Suspend,

    Reboot,

    /// <summary>The file that is the host's lock is deleted: whoever starts next makes another, while the holder lives on.</summary>
    RemoveLock,

    StoreDown,
    LoseAnswers,
    StoreSlow,
    LandLate,
    Issue,
}
