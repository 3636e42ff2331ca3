using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Kubernetes;

/// <summary>
/// The few calls of the API server that this program needs, on objects of one namespace.
/// <para>
/// Promised: what the server decides (done, absent, conflict, denied, invalid) is a value; anything else is a
/// <see cref="KubernetesApiException"/>, after which a write may or may not have happened. A write that may have reached the
/// server is never sent twice. Reads are linearizable, unless they are asked for as cached: they name no resource version, and the
/// server asks etcd's quorum.
/// </para>
/// Not promised: prompt failure. A read may take four attempts and the delays between them; a denial is asked for four
/// times before it is believed.
/// </summary>
public sealed class KubernetesClient(
    KubernetesConfig config, KubernetesOptions options, TimeProvider time, ILogger<KubernetesClient> logger) : IDisposable
{
    /// <summary>kubernetes.io/docs/reference/using-api/api-concepts, "Resource versions": any version will do.</summary>
    private const string Cached = "?resourceVersion=0";

    private readonly ApiTransport _transport = new(config, options, time, logger);

    public string Namespace => config.Namespace;

    public Task<ApiResult<T>> GetAsync<T>(ApiResource<T> resource, string name, CancellationToken cancellation)
        where T : ApiObject =>
        GetAsync(resource, name, cached: false, cancellation);

    /// <param name="resource">The kind.</param>
    /// <param name="name">Of the object.</param>
    /// <param name="cached">
    /// True for what the server has in memory, which costs it least and may be some seconds old; false for a linearizable read.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    public Task<ApiResult<T>> GetAsync<T>(ApiResource<T> resource, string name, bool cached, CancellationToken cancellation)
        where T : ApiObject =>
        SendAsync(resource.Json, Read(resource, name, cached), cancellation);

    /// <summary>
    /// The metadata of an object without the rest of it: tells for little whether it is there, and by its version whether it has changed.
    /// </summary>
    /// <inheritdoc cref="GetAsync{T}(ApiResource{T}, string, bool, CancellationToken)"/>
    public Task<ApiResult<AnyObject>> GetHeadAsync<T>(
        ApiResource<T> resource, string name, bool cached, CancellationToken cancellation)
        where T : ApiObject =>
        SendAsync(AnyObject.Json, Read(resource, name, cached) with { Accept = AnyObject.MetadataOnly }, cancellation);

    /// <summary>All objects of a list kind that have the label; needs the verb list.</summary>
    /// <param name="resource">A list kind, such as <see cref="LeaseList.Resource"/>.</param>
    /// <param name="label">Key and value: <c>id-generator/release=ids</c>.</param>
    /// <param name="cached">As for a single object.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<ApiResult<T>> ListAsync<T>(ApiResource<T> resource, string label, bool cached, CancellationToken cancellation)
        where T : ApiObject
    {
        var request = Request(resource, "list", HttpMethod.Get);
        var query = (cached ? $"{Cached}&" : "?") + $"labelSelector={Uri.EscapeDataString(label)}";
        return SendAsync(resource.Json, request with { Path = request.Path + query }, cancellation);
    }

    /// <summary>Conflict where there is one of that name.</summary>
    public Task<ApiResult<T>> CreateAsync<T>(ApiResource<T> resource, T value, CancellationToken cancellation)
        where T : ApiObject =>
        SendAsync(resource.Json, Request(resource, "create", HttpMethod.Post) with { Body = Json(resource, value) }, cancellation);

    /// <summary>
    /// Replaces the object from which <paramref name="value"/> was made; conflict where that has changed since, absent or
    /// conflict where it is gone.
    /// </summary>
    public Task<ApiResult<T>> ReplaceAsync<T>(ApiResource<T> resource, T value, CancellationToken cancellation)
        where T : ApiObject
    {
        // Without the version the server would replace whatever is there; without the UID it would bring some kinds, Leases
        // among them, back to life after they were deleted.
        if (value.Metadata is not { Name: { } name, ResourceVersion: not null, Uid: not null })
            throw new ArgumentException("Only what was read can be replaced: it has no name, version or UID.", nameof(value));

        var request = Request(resource, "update", HttpMethod.Put, name) with { Body = Json(resource, value) };
        return SendAsync(resource.Json, request, cancellation);
    }

    /// <summary>
    /// Changes the given fields and no others (RFC 7396, JSON Merge Patch). Unconditional, unless the patch holds a
    /// <c>metadata.resourceVersion</c>: conflict then where the object is of another.
    /// </summary>
    public Task<ApiResult<T>> PatchAsync<T>(
        ApiResource<T> resource, string name, JsonObject patch, CancellationToken cancellation)
        where T : ApiObject
    {
        var request = Request(resource, "patch", HttpMethod.Patch, name) with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(patch, KubernetesJson.Default.JsonObject),
            MediaType = "application/merge-patch+json",
        };
        return SendAsync(resource.Json, request, cancellation);
    }

    /// <summary>
    /// Deletes the object of that UID; conflict where another one has its name by now. What it owns is left to the garbage collector of
    /// the cluster.
    /// </summary>
    public async Task<ApiOutcome> DeleteAsync<T>(ApiResource<T> resource, string name, string uid, CancellationToken cancellation)
        where T : ApiObject
    {
        var options = new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = uid } };
        var request = Request(resource, "delete", HttpMethod.Delete, name) with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(options, KubernetesJson.Default.JsonObject),
        };
        return Outcome((await _transport.SendAsync(request, cancellation)).Status);
    }

    public void Dispose() => _transport.Dispose();

    private ApiRequest Read<T>(ApiResource<T> resource, string name, bool cached)
        where T : ApiObject
    {
        var request = Request(resource, "get", HttpMethod.Get, name);
        return cached ? request with { Path = request.Path + Cached } : request;
    }

    private ApiRequest Request<T>(ApiResource<T> resource, string verb, HttpMethod method, string? name = null)
        where T : ApiObject =>
        name is null
            ? new(verb, method, resource.PathIn(Namespace), resource.FullName, Namespace)
            : new(
                verb,
                method,
                $"{resource.PathIn(Namespace)}/{Uri.EscapeDataString(name)}",
                $"{resource.FullName}/{name}",
                Namespace);

    private static byte[] Json<T>(ApiResource<T> resource, T value)
        where T : ApiObject =>
        JsonSerializer.SerializeToUtf8Bytes(value, resource.Json);

    private async Task<ApiResult<T>> SendAsync<T>(JsonTypeInfo<T> json, ApiRequest request, CancellationToken cancellation)
        where T : ApiObject
    {
        var reply = await _transport.SendAsync(request, cancellation);
        var outcome = Outcome(reply.Status);
        return outcome switch
        {
            ApiOutcome.Done => new(outcome, Parse(json, request, reply.Body), ""),
            ApiOutcome.Absent => new(outcome, null, Sentence("not found")),
            ApiOutcome.Conflict => new(outcome, null, Sentence("somebody else came first")),
            ApiOutcome.Denied => new(outcome, null, Sentence("the role lacks this verb, or an admission rule forbids it")),
            _ => new(outcome, null, Sentence($"the API server answered {(int)reply.Status}")),
        };

        string Sentence(string what) => $"{request}: {what}: {StatusText.Of(reply.Body)}";
    }

    private static ApiOutcome Outcome(HttpStatusCode status) => status switch
    {
        HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted => ApiOutcome.Done,
        HttpStatusCode.NotFound => ApiOutcome.Absent,
        HttpStatusCode.Conflict => ApiOutcome.Conflict,
        HttpStatusCode.Forbidden => ApiOutcome.Denied,
        _ => ApiOutcome.Invalid,
    };

    private static T Parse<T>(JsonTypeInfo<T> json, ApiRequest request, byte[] body)
        where T : ApiObject
    {
        try
        {
            if (JsonSerializer.Deserialize(body, json) is { IsWhole: true } value) return value;
        }
        catch (JsonException e)
        {
            throw NotAnObject(e);
        }

        throw NotAnObject(inner: null);

        KubernetesApiException NotAnObject(Exception? inner) =>
            new($"{request}: the answer is no object of the API server, but: {StatusText.Of(body)}", inner);
    }
}
