using System.Runtime.CompilerServices;

namespace IdGenerator.Http.Connections;

internal static class Threads
{
    /// <summary>
    /// Goes on in the thread pool. With the fast path the threads that wait for all sockets also run what was waiting for
    /// one; whatever may take long leaves them.
    /// </summary>
    public static Leaving LeaveSocketsAsync() => default;

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
