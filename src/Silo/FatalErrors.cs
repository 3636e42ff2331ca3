using IdGenerator.Http.Hosting;

namespace IdGenerator.Silo;

/// <summary>
/// What Orleans does when a silo cannot go on: the others have declared it dead, for one, because it was paused or cut off. Orleans' own handler
/// aborts the process (exit code 134). This one gives the worker ID back first, where it is still held, and says in a line what happened.
/// </summary>
internal sealed class FatalErrors(ProcessExit exit) : IFatalErrorHandler
{
    private const int MostShown = 200;

    public bool IsUnexpected(Exception exception) => true;

    /// <summary>Does not return: Orleans relies on that.</summary>
    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        var reason = $"The silo cannot go on in its cluster, and has to be started again: {Short(context ?? exception?.Message ?? "")}";
        // Not in the caller's scheduler: it may be that of a grain, which has one thread at a time, and that one waits here.
        Task.Run(() => exit.EndAsync(ExitCode.Conflict, reason)).GetAwaiter().GetResult();
    }

    /// <summary>Orleans adds the whole membership, which its own line in the log has too.</summary>
    private static string Short(string context) => context.Length <= MostShown ? context : $"{context[..MostShown]}…";
}
