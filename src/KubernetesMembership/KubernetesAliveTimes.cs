using System.Globalization;
using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;
using IdGenerator.Membership;

namespace IdGenerator.KubernetesMembership;

/// <summary>
/// When each silo last said that it is alive: in its lease. All leases together are 2 MB at 1,024 silos, too much for each silo to
/// read once a minute. So one silo reads them, and puts their times, some 40 bytes a silo, into the ConfigMap
/// <c>RELEASE-membership-alive</c> for the others.
/// </summary>
/// <param name="client">Of the namespace that holds it. Needs the verbs get, create and patch on it.</param>
/// <param name="release">Begins its name.</param>
/// <param name="leases">Where the times come from.</param>
/// <param name="time">The wall clock, and the monotonic one.</param>
public sealed class KubernetesAliveTimes(KubernetesClient client, string release, SiloLeases leases, TimeProvider time) : IAliveTimes
{
    /// <summary>For so long what was read is given again.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(10);

    /// <summary>So old the copy may be where the leases cannot be read.</summary>
    private static readonly TimeSpan Usable = TimeSpan.FromSeconds(40);

    /// <summary>After that it is stale anyway.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, DateTime> Nowhere = [];

    private const string At = "at";
    private const string Silos = "silos";

    private readonly string _name = $"{release}-membership-alive";
    private IReadOnlyDictionary<string, DateTime>? _read;
    private long _readAt;

    public async Task<IReadOnlyDictionary<string, DateTime>> ReadAsync(TimeSpan maxAge, CancellationToken cancellation)
    {
        var read = Volatile.Read(ref _read);
        if (read is not null && time.GetElapsedTime(Volatile.Read(ref _readAt)) < Held) return read;

        var at = time.GetTimestamp();
        var times = await ReadCopyAsync(maxAge, read ?? Nowhere, cancellation);
        Volatile.Write(ref _readAt, at);
        Volatile.Write(ref _read, times);
        return times;
    }

    private async Task<IReadOnlyDictionary<string, DateTime>> ReadCopyAsync(
        TimeSpan maxAge, IReadOnlyDictionary<string, DateTime> last, CancellationToken cancellation)
    {
        var anyAge = maxAge == TimeSpan.MaxValue;
        ConfigMap? map = null;
        try
        {
            // None also where it may not be read: the leases may.
            map = (await client.GetAsync(ConfigMap.Resource, _name, cached: true, cancellation)).Value;
        }
        catch (KubernetesApiException) when (anyAge || maxAge <= Held)
        {
            // For all others this read has failed, and Orleans begins it again in some seconds: a server that is too busy for the copy is not asked
            // by each for all leases instead.
        }

        var copy = map is null ? last : Parse(map.Data?.GetValueOrDefault(Silos));
        if (anyAge || AgeOf(map) < maxAge) return copy;
        try
        {
            return await GatherAsync(map, copy, cancellation);
        }
        catch (LeaseStoreException) when (AgeOf(map) < Usable)
        {
            return copy;
        }
    }

    /// <summary>A time stamp of the future is of a clock that is ahead: it would count as fresh until this clock has got there.</summary>
    private TimeSpan AgeOf(ConfigMap? map) =>
        DateTime.TryParse(map?.Data?.GetValueOrDefault(At), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
            ? (time.GetUtcNow().UtcDateTime - at).Duration()
            : TimeSpan.MaxValue;

    private async Task<IReadOnlyDictionary<string, DateTime>> GatherAsync(
        ConfigMap? old, IReadOnlyDictionary<string, DateTime> earlier, CancellationToken cancellation)
    {
        var at = time.GetUtcNow().UtcDateTime;
        var times = Latest((await leases.ReadAllAsync(cached: true, cancellation)).Rows, earlier);
        var data = new JsonObject
        {
            [At] = ConfigMapKeys.Text(at),
            [Silos] = string.Join('\n', times.Select(silo => $"{silo.Key} {new DateTimeOffset(silo.Value).ToUnixTimeSeconds()}")),
        };
        try
        {
            // Whether another silo was faster does not matter: what it wrote is as good. Nor does a refusal: each silo lists the leases then.
            _ = old is null
                ? await client.CreateAsync(ConfigMap.Resource, New(data), cancellation)
                : await client.PatchAsync(
                    ConfigMap.Resource,
                    _name,
                    new() { ["metadata"] = new JsonObject { ["resourceVersion"] = old.Metadata.ResourceVersion }, ["data"] = data },
                    cancellation);
        }
        catch (KubernetesApiException)
        {
        }

        return times;
    }

    /// <summary>
    /// A list may be older than what was read before, and lack a lease that somebody has deleted and its holder has not written again: no
    /// time falls, and none is missing before its silo would count as stale.
    /// </summary>
    private Dictionary<string, DateTime> Latest(IEnumerable<MembershipRow> rows, IReadOnlyDictionary<string, DateTime> earlier)
    {
        var times = new Dictionary<string, DateTime>();
        foreach (var row in rows) times[row.Address] = row.Alive;
        var now = time.GetUtcNow().UtcDateTime;
        var forgotten = now - Kept;
        foreach (var (address, alive) in earlier)
        {
            // Of a clock that is or was ahead: the silo would count as alive until then.
            if (alive > now + Held) continue;
            if (times.TryGetValue(address, out var said) ? said < alive : alive > forgotten) times[address] = alive;
        }

        return times;
    }

    private ConfigMap New(JsonObject data) => new()
    {
        Metadata = PodObject.Mark(new() { Name = _name }, release),
        Data = data.ToDictionary(pair => pair.Key, pair => (string)pair.Value!),
    };

    private static Dictionary<string, DateTime> Parse(string? silos)
    {
        var times = new Dictionary<string, DateTime>();
        foreach (var line in (silos ?? "").Split('\n'))
        {
            if (line.Split(' ') is [var address, var text]
                && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < int.MaxValue * 2L)
            {
                times[address] = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime;
            }
        }

        return times;
    }
}
