using System.Diagnostics;
using System.Globalization;
using System.Net;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>What the service says of itself.</summary>
internal static class Metrics
{
    public const string OpenDescriptors = "process_open_fds";
    public const string AllowedConnections = "id_generator_connections_limit";
    public const string Memory = "process_resident_memory_bytes";
    public const string RunningBulks = "id_generator_bulk_requests_in_flight";

    public static async Task<double> ReadAsync(IPEndPoint server, string name)
    {
        using var connection = await Connection.OpenAsync(server);
        await connection.SendAsync("GET /metrics HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
        var answer = await connection.ReadAsync(isHead: false) ?? throw new BrokenAnswerException("no metrics");
        var line = answer.Text.Split('\n').Single(line => line.StartsWith(name + "{} ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until a metric is no more than <paramref name="most"/>.</summary>
    /// <returns>Its last value, and how long that took.</returns>
    public static async Task<(double Value, TimeSpan Waited)> FallsToAsync(IPEndPoint server, string name, double most, TimeSpan patience)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var value = await ReadAsync(server, name);
            if (value <= most || waited.Elapsed > patience) return (value, waited.Elapsed);
            await Task.Delay(100);
        }
    }
}
