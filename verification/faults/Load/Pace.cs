using System.Diagnostics;

namespace IdGenerator.Faults;

/// <summary>
/// Keeps all clients together to so many IDs a second, from the beginning on: what is not to be had while workers are down
/// is made up for later.
/// </summary>
internal sealed class Pace(int idsPerSecond)
{
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private long _taken;

    public async Task TakeTurnAsync(CancellationToken stop)
    {
        while (Volatile.Read(ref _taken) > idsPerSecond * _time.Elapsed.TotalSeconds && !stop.IsCancellationRequested)
            await Task.Delay(5, CancellationToken.None);
    }

    public void Count(int ids) => Interlocked.Add(ref _taken, ids);
}
