using IdGenerator.Leases;

namespace IdGenerator.Gateway.Lifetime;

/// <summary>Ends the process for a reason that its operator must hear: a line on standard error, and an exit code.</summary>
public sealed class ProcessExit(IHostApplicationLifetime lifetime)
{
    private int _code = ExitCode.Success;

    public int Code => Volatile.Read(ref _code);

    public void Refuse(LeaseRefusal refusal)
    {
        Volatile.Write(ref _code, CodeOf(refusal));
        Console.Error.WriteLine(refusal.Message);
        // A host that is stopped while it starts ends with an exception instead of an exit code.
        lifetime.ApplicationStarted.Register(lifetime.StopApplication);
    }

    public static int CodeOf(LeaseRefusal refusal) => refusal.Reason switch
    {
        RefusalReason.Conflict => ExitCode.Conflict,
        RefusalReason.Layout => ExitCode.Configuration,
        _ => ExitCode.Store,
    };
}
