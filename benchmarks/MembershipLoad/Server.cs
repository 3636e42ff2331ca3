using System.Globalization;
using IdGenerator.ApiServer;

namespace IdGenerator.MembershipLoad;

/// <summary>What the API server and its etcd have used up so far.</summary>
internal sealed class Server(ControlPlane plane) : IDisposable
{
    /// <summary>Of /proc/PID/stat: clock ticks a second (proc(5), sysconf(_SC_CLK_TCK)).</summary>
    private const double TicksPerSecond = 100;

    private readonly HttpClient _http = new();

    /// <param name="Cpu">Seconds of processor time.</param>
    /// <param name="Written">Bytes of keys and values that were put into etcd.</param>
    public sealed record Usage(double Cpu, double Written);

    public async Task<Usage> ReadAsync()
    {
        var metrics = await _http.GetStringAsync(new Uri(plane.Etcd, "/metrics"));
        var written = metrics.Split('\n').First(line => line.StartsWith("etcd_debugging_mvcc_total_put_size_in_bytes ", StringComparison.Ordinal));
        return new(plane.Processes.Sum(Cpu), double.Parse(written.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    public void Dispose() => _http.Dispose();

    private static double Cpu(int process)
    {
        // Behind the name, which is in brackets: state is field 3, utime 14, stime 15.
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
