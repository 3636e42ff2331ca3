using System.Globalization;
using System.Net;
using System.Text.Json;
using IdGenerator.Http.Configuration;
using IdGenerator.PostgresLeases;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// What the program does instead of serving, for images that have no shell: <c>--health</c> asks the service of this
/// container whether it is ready, <c>--check URL</c> asks a service for IDs and checks them, <c>--schema</c> prints what makes the tables in
/// PostgreSQL, for who may. None needs a worker ID.
/// </summary>
public static class Command
{
    private const int Bulk = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>The exit code, 0 or 1; null where the arguments name no command.</returns>
    public static async Task<int?> TryRunAsync(string[] args) => args switch
    {
        ["--health"] => await CheckHealthAsync(),
        ["--check", var url] => await CheckIdsAsync(url.TrimEnd('/')),
        ["--schema"] => PrintSchema(),
        _ => null,
    };

    private static int PrintSchema()
    {
        Console.WriteLine(PostgresSchema.Sql);
        return 0;
    }

    private static Task<int> CheckHealthAsync() => RunAsync(CheckHealthAsync);

    private static Task<int> CheckIdsAsync(string url) => RunAsync(client => CheckIdsAsync(client, url));

    private static async Task<int> RunAsync(Func<HttpClient, Task<string?>> check)
    {
        using var client = new HttpClient { Timeout = Patience };
        var fault = await FaultAsync(() => check(client));
        if (fault is not null) await Console.Error.WriteLineAsync(fault);
        return fault is null ? 0 : 1;
    }

    private static async Task<string?> FaultAsync(Func<Task<string?>> check)
    {
        try
        {
            return await check();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException
            or InvalidOperationException or JsonException or FormatException or KeyNotFoundException)
        {
            return e.Message;
        }
    }

    private static async Task<string?> CheckHealthAsync(HttpClient client)
    {
        var address = ListenAddresses.Parse(Variable(ListenAddresses.Setting))?[0] ?? IPAddress.Any;
        var port = int.Parse(Variable("PORT") ?? "8080");
        string? fault = null;
        foreach (var reached in ListenAddresses.FromHere(address))
        {
            fault = await FaultAsync(() => CheckHealthAsync(client, new UriBuilder("http", $"{reached}", port, "/health/ready").Uri));
            if (fault is null) return null;
        }

        return fault;
    }

    private static async Task<string?> CheckHealthAsync(HttpClient client, Uri service)
    {
        using var answer = await client.GetAsync(service);
        return answer.IsSuccessStatusCode ? null : await answer.Content.ReadAsStringAsync();
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static async Task<string?> CheckIdsAsync(HttpClient client, string url)
    {
        var first = Id((await GetAsync(client, $"{url}/id")).GetProperty("id"));
        var ids = (await GetAsync(client, $"{url}/ids/{Bulk}")).GetProperty("ids").EnumerateArray().Select(Id).ToList();
        var decoded = await GetAsync(client, $"{url}/decode/{first}");

        if (ids.Count != Bulk) return $"/ids/{Bulk} answered {ids.Count} IDs.";
        if (ids.Zip(ids.Skip(1)).Any(pair => pair.First >= pair.Second)) return $"The IDs of /ids/{Bulk} do not rise.";
        if (ids.Contains(first)) return $"/id and /ids answered the same ID, {first}.";
        if (decoded.GetProperty("worker_id").GetInt32() != new SnowflakeId(first).Worker)
            return $"/decode/{first} names another worker than the ID.";

        return await TellAsync($"{Bulk + 1} IDs of {url} are unique and rise.");
    }

    private static async Task<string?> TellAsync(string finding)
    {
        try
        {
            await Console.Out.WriteLineAsync(finding);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Standard output, where the finding goes, is closed or full: {e.Message}";
        }
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string url)
    {
        using var body = JsonDocument.Parse(await client.GetStringAsync(new Uri(url)));
        return body.RootElement.Clone();
    }

    private static long Id(JsonElement id) => long.Parse(id.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture);
}
