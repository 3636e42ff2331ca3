namespace IdGenerator.Http.Hosting;

/// <summary>How the process ends, for whatever started it. The numbers are those of BSD's sysexits(3).</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>EX_UNAVAILABLE: another live process holds the worker ID.</summary>
    public const int Conflict = 69;

    /// <summary>EX_SOFTWARE: a bug, or a start that failed for a reason without a code of its own; the log has the exception.</summary>
    public const int Bug = 70;

    /// <summary>EX_NOPERM: the lease store cannot be used with the permissions given, or a record in it cannot be read.</summary>
    public const int Store = 77;

    /// <summary>EX_CONFIG: a setting is missing, wrong, or does not fit what is there.</summary>
    public const int Configuration = 78;
}
