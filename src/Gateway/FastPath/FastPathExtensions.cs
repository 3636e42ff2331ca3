using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Gateway.FastPath;

internal static class FastPathExtensions
{
    /// <summary>
    /// Answers <c>GET /id</c> on the bare socket, before Kestrel parses HTTP: see docs/performance.md for what that gains.
    /// Everything else is Kestrel's.
    /// </summary>
    /// <param name="services">The services of the gateway.</param>
    /// <param name="threads">Threads that wait for sockets, and answer.</param>
    public static void AddFastPath(this IServiceCollection services, int threads)
    {
        // What a socket waited for is then handled by the thread that learns of it, not by another one that has to be woken;
        // Kestrel's connections and Orleans' still go on in the thread pool. Read when the first socket waits.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", $"{threads}");
        services.AddSingleton<IConnectionListenerFactory, FastTransport>();
    }
}
