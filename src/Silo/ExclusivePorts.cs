using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace IdGenerator.Silo;

internal static class ExclusivePorts
{
    /// <summary>
    /// Bytes of each buffer of a connection: what has come and is not read, and what is not sent; in the process, and again in
    /// the kernel, which takes twice as many (socket(7), SO_RCVBUF). A longer message passes too, in parts. By default they
    /// are 1 MiB, and in the kernel several. Where an answer takes 1 ms to arrive, a connection carries 8 MB/s.
    /// </summary>
    private const int MostBuffered = 8 * 1_024;

    /// <summary>
    /// Lets Orleans listen by way of Kestrel's sockets. Orleans' own share their port with every process that is willing to
    /// share it too (SO_REUSEPORT, socket(7)): two silos that were given one port would run side by side, and each would get
    /// half of the connections meant for the other. Kestrel's sockets fail instead.
    /// </summary>
    public static void UseExclusivePorts(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<ListenSockets>();
        // Orleans registers one factory for silos and one for clients, under keys that it keeps to itself.
        var factories = silo.Services.Where(service =>
            service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory));
        foreach (var factory in factories.ToList())
        {
            silo.Services.Remove(factory);
            silo.Services.AddKeyedSingleton<IConnectionListenerFactory>(factory.ServiceKey, (services, _) =>
                new SocketTransportFactory(
                    Options.Create(Bounded(services.GetRequiredService<ListenSockets>())), services.GetRequiredService<ILoggerFactory>()));
        }
    }

    private static SocketTransportOptions Bounded(ListenSockets sockets) => new()
    {
        MaxReadBufferSize = MostBuffered,
        MaxWriteBufferSize = MostBuffered,
        CreateBoundListenSocket = endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            // Accepted sockets inherit the options of the listening socket.
            socket.ReceiveBufferSize = socket.SendBufferSize = MostBuffered;
            sockets.Add(socket);
            return socket;
        },
    };
}
