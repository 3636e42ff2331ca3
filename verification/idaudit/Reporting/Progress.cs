namespace IdGenerator.Idaudit.Reporting;

/// <summary>A line on standard error that counts, where that is a terminal; nothing elsewhere.</summary>
internal sealed class Progress : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly Timer? _timer;

    public Progress(Func<string> describe)
    {
        if (!Console.IsErrorRedirected) _timer = new(_ => Show(describe()), null, Period, Period);
    }

    public void Dispose()
    {
        if (_timer is null) return;
        using var stopped = new ManualResetEvent(false);
        _timer.Dispose(stopped);
        stopped.WaitOne();
        Show("");
    }

    private static void Show(string text)
    {
        // Carriage return, then "erase to the end of the line".
        Console.Error.Write($"\r\e[K{text}");
    }
}
