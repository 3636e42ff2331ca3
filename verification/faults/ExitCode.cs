namespace IdGenerator.Faults;

/// <summary>As those of idaudit.</summary>
internal enum ExitCode
{
    Clean = 0,
    Violations = 1,
    NoVerdict = 2,
}
