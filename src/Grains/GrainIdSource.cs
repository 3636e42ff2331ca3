using IdGenerator.Client;
using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.Grains;

/// <summary>
/// IDs of this silo's worker, for as long as its grain answers, once the silo is a member of its cluster.
/// <para>
/// A grain call costs as much as ten HTTP requests for one ID. So an answer of the grain holds for 100 milliseconds: until then requests
/// take their IDs from what the grain takes them from. Once half of that is over the grain is asked anew, which nobody waits for. Where no
/// answer holds, all requests wait for the same one: one call is in flight at most, or one more for each second that the grain lets pass.
/// </para>
/// <para>
/// A silo takes a while to be made, may wait for others before it joins its cluster, and its grain answers only then. Where the lease tells
/// that nobody else has the worker ID, requests do not wait: they are served by what the grain would take their IDs from, until its first answer.
/// </para>
/// The promises of <see cref="IIdSource"/> hold for all of it, because all IDs come from one generator, those of Orleans clients too.
/// </summary>
/// <param name="servesWhileJoining">Nobody else can have the worker ID once its lease is held.</param>
/// <param name="grains">Of Orleans, which is made when the silo is: not asked for before that.</param>
/// <param name="lease">Of the worker ID.</param>
/// <param name="worker">What the grain takes its IDs from.</param>
/// <param name="clock">Of the worker.</param>
/// <param name="time">Time, for how long the grain may take to answer.</param>
public sealed class GrainIdSource(
    bool servesWhileJoining, Lazy<IGrainFactory> grains, WorkerLease lease, WorkerIdSource worker, LogicalClock clock, TimeProvider time)
    : IIdSource, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>
    /// For how many milliseconds an answer holds. Long enough that calls cost nothing that shows, short enough that HTTP does not go on
    /// without a grain that has ended.
    /// </summary>
    private const long Holds = 100;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly Unavailable Starting = new("Starting", OneSecond);

    private readonly Lazy<ISnowflakeGrain> _grain = new(() => grains.Value.GetGrain<ISnowflakeGrain>(lease.Worker));
    private Task<Unavailable?> _asking = Task.FromResult<Unavailable?>(null);
    private volatile bool _hasJoined;
    private volatile bool _grainHasAnswered;
    private long _calls;

    // Of the monotonic clock, in milliseconds.
    private long _holdsUntil = long.MinValue;
    private long _askAt;

    /// <summary>How often the grain was asked.</summary>
    public long Calls => Volatile.Read(ref _calls);

    public int Worker => lease.Worker;

    public long Issued => worker.Issued;

    public Unavailable? Check() => worker.Check() ?? (_hasJoined || servesWhileJoining ? null : Starting);

    /// <summary>This silo is a member of its cluster, and its grain is asked.</summary>
    public bool HasJoined => _hasJoined;

    /// <summary>The grain answers when its silo is active.</summary>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(GrainIdSource), ServiceLifecycleStage.Active, _ =>
    {
        _hasJoined = true;
        return Task.CompletedTask;
    });

    public ValueTask<Reservation> ReserveAsync(int count, long? since, CancellationToken cancellation)
    {
        if (!_hasJoined) return ReserveAloneAsync(count, since, cancellation);
        var now = clock.Monotonic;
        var waits = now >= Volatile.Read(ref _holdsUntil) && (_grainHasAnswered || !servesWhileJoining);
        if (waits) return AskAndReserveAsync(count, since, cancellation);
        if (now >= Volatile.Read(ref _askAt)) Ask().Ignore();
        return worker.ReserveAsync(count, since, cancellation);
    }

    private ValueTask<Reservation> ReserveAloneAsync(int count, long? since, CancellationToken cancellation) => servesWhileJoining
        ? worker.ReserveAsync(count, since, cancellation)
        : new(new Reservation(default, worker.Check() ?? Starting));

    private async ValueTask<Reservation> AskAndReserveAsync(int count, long? since, CancellationToken cancellation) =>
        await Ask().WaitAsync(cancellation) is { } refusal
            ? new(default, refusal)
            : await worker.ReserveAsync(count, since, cancellation);

    /// <summary>Asks the grain, unless somebody does.</summary>
    private Task<Unavailable?> Ask()
    {
        var last = Volatile.Read(ref _asking);
        if (!last.IsCompleted) return last;

        // Each goes on to serve an HTTP request, and they should do so on all cores.
        var asking = new TaskCompletionSource<Unavailable?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var current = Interlocked.CompareExchange(ref _asking, asking.Task, last);
        if (current != last) return current;
        // Where it gives no answer, it is asked again then.
        Volatile.Write(ref _askAt, clock.Monotonic + Holds);
        _ = AskAsync(asking);
        return asking.Task;
    }

    private async Task AskAsync(TaskCompletionSource<Unavailable?> asking)
    {
        try
        {
            var call = CallAsync();
            // It may fail when nobody waits for it any more.
            call.Ignore();
            await call.WaitAsync(OneSecond, time);
            asking.SetResult(null);
        }
        catch (Exception e) when (e is WorkerUnavailableException or OrleansException or TimeoutException)
        {
            // Before its first answer the silo has just become active, and does not know it everywhere yet. Later, a call fails like this
            // while the silo leaves.
            asking.SetResult(_grainHasAnswered ? new($"The grain of worker ID {lease.Worker} does not answer: {e.Message}", OneSecond) : null);
        }
        catch (Exception e)
        {
            asking.SetException(e);
        }
    }

    /// <summary>An answer that comes late holds as well.</summary>
    private async Task CallAsync()
    {
        Interlocked.Increment(ref _calls);
        await _grain.Value.DescribeAsync();
        _grainHasAnswered = true;
        var now = clock.Monotonic;
        Volatile.Write(ref _askAt, now + Holds / 2);
        Volatile.Write(ref _holdsUntil, now + Holds);
    }
}
