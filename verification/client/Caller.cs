using System.Diagnostics;

namespace IdGenerator.ClientFaults;

/// <summary>Takes IDs, ten and a pause of a millisecond, and keeps all of them and how long each took.</summary>
internal sealed class Caller(IIdGenerator ids)
{
    public List<long> Ids { get; } = [];

    public Latencies First { get; } = new();

    public Latencies Others { get; } = new();

    public List<string> Failures { get; } = [];

    /// <param name="trouble">When something changed last.</param>
    /// <param name="stop">Ends it after the next ten.</param>
    public async Task RunAsync(Moment trouble, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < 10; i++) await CallAsync(trouble);
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private async Task CallAsync(Moment trouble)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            Ids.Add(await ids.NextAsync());
        }
        catch (Exception e)
        {
            Failures.Add(e.Message);
        }

        var end = Stopwatch.GetTimestamp();
        var began = trouble.Value;
        var isFirst = end >= began && start < began + Stopwatch.Frequency;
        (isFirst ? First : Others).Add(start, end);
    }
}
