using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdGenerator.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Silo.Tests;

/// <summary>
/// An API server in memory, on a real socket, of one namespace: it creates, reads, replaces and merge-patches ConfigMaps and Leases with
/// the semantics of resource versions and UIDs, and lists Leases by label. Tests decide what happens just before it changes a ConfigMap.
/// </summary>
internal sealed partial class FakeApiServer : IAsyncDisposable
{
    public const string Namespace = "fake";

    private readonly WebApplication _app;
    private readonly Dictionary<string, JsonObject> _objects = [];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _writes = [];
    private int _version;
    private Dictionary<string, JsonObject>? _memory;
    private int _quorumReads;
    private int _lists;

    private FakeApiServer(WebApplication app) => _app = app;

    /// <summary>Changes of ConfigMaps that came too late.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Runs before a ConfigMap is replaced or patched; what it writes is there first. False refuses the change with 409.</summary>
    public Func<Task<bool>> BeforeChange { get; set; } = () => Task.FromResult(true);

    /// <summary>Runs before a Lease is replaced; false refuses it with 409.</summary>
    public Func<bool> BeforeRenewal { get; set; } = () => true;

    /// <summary>Refuses writes of the object named so with this status, or all that is asked of it.</summary>
    public (string Name, int Status, bool AlsoReads)? Refusal { get; set; }

    /// <summary>What lists show instead of what is there.</summary>
    public IReadOnlyDictionary<string, JsonObject>? Listed { get; set; }

    /// <summary>Runs when a single object was read from what is there now, before the answer.</summary>
    public Func<string, Task> AfterQuorumRead { get; set; } = _ => Task.CompletedTask;

    /// <summary>Reads of single objects that may not come from memory.</summary>
    public int QuorumReads => Volatile.Read(ref _quorumReads);

    /// <summary>Lists of leases that were asked for.</summary>
    public int Lists => Volatile.Read(ref _lists);

    /// <summary>Writes of ConfigMaps named so that were carried out.</summary>
    public int WritesOf(string name)
    {
        lock (_lock) return _writes.GetValueOrDefault(name);
    }

    /// <summary>Runs when a ConfigMap was changed, before the answer.</summary>
    public Action<HttpContext> AfterChange { get; set; } = _ => { };

    public static async Task<FakeApiServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var server = new FakeApiServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public KubernetesClient Client() => new(
        new KubernetesConfig { Server = new(_app.Urls.Single()), Namespace = Namespace },
        new() { TimeoutSeconds = 60 },
        TimeProvider.System,
        NullLogger<KubernetesClient>.Instance);

    /// <summary>From now on its memory, from which it answers reads with resourceVersion=0, shows what is there now.</summary>
    public void FallBehind()
    {
        lock (_lock) _memory = _objects.ToDictionary(pair => pair.Key, pair => (JsonObject)pair.Value.DeepClone());
    }

    /// <summary>All that is there now.</summary>
    public IReadOnlyDictionary<string, JsonObject> Copy()
    {
        lock (_lock) return _objects.ToDictionary(pair => pair.Key, pair => (JsonObject)pair.Value.DeepClone());
    }

    public void Delete(string name)
    {
        lock (_lock) _objects.Remove(name);
    }

    public bool Has(string name)
    {
        lock (_lock) return _objects.ContainsKey(name);
    }

    /// <summary>As it is now, to be put back with <see cref="PutBack"/>.</summary>
    public JsonObject CopyOf(string name)
    {
        lock (_lock) return (JsonObject)_objects[name].DeepClone();
    }

    /// <summary>Somebody replaces the data of an object by that of a copy: same object, next resource version.</summary>
    public void PutBack(string name, JsonNode? data)
    {
        lock (_lock)
        {
            _objects[name]["data"] = data?.DeepClone();
            Stamp(_objects[name]);
        }
    }

    /// <summary>Somebody takes the labels off an object.</summary>
    public void Unlabel(string name)
    {
        lock (_lock)
        {
            _objects[name]["metadata"]!.AsObject().Remove("labels");
            Stamp(_objects[name]);
        }
    }

    /// <summary>As the API server does it for somebody else, without <see cref="BeforeChange"/>.</summary>
    public (int Status, JsonObject? Value) Patch(string name, JsonObject patch)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(name, out var current)) return (404, null);
            if (!(patch["data"]?.AsObject() ?? []).All(pair => LegalKey().IsMatch(pair.Key))) return (422, null);
            var expected = (string?)patch["metadata"]?["resourceVersion"];
            if (expected is not null && expected != (string?)current["metadata"]!["resourceVersion"])
            {
                Conflicts++;
                return (409, null);
            }

            Merge(current, patch);
            return (200, Stamp(current));
        }
    }

    /// <summary>As <see cref="Patch"/>.</summary>
    public (int Status, JsonObject? Value) Replace(string name, JsonObject value)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(name, out var current)) return (404, null);
            if (!(value["data"]?.AsObject() ?? []).All(pair => LegalKey().IsMatch(pair.Key))) return (422, null);
            if (!JsonNode.DeepEquals(value["metadata"]!["resourceVersion"], current["metadata"]!["resourceVersion"]))
            {
                if ((string?)value["kind"] == "ConfigMap") Conflicts++;
                return (409, null);
            }

            _objects[name] = value;
            return (200, Stamp(value));
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var name = context.Request.Path.Value!.Split('/')[^1];
        var body = context.Request.Method == "GET" ? null : (JsonObject?)await JsonNode.ParseAsync(context.Request.Body);
        var changesMap = context.Request.Method is "PUT" or "PATCH" && (string?)body?["kind"] is null or "ConfigMap";
        var (status, value) = context.Request.Method switch
        {
            var method when Refusal is { } refusal && (method != "GET" || refusal.AlsoReads)
                && (name == refusal.Name || (string?)body?["metadata"]?["name"] == refusal.Name) => (refusal.Status, null),
            "GET" when name == "leases" => List($"{context.Request.Query["labelSelector"]}".Split('=')),
            "GET" => Get(name, context.Request.Query["resourceVersion"] == "0"),
            "POST" => Create(body!),
            "PUT" when !changesMap && !BeforeRenewal() => (409, null),
            _ when changesMap && !await BeforeChange() => (409, null),
            "PUT" => Replace(name, body!),
            "PATCH" => Patch(name, body!),
            _ => (405, null),
        };
        if (changesMap) AfterChange(context);
        if (context.Request.Method == "GET" && context.Request.Query["resourceVersion"] != "0") await AfterQuorumRead(name);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync((value ?? new JsonObject { ["message"] = $"fake {status}" }).ToJsonString());
    }

    private (int Status, JsonObject? Value) Get(string name, bool cached)
    {
        if (!cached) Interlocked.Increment(ref _quorumReads);
        lock (_lock) return (cached ? _memory ?? _objects : _objects).TryGetValue(name, out var found) ? (200, (JsonObject)found.DeepClone()) : (404, null);
    }

    private (int Status, JsonObject? Value) List(string[] label)
    {
        Interlocked.Increment(ref _lists);
        lock (_lock)
        {
            var items = (Listed ?? _objects).Values.Where(value => (string?)value["kind"] == "Lease" && (string?)value["metadata"]!["labels"]?[label[0]] == label[1]);
            return (200, new()
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = $"{_version}" },
                ["items"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
            });
        }
    }

    private (int Status, JsonObject? Value) Create(JsonObject value)
    {
        lock (_lock)
        {
            var name = (string)value["metadata"]!["name"]!;
            if (_objects.ContainsKey(name)) return (409, null);
            value["metadata"]!["uid"] = $"{Guid.NewGuid()}";
            _objects[name] = value;
            return (201, Stamp(value));
        }
    }

    private JsonObject Stamp(JsonObject value)
    {
        var name = (string)value["metadata"]!["name"]!;
        _writes[name] = _writes.GetValueOrDefault(name) + 1;
        value["metadata"]!["resourceVersion"] = $"{++_version}";
        return (JsonObject)value.DeepClone();
    }

    [GeneratedRegex("^[-._a-zA-Z0-9]+$")]
    private static partial Regex LegalKey();

    /// <summary>RFC 7396.</summary>
    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null) into.Remove(key);
            else if (value is JsonObject inner && into[key] is JsonObject target) Merge(target, inner);
            else into[key] = value.DeepClone();
        }
    }
}
