using System.Runtime.CompilerServices;

namespace IdGenerator.Http.Connections;

/// <summary>
/// The threads that wait for sockets where there is a fast path: what a socket waited for is handled by the thread that learns
/// of it, not by another one that has to be woken. Kestrel's connections and Orleans' still go on in the thread pool.
/// </summary>
public static class SocketThreads
{
    /// <summary>
    /// To be called before any socket of the process waits: .NET reads these variables once, when the first one does, and says
    /// nothing where they come too late.
    /// </summary>
    /// <param name="workers">I/O queues that serve HTTP: half as many threads wait for sockets, and answer <c>GET /id</c>.</param>
    public static void Configure(int workers)
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", $"{(workers + 1) / 2}");
    }

    /// <summary>Goes on in the thread pool: whatever may take long must not keep these threads from other sockets.</summary>
    internal static Leaving LeaveAsync() => default;

    internal readonly struct Leaving : ICriticalNotifyCompletion
    {
        public bool IsCompleted => Thread.CurrentThread.IsThreadPoolThread;

        public Leaving GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) =>
            ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
    }
}
