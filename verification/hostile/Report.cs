namespace IdGenerator.Hostile;

/// <summary>Counts what was checked, and prints a line for each.</summary>
internal sealed class Report
{
    private static readonly Lock Printing = new();
    private int _passed;
    private int _failed;

    public void Check(string what, bool isRight, string details)
    {
        if (isRight) Interlocked.Increment(ref _passed);
        else Interlocked.Increment(ref _failed);
        Tell($"{(isRight ? "ok  " : "FAIL")} {what}: {details}");
    }

    public static void Tell(string text)
    {
        lock (Printing) Console.WriteLine(text);
    }

    /// <summary>Prints the last line.</summary>
    /// <returns>The exit code.</returns>
    public int Close()
    {
        Tell($"{_passed} passed, {_failed} failed");
        return _failed == 0 ? 0 : 1;
    }
}
