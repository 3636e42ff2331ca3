using System.Globalization;
using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;
using IdGenerator.Membership;

namespace IdGenerator.KubernetesMembership;

/// <summary>
/// When each silo last said that it is alive: in its lease. All leases together are megabytes at 1,024 silos, too much for each silo to
/// read once a minute. So the first silo that needs them reads them, and puts their times, some 40 bytes a silo, into the ConfigMap
/// <c>RELEASE-membership-alive</c> for the others; who finds it older than <see cref="Fresh"/> reads the leases again. For example, 1,024
/// silos that look once a minute are 17 a second: one of 170 reads the leases. It first says so in the ConfigMap, and the others take the last
/// times meanwhile: otherwise a server that takes longer than that to list the leases would be asked for the list by all, and answer nobody.
/// </summary>
/// <param name="client">Of the namespace that holds it. Needs the verbs get, create and patch on it.</param>
/// <param name="release">Begins its name.</param>
/// <param name="leases">Where the times come from.</param>
/// <param name="time">The wall clock, and the monotonic one.</param>
public sealed class KubernetesAliveTimes(KubernetesClient client, string release, SiloLeases leases, TimeProvider time) : IAliveTimes
{
    /// <summary>
    /// A silo is stale to Orleans when it has said nothing for 150 s (<see cref="MembershipExtensions"/>), and the table is read once a
    /// minute. A lease says it at least once in 60 s, however rarely it is renewed; the times are copied here every 10 s, and kept for as
    /// long by who has read them, or, not kept, taken for as long while another silo reads newer ones: at most 140 s have passed when they are
    /// read again. With renewals every 15 s it is 95 s.
    /// </summary>
    internal static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>So old times may get while the server does not answer, until some silos list the leases: a minute later they are a minute older.</summary>
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(50);

    /// <summary>After that it is stale anyway.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, DateTime> Nowhere = [];

    private const string At = "at";
    private const string Reading = "reading";
    private const string Silos = "silos";

    private readonly string _name = $"{release}-membership-alive";
    private IReadOnlyDictionary<string, DateTime>? _read;
    private long _readAt;

    public async Task<IReadOnlyDictionary<string, DateTime>> ReadAsync(CancellationToken cancellation)
    {
        var last = Volatile.Read(ref _read);
        var age = time.GetElapsedTime(Volatile.Read(ref _readAt));
        if (last is not null && age < Fresh) return last;
        try
        {
            return await ReadSharedAsync(cancellation);
        }
        // A server that has too much to do is not asked for megabytes instead, but by a few.
        catch (KubernetesApiException) when (last is null || age < Old || Random.Shared.Next(Math.Max(1, last.Count)) >= MembershipTable.Lookouts)
        {
            return last ?? Nowhere;
        }
        catch (KubernetesApiException)
        {
            return Keep(await ListAsync(last!, cancellation));
        }
    }

    /// <exception cref="KubernetesApiException">The server does not answer.</exception>
    private async Task<IReadOnlyDictionary<string, DateTime>> ReadSharedAsync(CancellationToken cancellation)
    {
        // Null also where this pod may not read it: the leases it may.
        var map = (await client.GetAsync(ConfigMap.Resource, _name, cached: true, cancellation)).Value;
        var known = Parse(map?.Data?.GetValueOrDefault(Silos));
        if (IsFresh(map, At)) return Keep(known);
        if (map is not null)
        {
            map = IsFresh(map, Reading) ? null : await ClaimAsync(map, cancellation);
            // Not kept: the other one is about to have newer ones.
            if (map is null) return known;
        }

        var times = await ListAsync(known, cancellation);
        await ShareAsync(map, times, cancellation);
        return Keep(times);
    }

    private IReadOnlyDictionary<string, DateTime> Keep(IReadOnlyDictionary<string, DateTime> times)
    {
        Volatile.Write(ref _readAt, time.GetTimestamp());
        Volatile.Write(ref _read, times);
        return times;
    }

    // A time stamp of the future is of a clock that is ahead: it would count as fresh until this clock has got there.
    private bool IsFresh(ConfigMap? map, string key) =>
        DateTime.TryParse(map?.Data?.GetValueOrDefault(key), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
        && (time.GetUtcNow().UtcDateTime - at).Duration() < Fresh;

    /// <summary>Says that this silo reads the leases.</summary>
    /// <returns>Null where another one was faster; what there was where it cannot be written, and each silo has to read them.</returns>
    private async Task<ConfigMap?> ClaimAsync(ConfigMap map, CancellationToken cancellation)
    {
        var claim = await WriteAsync(map, new() { [Reading] = Now }, cancellation);
        return claim.Outcome == ApiOutcome.Conflict ? null : claim.Value ?? map;
    }

    private async Task<IReadOnlyDictionary<string, DateTime>> ListAsync(
        IReadOnlyDictionary<string, DateTime> earlier, CancellationToken cancellation) =>
        Latest((await leases.ReadAllAsync(cached: true, cancellation)).Rows, earlier);

    private async Task ShareAsync(ConfigMap? old, IReadOnlyDictionary<string, DateTime> times, CancellationToken cancellation)
    {
        var silos = string.Join('\n', times.Select(silo => $"{silo.Key} {new DateTimeOffset(silo.Value).ToUnixTimeSeconds()}"));
        try
        {
            // Whether another silo was faster does not matter: what it wrote is as good. Nor does a refusal.
            _ = await WriteAsync(old, new() { [At] = Now, [Silos] = silos }, cancellation);
        }
        catch (KubernetesApiException)
        {
        }
    }

    private string Now => ConfigMapKeys.Text(time.GetUtcNow().UtcDateTime);

    private Task<ApiResult<ConfigMap>> WriteAsync(ConfigMap? over, JsonObject data, CancellationToken cancellation) => over is null
        ? client.CreateAsync(ConfigMap.Resource, New(data), cancellation)
        : client.PatchAsync(
            ConfigMap.Resource,
            _name,
            new() { ["metadata"] = new JsonObject { ["resourceVersion"] = over.Metadata.ResourceVersion }, ["data"] = data },
            cancellation);

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
            if (alive > now + Fresh) continue;
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
