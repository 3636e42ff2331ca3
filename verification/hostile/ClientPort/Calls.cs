using System.Net;
using IdGenerator.Client;
using IdGenerator.Hostile.Assaults;

namespace IdGenerator.Hostile.ClientPort;

/// <summary>An Orleans client that begins much and ends nothing.</summary>
internal static class Calls
{
    public static Task<string> UnreadReservationsAsync(IPEndPoint silo) => UnreadAsync(silo, 400_000, worker => worker.ReserveAsync(1, since: null).AsTask());

    public static Task<string> UnreadStreamsAsync(IPEndPoint silo) => UnreadAsync(silo, 200_000, worker => BeginAsync(worker, 1_000_000));

    /// <summary>All answers are read, but there are not as many slots as are asked for.</summary>
    public static async Task<string> GreedyAsync(IPEndPoint silo)
    {
        await using var caller = await Caller.StartAsync(silo);
        return await ManyAsync(caller.Worker, 400_000, worker => worker.ReserveAsync(ISnowflakeGrain.MaxCount, since: null).AsTask());
    }

    /// <summary>Streams of which the first element is read, and which are not disposed.</summary>
    public static async Task<string> AbandonedStreamsAsync(IPEndPoint silo)
    {
        await using var caller = await Caller.StartAsync(silo);
        return await ManyAsync(caller.Worker, 20_000, worker => BeginAsync(worker, ISnowflakeGrain.MaxCount));
    }

    private static async Task<string> UnreadAsync(IPEndPoint silo, int count, Func<ISnowflakeGrain, Task> call)
    {
        using var relay = new Relay(silo);
        await using var caller = await Caller.StartAsync(relay.Address);
        await caller.Worker.DescribeAsync();
        relay.StopReading();
        return $"{await ManyAsync(caller.Worker, count, call)}, {relay.Sent / 1e6:N0} MB taken";
    }

    private static async Task<string> ManyAsync(ISnowflakeGrain worker, int count, Func<ISnowflakeGrain, Task> call)
    {
        using var stop = new CancellationTokenSource(Assault.Duration);
        var begun = 0;
        var failed = 0;
        while (begun < count && !stop.IsCancellationRequested)
        {
            for (var i = 0; i < 1_000; i++, begun++) Count(call(worker));
            await Task.Delay(1, CancellationToken.None);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return $"{begun:N0} calls, {failed:N0} of them failed";

        void Count(Task task) => task.ContinueWith(
            _ => Interlocked.Increment(ref failed), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private static async Task BeginAsync(ISnowflakeGrain worker, long count)
    {
        var stream = worker.StreamAsync(count).GetAsyncEnumerator();
        await stream.MoveNextAsync();
    }
}
