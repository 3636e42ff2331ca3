using System.Globalization;

namespace IdGenerator.OpenApi;

/// <summary>Calls each route of a service through a generated client.</summary>
internal sealed class Calls(IClient client, Witness witness, Report report)
{
    private const int Worker = 1;

    private static readonly DateTimeOffset Epoch = DateTimeOffset.Parse("2024-01-12T13:15:54.064Z", CultureInfo.InvariantCulture);

    private Dictionary<string, Func<Task>> Routes => new()
    {
        ["/id"] = client.IdAsync,
        ["/ids/{count}"] = () => client.IdsAsync(3),
        ["/decode/{id}"] = () => client.DecodeAsync("5"),
        ["/health"] = client.HealthAsync,
        ["/health/live"] = client.LivenessAsync,
        ["/health/ready"] = client.ReadinessAsync,
        ["/metrics"] = client.MetricsAsync,
        ["/workers"] = client.WorkersAsync,
        ["/openapi/v1.json"] = client.DocumentAsync,
    };

    /// <summary>The service issues IDs.</summary>
    public async Task ServingAsync()
    {
        await ReadsAsync("/id", "an ID of the worker", async () =>
            (await client.DecodeAsync(await client.IdAsync())).WorkerId == Worker);
        await ReadsAsync("/ids/5000", "as many rising IDs", async () =>
        {
            var ids = (await client.IdsAsync(5_000)).Select(id => long.Parse(id, CultureInfo.InvariantCulture)).ToArray();
            return ids.Length == 5_000 && ids.Zip(ids.Skip(1)).All(pair => pair.First < pair.Second);
        });
        await ReadsAsync("/ids/5000 of all workers", "as many rising IDs", async () =>
        {
            var ids = (await client.IdsAsync(5_000, "all")).Select(id => long.Parse(id, CultureInfo.InvariantCulture)).ToArray();
            return ids.Length == 5_000 && ids.Zip(ids.Skip(1)).All(pair => pair.First < pair.Second);
        });
        await ReadsAsync("/decode/5", "its fields", async () => await client.DecodeAsync("5")
            == new Decoded("5", Epoch, 1_705_065_354_064, 0, 5, Epoch, Warns: false));
        await ReadsAsync("/decode of the largest ID", "its fields", async () => await client.DecodeAsync($"{long.MaxValue}")
            == new Decoded($"{long.MaxValue}", DateTimeOffset.FromUnixTimeMilliseconds(3_904_088_609_615), 3_904_088_609_615, 1_023, 4_095, Epoch, Warns: true));
        await ReadsAsync("/health", "healthy", async () => await client.HealthAsync() == "Healthy");
        await ReadsAsync("/health/live", "healthy", async () => await client.LivenessAsync() == "Healthy");
        await ReadsAsync("/health/ready", "healthy", async () => await client.ReadinessAsync() == "Healthy");
        await ReadsAsync("/metrics", "a metric", async () =>
            (await client.MetricsAsync()).Contains("\nid_generator_worker_id", StringComparison.Ordinal));
        await ReadsAsync("/workers", "the only worker", async () => await client.WorkersAsync() is [Worker]);

        await RefusedAsync("/ids/0", 400, "Count must be at least 1", () => client.IdsAsync(0));
        await RefusedAsync("/ids/-1", 400, "Count must be a whole number", () => client.IdsAsync(-1));
        await RefusedAsync("/ids/4096001", 400, "Count must be less than or equal to 4096000", () => client.IdsAsync(4_096_001));
        await RefusedAsync("/ids/3 of no worker", 400, "Workers must be all", () => client.IdsAsync(3, "0"));
        await RefusedAsync("/decode of garbage", 400, "ID must be a whole number", () => client.DecodeAsync("a/b?c"));
        await RefusedAsync("/decode of nothing", 404, "Not found", () => client.DecodeAsync(""));
    }

    /// <summary>Each media type that there is, whatever else the client can read.</summary>
    public async Task NegotiatedAsync()
    {
        string[] metrics = ["text/plain", "application/openmetrics-text"];
        string[] ids = ["application/json", "text/plain", "application/x-ndjson", "application/octet-stream", "application/vnd.id-ranges+json"];
        foreach (var (path, call) in Routes)
        {
            foreach (var mediaType in path == "/metrics" ? metrics : path is "/id" or "/ids/{count}" ? ids : ["application/json"])
                await AnswersAsync(new(path, 200, mediaType), call, request => Accept(request, mediaType));
        }

        witness.Change = request => Accept(request, "image/png");
        await RefusedAsync("/ids/3 as a picture", 406, $"are {string.Join(", ", ids)}", () => client.IdsAsync(3));
        witness.Change = null;

        static void Accept(HttpRequestMessage request, string mediaType)
        {
            request.Headers.Accept.Clear();
            request.Headers.Accept.ParseAdd(mediaType);
        }
    }

    /// <summary>Requests that are a little larger than the limits allow.</summary>
    public async Task TooLargeAsync()
    {
        foreach (var (path, call) in Routes)
        {
            await AnswersAsync(new(path, 414, null), call, request =>
                request.RequestUri = new($"{request.RequestUri}?{new string('a', 8 * 1_024)}"));
            await AnswersAsync(new(path, 431, null), call, request => request.Headers.Add("X-Large", new string('a', 32 * 1_024)));
        }
    }

    /// <summary>All bulks that may run at once do.</summary>
    public Task BusyAsync() => RefusedAsync(
        "/ids/5000 of a busy service", 429, "Too many bulk requests at once", () => client.IdsAsync(5_000));

    /// <summary>The service cannot issue IDs, because its wall clock is behind.</summary>
    public async Task RefusingAsync()
    {
        const string Reason = "wall clock is behind";
        await RefusedAsync("/id", 503, Reason, client.IdAsync);
        await RefusedAsync("/ids/3", 503, Reason, () => client.IdsAsync(3));
        await RefusedAsync("/health", 503, Reason, client.HealthAsync);
        await RefusedAsync("/health/ready", 503, Reason, client.ReadinessAsync);
        await ReadsAsync("/health/live without IDs", "healthy", async () => await client.LivenessAsync() == "Healthy");
    }

    private Task ReadsAsync(string path, string what, Func<Task<bool>> reads) =>
        report.CheckAsync($"{path} gives {what}", async () => await reads() ? null : "it gives something else");

    private Task RefusedAsync(string path, int status, string reason, Func<Task> call) =>
        report.CheckAsync($"{path} is refused with {status}, and the client says why", async () =>
        {
            try
            {
                await call();
                return "it is not refused";
            }
            catch (RefusedException e)
            {
                var understood = e.Status == status && e.Reason?.Contains(reason, StringComparison.Ordinal) == true;
                return understood ? null : $"it says {e.Message}";
            }
        });

    private Task AnswersAsync(Answer answer, Func<Task> call, Action<HttpRequestMessage> change) =>
        report.CheckAsync($"{answer}", async () =>
        {
            witness.Change = change;
            try
            {
                await call();
            }
            catch (Exception) when (witness.Last == answer && answer is not { Status: 200, MediaType: "application/json" })
            {
                // A generated method reads one of several media types, and throws at errors.
            }
            finally
            {
                witness.Change = null;
            }

            return witness.Last == answer ? null : $"the answer is {witness.Last}";
        });
}
