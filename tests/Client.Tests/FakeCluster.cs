using System.Collections.Concurrent;
using System.Reflection;

namespace IdGenerator.Client.Tests;

/// <summary>
/// What a test needs real silos to misbehave in: workers that hang, answer late, refuse or throw, as the test says. Each worker gives slots as a real one
/// does. A proxy and no class of grains, because Orleans would take that for another implementation in the tests with real silos.
/// </summary>
public sealed class FakeCluster
{
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, long> _next = new();

    public FakeCluster(TimeProvider time, int workers)
    {
        _time = time;
        Live = [.. Enumerable.Range(0, workers)];
        Reserve = request => Task.FromResult(Give(request));
        Take = request => Task.FromResult(GiveBulk(request));
        ListLive = () => Task.FromResult(Live);
        Grains = DispatchProxy.Create<IGrainFactory, FactoryProxy>();
        ((FactoryProxy)(object)Grains).Cluster = this;
    }

    public IGrainFactory Grains { get; }

    public int[] Live { get; set; }

    public ConcurrentQueue<Request> Asked { get; } = new();

    /// <summary>How workers answer.</summary>
    public Func<Request, Task<SlotReservation>> Reserve { get; set; }

    /// <summary>Requests for parts of bulks.</summary>
    public ConcurrentQueue<Request> Taken { get; } = new();

    /// <summary>How workers answer to those.</summary>
    internal Func<Request, Task<BulkSlots>> Take { get; set; }

    /// <summary>How the list of workers is answered.</summary>
    public Func<Task<int[]>> ListLive { get; set; }

    /// <summary>The slots that a worker gives at this moment: all that were asked for, from the end of the last ones on, or from now on.</summary>
    public SlotReservation Give(Request request)
    {
        var now = (_time.GetUtcNow().ToUnixTimeMilliseconds() - Layout.EpochUnixMilliseconds) << Layout.SequenceBits;
        var from = request.Since is { } since ? Math.Min(since << Layout.SequenceBits, now) : now;
        lock (_next)
        {
            var first = Math.Max(_next.GetValueOrDefault(request.Worker), from);
            _next[request.Worker] = first + request.Count;
            return new(first, request.Count);
        }
    }

    /// <summary>As <see cref="Give"/>, for a part of a bulk. The worker's clock has come as far as the slots have.</summary>
    internal BulkSlots GiveBulk(Request request)
    {
        var slots = Give(request);
        return new(Math.Max(slots.Slots.End >> Layout.SequenceBits, _time.GetUtcNow().ToUnixTimeMilliseconds() - Layout.EpochUnixMilliseconds), [slots]);
    }

    /// <summary>Waits, in real time, until so many requests have come.</summary>
    public async Task UntilAskedAsync(int count)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (Asked.Count < count)
        {
            if (Environment.TickCount64 > deadline) throw new TimeoutException($"{Asked.Count} of {count} requests have come.");
            await Task.Yield();
        }
    }

    public sealed record Request(int Worker, int Count, long? Since);

    public class FactoryProxy : DispatchProxy
    {
        public FakeCluster Cluster { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.GetGenericArguments()[0] == typeof(ILiveWorkersGrain))
            {
                var list = DispatchProxy.Create<ILiveWorkersGrain, GrainProxy>();
                ((GrainProxy)(object)list).OnCall = _ => new ValueTask<int[]>(Cluster.ListLive());
                return list;
            }

            var worker = (int)(long)args![0]!;
            if (targetMethod.GetGenericArguments()[0] == typeof(IBulkGrain))
            {
                var bulk = DispatchProxy.Create<IBulkGrain, GrainProxy>();
                ((GrainProxy)(object)bulk).OnCall = call =>
                {
                    var request = new Request(worker, (int)call[0]!, (long?)call[1]);
                    Cluster.Taken.Enqueue(request);
                    return new ValueTask<BulkSlots>(Cluster.Take(request));
                };
                return bulk;
            }

            var grain = DispatchProxy.Create<ISnowflakeGrain, GrainProxy>();
            ((GrainProxy)(object)grain).OnCall = call =>
            {
                var request = new Request(worker, (int)call[0]!, (long?)call[1]);
                Cluster.Asked.Enqueue(request);
                return new ValueTask<SlotReservation>(Cluster.Reserve(request));
            };
            return grain;
        }
    }

    public class GrainProxy : DispatchProxy
    {
        public Func<object?[], object> OnCall { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => OnCall(args!);
    }
}
