using System.Net;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>More connections than are allowed: those are served, the others closed, and their places are free again afterwards.</summary>
internal static class TooManyConnections
{
    private const int Allowed = 100;
    private const int Opened = 150;

    public static async Task<Finding> RunAsync()
    {
        await using var service = await Target.StartProcessAsync(("Gateway__MaxConnections", $"{Allowed}"));
        var server = Target.Local(service);
        var served = await ServedAsync(server, Opened);
        await Task.Delay(500);
        var again = await ServedAsync(server, Allowed / 2);
        // The client that waited for the service to be ready has a connection too.
        return new(
            served is > Allowed - 5 and <= Allowed && again == Allowed / 2,
            $"{served} of {Opened} served where {Allowed} are allowed; then {again} of {Allowed / 2}");
    }

    /// <returns>How many of so many connections at once were answered.</returns>
    private static async Task<int> ServedAsync(IPEndPoint server, int count)
    {
        var connections = new List<Connection>();
        var served = 0;
        for (var left = count; left > 0; left--)
        {
            var connection = await Connection.OpenAsync(server);
            connections.Add(connection);
            if (await IsServedAsync(connection)) served++;
        }

        connections.ForEach(connection => connection.Dispose());
        return served;
    }

    private static async Task<bool> IsServedAsync(Connection connection)
    {
        try
        {
            await connection.SendAsync(Case.Sync.Bytes);
            return await connection.ReadAsync(isHead: false) is { Status: 200 };
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
