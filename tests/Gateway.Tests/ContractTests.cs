using System.Buffers.Binary;
using System.Net;
using System.Text.Json;

namespace IdGenerator.Gateway.Tests;

public sealed class ContractTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private HttpClient Client => gateway.Service.Client;

    [Fact]
    public async Task Id_answers_one_id_of_this_worker_and_this_moment()
    {
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-50);
        using var response = await GetAsync("/id");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        var body = await response.Content.ReadAsStringAsync();
        Assert.Matches("""^\{"id":"[1-9][0-9]{17,18}"\}$""", body);
        var id = new SnowflakeId(long.Parse(body[7..^2]));
        Assert.Equal(GatewayFixture.Worker, id.Worker);
        Assert.InRange(id.CreatedAt, before, DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("007", 7)]
    [InlineData("4096", 4096)]
    [InlineData("4097", 4097)]
    [InlineData("50000", 50000)]
    public async Task Ids_answers_as_many_rising_ids_as_asked(string count, int expected)
    {
        using var response = await GetAsync($"/ids/{count}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        AssertRising(ParseJson(await response.Content.ReadAsStringAsync()), expected);
    }

    [Theory]
    [InlineData("3?workers=1")]
    [InlineData("3?workers=all")]
    [InlineData("3?workers=1024")]
    [InlineData("10000?workers=002")]
    [InlineData("10000?workers=all&other=x")]
    public async Task Without_other_workers_any_number_of_them_means_this_one(string count)
    {
        using var response = await GetAsync($"/ids/{count}");

        var ids = ParseJson(await response.Content.ReadAsStringAsync()).ToArray();
        AssertRising(ids, int.Parse(count[..count.IndexOf('?')]));
        Assert.All(ids, id => Assert.Equal(GatewayFixture.Worker, new SnowflakeId(id).Worker));
    }

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*", "application/json")]
    [InlineData("text/*", "text/plain")]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", "application/json")]
    [InlineData("application/json;q=0.1, text/plain;q=0.9", "text/plain")]
    [InlineData("application/json;q=0, */*", "text/plain")]
    [InlineData("APPLICATION/X-NDJSON", "application/x-ndjson")]
    [InlineData("application/octet-stream", "application/octet-stream")]
    [InlineData("application/vnd.id-ranges+json", "application/vnd.id-ranges+json")]
    public async Task Ids_come_in_the_media_type_that_is_accepted_best(string? accept, string mediaType)
    {
        using var response = await GetAsync("/ids/10000", accept);

        Assert.Equal(mediaType, response.Content.Headers.ContentType!.MediaType);
        var body = await response.Content.ReadAsByteArrayAsync();
        AssertRising(Parse(mediaType, body), 10_000);
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/json;q=0")]
    [InlineData("nonsense")]
    public async Task Ids_in_no_acceptable_media_type_answers_406_with_the_offer(string accept)
    {
        using var response = await GetAsync("/ids/5", accept);

        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Equal(
            "Acceptable media types are application/json, text/plain, application/x-ndjson, application/octet-stream, " +
            "application/vnd.id-ranges+json",
            await ErrorAsync(response));
    }

    [Theory]
    [InlineData("/ids/0", 400, "Count must be at least 1")]
    [InlineData("/ids/000", 400, "Count must be at least 1")]
    [InlineData("/ids/4096001", 400, "Count must be less than or equal to 4096000")]
    [InlineData("/ids/99999999999999999999999999", 400, "Count must be less than or equal to 4096000")]
    [InlineData("/ids/abc", 400, "Count must be a whole number")]
    [InlineData("/ids/-1", 400, "Count must be a whole number")]
    [InlineData("/ids/1.5", 400, "Count must be a whole number")]
    [InlineData("/ids/1e3", 400, "Count must be a whole number")]
    [InlineData("/ids/+5", 400, "Count must be a whole number")]
    [InlineData("/ids/%205", 400, "Count must be a whole number")]
    [InlineData("/ids/%D9%A5", 400, "Count must be a whole number")]
    [InlineData("/ids/5?workers=0", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/5?workers=1025", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/5?workers=99999999999999999999", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/5?workers=-1", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/5?workers=%202", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/5?workers=ALL", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/5?workers=", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/5?workers", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/5?workers=1&workers=1", 400, "Workers must be all, or a whole number from 1 to 1024")]
    [InlineData("/ids/0?workers=0", 400, "Count must be at least 1")]
    [InlineData("/decode/abc", 400, "ID must be a whole number")]
    [InlineData("/decode/1.5", 400, "ID must be a whole number")]
    [InlineData("/decode/-5", 400, "ID must not be negative")]
    [InlineData("/decode/9223372036854775808", 400, "ID must be less than or equal to 9223372036854775807")]
    [InlineData("/nope", 404, "Not found")]
    [InlineData("/", 404, "Not found")]
    [InlineData("/ids", 404, "Not found")]
    [InlineData("/ids/5/6", 404, "Not found")]
    public async Task Errors_are_json_with_the_status_and_message_of_the_contract(string path, int status, string message)
    {
        using var response = await GetAsync(path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(message, await ErrorAsync(response));
    }

    [Theory]
    [InlineData("POST", "/id")]
    [InlineData("PUT", "/ids/5")]
    [InlineData("DELETE", "/health")]
    [InlineData("OPTIONS", "/id")]
    [InlineData("PATCH", "/decode/5")]
    [InlineData("POST", "/workers")]
    public async Task Another_method_on_a_known_route_answers_405_with_what_is_allowed(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("GET, HEAD", string.Join(", ", response.Content.Headers.Allow.Order()));
        Assert.Equal("Method not allowed", await ErrorAsync(response));
    }

    [Fact]
    public async Task Decode_tells_what_an_id_says_of_itself()
    {
        using var response = await GetAsync("/decode/378432687628619776");

        Assert.Equal(
            """{"id":"378432687628619776","timestamp":"2026-11-21T19:52:17.734Z","timestamp_ms":1795290737734,"worker_id":1,"sequence":0,"epoch":"2024-01-12T13:15:54.064Z"}""",
            await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("9223372036854775807", "2093-09-18T05:03:29.615Z", true)]
    [InlineData("8731897714435948544", "2090-01-01T00:00:00.000Z", true)]
    [InlineData("175928847299117063", "2025-05-12T00:34:19.860Z", false)]
    [InlineData("0", "2024-01-12T13:15:54.064Z", false)]
    public async Task Decode_warns_of_what_lies_in_the_future(string id, string timestamp, bool warns)
    {
        using var response = await GetAsync($"/decode/{id}");

        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(timestamp, body.RootElement.GetProperty("timestamp").GetString());
        Assert.Equal(warns, body.RootElement.TryGetProperty("warning", out _));
    }

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/json, text/plain, */*", "application/json")]
    [InlineData("application/json;q=0.1, text/plain", "text/plain")]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", "application/json")]
    [InlineData("text/plain", "text/plain")]
    [InlineData("application/octet-stream", "application/octet-stream")]
    [InlineData("image/png", "application/json")]
    [InlineData("nonsense", "application/json")]
    public async Task Id_comes_in_the_media_type_that_is_preferred_and_in_JSON_where_there_is_none(string? accept, string mediaType)
    {
        using var response = await GetAsync("/id", accept);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(mediaType, response.Content.Headers.ContentType!.MediaType);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        var id = mediaType == "application/json" ? long.Parse(body.AsSpan(7..^2)) : Parse(mediaType, body).Single();
        Assert.Equal(GatewayFixture.Worker, new SnowflakeId(id).Worker);
    }

    [Theory]
    [InlineData("/ids/1000", "application/json")]
    [InlineData("/ids/1000", "text/plain;q=1")]
    [InlineData("/ids/50000", "application/octet-stream")]
    public async Task An_answer_whose_length_is_known_when_it_begins_says_it(string path, string accept)
    {
        // A batch may be spread over two milliseconds, and is sent in two parts then.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            using var response = await GetAsync(path, accept);
            if (response.Headers.TransferEncodingChunked == true) continue;
            var body = await response.Content.ReadAsByteArrayAsync();
            Assert.Equal(body.Length, response.Content.Headers.ContentLength);
            return;
        }

        Assert.Fail("All answers were chunked.");
    }

    [Fact]
    public async Task Decode_inverts_id()
    {
        using var issued = await GetAsync("/id");
        var id = (await issued.Content.ReadAsStringAsync())[7..^2];
        using var decoded = await GetAsync($"/decode/{id}");

        using var body = JsonDocument.Parse(await decoded.Content.ReadAsStringAsync());
        Assert.Equal(id, body.RootElement.GetProperty("id").GetString());
        Assert.Equal(GatewayFixture.Worker, body.RootElement.GetProperty("worker_id").GetInt32());
    }

    [Theory]
    [InlineData("/health", """{"status":"healthy","worker_id":42}""")]
    [InlineData("/health/ready", """{"status":"healthy","worker_id":42}""")]
    [InlineData("/health/live", """{"status":"healthy"}""")]
    public async Task Health_says_so_where_all_is_well(string path, string body)
    {
        using var response = await GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_a_cluster_the_only_worker_is_this_one()
    {
        using var response = await GetAsync("/workers");

        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("""{"workers":[42]}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/id", 200)]
    [InlineData("/ids/5", 200)]
    [InlineData("/ids/0", 400)]
    [InlineData("/health", 200)]
    [InlineData("/decode/5", 200)]
    [InlineData("/workers", 200)]
    [InlineData("/nope", 404)]
    public async Task Head_answers_as_get_would_without_a_body(string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var response = await Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_openapi_document_describes_every_route()
    {
        using var response = await GetAsync("/openapi/v1.json");

        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["/decode/{id}", "/health", "/health/live", "/health/ready", "/id", "/ids/{count}", "/metrics", "/openapi/v1.json", "/workers"],
            document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Client.SendAsync(request);
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return Assert.Single(body.RootElement.EnumerateObject(), property => property.Name == "error").Value.GetString()!;
    }

    private static IEnumerable<long> Parse(string mediaType, byte[] body)
    {
        var text = System.Text.Encoding.UTF8.GetString(body);
        return mediaType switch
        {
            "application/json" => ParseJson(text),
            "text/plain" => text.TrimEnd('\n').Split('\n').Select(long.Parse),
            "application/x-ndjson" => text.TrimEnd('\n').Split('\n').Select(line => long.Parse(JsonSerializer.Deserialize<string>(line)!)),
            "application/octet-stream" => body.Chunk(8).Select(bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)),
            _ => ParseRanges(text),
        };
    }

    private static IEnumerable<long> ParseJson(string text) =>
        JsonDocument.Parse(text).RootElement.GetProperty("ids").EnumerateArray().Select(id => long.Parse(id.GetString()!));

    private static IEnumerable<long> ParseRanges(string text) =>
        from range in JsonDocument.Parse(text).RootElement.GetProperty("ranges").EnumerateArray()
        let first = long.Parse(range.GetProperty("first").GetString()!)
        from offset in Enumerable.Range(0, range.GetProperty("count").GetInt32())
        select first + offset;

    private static void AssertRising(IEnumerable<long> ids, int count)
    {
        var list = ids.ToList();
        Assert.Equal(count, list.Count);
        Assert.All(list.Zip(list.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.All(list, id => Assert.Equal(GatewayFixture.Worker, new SnowflakeId(id).Worker));
    }
}
