namespace IdGenerator.Http.FastPath;

/// <summary>
/// How .NET waits for sockets where there is a fast path: what a socket waited for is handled by the thread that learns of it,
/// not by another one that has to be woken. Kestrel's connections and Orleans' still go on in the thread pool.
/// </summary>
public static class SocketThreads
{
    /// <summary>
    /// To be called before any socket of the process waits: .NET reads these variables once, when the first one does, and says
    /// nothing where they come too late.
    /// </summary>
    /// <param name="workers">I/O queues that serve HTTP.</param>
    public static void Configure(int workers)
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", $"{Count(workers)}");
    }

    /// <summary>Threads that wait for sockets, and answer <c>GET /id</c>.</summary>
    private static int Count(int workers) => (workers + 1) / 2;
}
