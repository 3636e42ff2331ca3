using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace IdGenerator.Silo;

internal static class ExclusivePorts
{
    /// <summary>
    /// Lets Orleans listen by way of Kestrel's sockets. Orleans' own share their port with every process that is willing to
    /// share it too (SO_REUSEPORT, socket(7)): two silos that were given one port would run side by side, and each would get
    /// half of the connections meant for the other. Kestrel's sockets fail instead.
    /// </summary>
    public static void UseExclusivePorts(this ISiloBuilder silo)
    {
        // Orleans registers one factory for silos and one for clients, under keys that it keeps to itself.
        var factories = silo.Services.Where(service =>
            service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory));
        foreach (var factory in factories.ToList())
        {
            silo.Services.Remove(factory);
            silo.Services.AddKeyedSingleton<IConnectionListenerFactory, SocketTransportFactory>(factory.ServiceKey);
        }
    }
}
