using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IdGenerator.Client;
using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.Grains;

/// <summary>
/// IDs of this silo's worker, all of them reserved by its grain once the silo is a member of its cluster.
/// <para>
/// A grain call costs more than the rest of an HTTP request for one ID. So small requests share calls: those that come in
/// while a call is in flight are served by the next one, and a call reserves a few more, about as many as are asked for in
/// a millisecond (<see cref="SlotWindow"/>). At low rates that is none, and each request is a call. The next call does not wait for
/// the one before where as many IDs are wanted as it can get: batches of a hundred fill several in a millisecond.
/// </para>
/// <para>
/// A silo takes a while to be made, may wait for others before it joins its cluster, and its grain answers only then. Where the lease tells
/// that nobody else has the worker ID, requests do not wait: they are served by what the grain would take their IDs from, and by the grain
/// as soon as it answers.
/// </para>
/// The promises of <see cref="IIdSource"/> hold for all of it: of two requests the one that came in after the other was
/// answered gets the higher IDs, whichever way each took. Taking IDs from the window takes no lock and allocates nothing.
/// </summary>
/// <param name="servesWhileJoining">Nobody else can have the worker ID once its lease is held.</param>
/// <param name="grains">Of Orleans, which is made when the silo is: not asked for before that.</param>
/// <param name="lease">Of the worker ID.</param>
/// <param name="worker">IDs of this process, without the grain.</param>
/// <param name="generator">Of both.</param>
/// <param name="clock">Of both.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing that has to be freed.")]
public sealed class GrainIdSource(
    bool servesWhileJoining, Lazy<IGrainFactory> grains, WorkerLease lease, WorkerIdSource worker, SlotGenerator generator, LogicalClock clock)
    : IIdSource, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Calls in flight, besides one that is shared: enough to keep the grain busy. What a request has begun counts until
    /// the grain has answered, whether its client is still there or not.</summary>
    private const int MostCalls = 64;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly Unavailable Starting = new("Starting", OneSecond);

    private readonly SlotWindow _window = new(clock, generator);
    private readonly Lazy<ISnowflakeGrain> _grain = new(() => grains.Value.GetGrain<ISnowflakeGrain>(lease.Worker));
    private readonly SemaphoreSlim _calling = new(MostCalls);
    private Gathering _gathering = new(Task.CompletedTask);
    private volatile bool _hasJoined;
    private volatile bool _grainHasAnswered;
    private long _calls;
    private long _taken;
    private long _highestIssued;

    private long _shared;

    // Written by nobody but the one call that had waited for all before it.
    private Lookahead _lookahead = new(SlotWindow.Capacity);
    private long _lastTimestamp;

    /// <summary>Grain calls so far.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>Calls in flight, without a shared one that had waited for those before it.</summary>
    public int CallsInFlight => MostCalls - _calling.CurrentCount;

    /// <summary>A call was not made, because too many were in flight for a second.</summary>
    public event Action? CallRefused;

    public int Worker => lease.Worker;

    /// <summary>To anybody, but without the slots that were reserved ahead and not given out (yet).</summary>
    public long Issued
    {
        get
        {
            // Too low while a shared call is in flight: the highest that was seen stands.
            var given = generator.Issued - Volatile.Read(ref _shared) + Volatile.Read(ref _taken);
            var highest = Volatile.Read(ref _highestIssued);
            while (given > highest)
            {
                var seen = Interlocked.CompareExchange(ref _highestIssued, given, highest);
                if (seen == highest) return given;
                highest = seen;
            }

            return highest;
        }
    }

    public Unavailable? Check() => worker.Check() ?? (_hasJoined || servesWhileJoining ? null : Starting);

    /// <summary>This silo is a member of its cluster, and its grain is called.</summary>
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
        if (count > SlotWindow.Capacity) return CallAsync(count, since, cancellation);
        if (!_window.TryTake(count, out var slots, out var isAging)) return GatherAsync(count, cancellation);
        if (isAging) Refill();
        return new(Take(slots));
    }

    private ValueTask<Reservation> ReserveAloneAsync(int count, long? since, CancellationToken cancellation) => servesWhileJoining
        ? worker.ReserveAsync(count, since, cancellation)
        : new(new Reservation(default, worker.Check() ?? Starting));

    private Reservation Take(SlotRange slots)
    {
        Interlocked.Add(ref _taken, slots.Count);
        return new(slots);
    }

    /// <summary>Makes a call that nobody waits for, unless one is in flight.</summary>
    private void Refill()
    {
        var gathering = Volatile.Read(ref _gathering);
        if (gathering.Previous.IsCompleted && gathering.TryLead()) _ = LeadAsync(gathering);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reservation> GatherAsync(int count, CancellationToken cancellation)
    {
        while (true)
        {
            var gathering = Volatile.Read(ref _gathering);
            if (!gathering.TryJoin(count, out var offset))
            {
                Follow(gathering, gathering.All);
                gathering.Fill();
                continue;
            }

            // The call serves others too: it does not end with the one who makes it.
            if (gathering.TryLead()) _ = LeadAsync(gathering);
            var reservation = await gathering.Outcome.WaitAsync(cancellation);
            if (reservation.Refusal is not null) return reservation;

            var slots = reservation.Slots;
            if (offset < slots.Count) return Take(new(slots.First + offset, Math.Min(count, slots.Count - offset)));

            // The millisecond had no more: once again, for the next one.
        }
    }

    /// <summary>Whoever comes now joins another gathering, whose call waits for those <paramref name="before"/>.</summary>
    private void Follow(Gathering gathering, Task before) =>
        Interlocked.CompareExchange(ref _gathering, new(before), gathering);

    private async Task LeadAsync(Gathering gathering)
    {
        var place = default(SemaphoreSlim);
        try
        {
            await Task.WhenAny(gathering.Previous, gathering.Filled);
            if (!gathering.Previous.IsCompleted && _calling.Wait(0, CancellationToken.None)) place = _calling;
            else await gathering.Previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            Follow(gathering, gathering.Outcome);
            var wanted = gathering.Close();
            var reservation = place is null ? await RefillAsync(wanted) : await ShareAsync(wanted, place);
            gathering.Complete(reservation);
        }
        catch (Exception e)
        {
            gathering.Fail(e);
        }
    }

    /// <summary>Serves who gathered, and fills the window with what comes on top.</summary>
    private async Task<Reservation> RefillAsync(int wanted)
    {
        if (wanted > 0 && _window.TryTake(wanted, out var left, out _)) return new(left);

        var reservation = await ShareAsync(Math.Clamp(wanted + _lookahead.Count, 1, SlotWindow.Capacity), calling: null);
        if (reservation.Refusal is null) Keep(reservation.Slots, wanted);
        return reservation;
    }

    private async Task<Reservation> ShareAsync(int count, SemaphoreSlim? calling)
    {
        Interlocked.Add(ref _shared, count);
        var reservation = await CallGrainAsync(count, since: null, calling);
        Interlocked.Add(ref _shared, reservation.Slots.Count - count);
        return reservation;
    }

    /// <summary>Fills the window with what is left when everybody has got what was wanted.</summary>
    private void Keep(SlotRange slots, int wanted)
    {
        var given = Math.Min(wanted, slots.Count);
        var unused = _window.Replace(new(slots.First + given, slots.Count - given)).Count;
        if (unused > 0) _lookahead.WereTooOld(unused);
        else if (slots.Timestamp == _lastTimestamp) _lookahead.WereUsed();
        _lastTimestamp = slots.Timestamp;
    }

    private async ValueTask<Reservation> CallAsync(int count, long? since, CancellationToken cancellation)
    {
        if (!_calling.Wait(0, CancellationToken.None) && !await _calling.WaitAsync(OneSecond, cancellation))
        {
            CallRefused?.Invoke();
            return new(default, new($"The grain of worker ID {lease.Worker} has more calls than it can answer", OneSecond));
        }

        var call = CallGrainAsync(count, since, _calling);
        return await (call.IsCompleted ? call : call.WaitAsync(cancellation));
    }

    /// <param name="count">How many IDs.</param>
    /// <param name="since">See <see cref="IIdSource.ReserveAsync"/>.</param>
    /// <param name="calling">Is told when the grain has answered; null for the one call that has no place there.</param>
    private async Task<Reservation> CallGrainAsync(int count, long? since, SemaphoreSlim? calling)
    {
        Interlocked.Increment(ref _calls);
        try
        {
            var answer = await _grain.Value.ReserveAsync(count, since);
            _grainHasAnswered = true;
            return answer.ToReservation();
        }
        catch (Exception e) when (e is WorkerUnavailableException or OrleansException or TimeoutException)
        {
            // The silo has just become active, and does not know it everywhere yet.
            if (!_grainHasAnswered) return await worker.ReserveAsync(count, since, CancellationToken.None);

            // A call fails like this while the silo leaves.
            return new(default, new($"The grain of worker ID {lease.Worker} does not answer: {e.Message}", OneSecond));
        }
        finally
        {
            calling?.Release();
        }
    }
}
