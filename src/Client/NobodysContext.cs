namespace IdGenerator.Client;

/// <summary>
/// What serves all callers runs in the context of none: it would carry the trace, the request context and the locals of whoever happened to
/// begin it. A request context that Orleans cannot copy, for example, would make calls to every worker fail.
/// </summary>
internal static class NobodysContext
{
    private static readonly ExecutionContext Empty = Capture();

    public static T Run<T>(Func<T> begin)
    {
        var result = default(T);
        ExecutionContext.Run(Empty, _ => result = begin(), null);
        return result!;
    }

    /// <summary>The context of a thread that was started without one.</summary>
    private static ExecutionContext Capture()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
