using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using IdGenerator.Testing;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>Answers of several silos on this host.</summary>
public sealed partial class WorkersTests
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/octet-stream")]
    [InlineData("application/vnd.id-ranges+json")]
    public async Task An_answer_has_rising_IDs_of_all_workers_in_every_media_type(string mediaType)
    {
        await using var silos = await StartAsync();

        var ids = await GetOfBothAsync(silos.First, "/ids/100000?workers=all", mediaType);

        Assert.Equal(100_000, ids.Count);
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Fact]
    public async Task Without_the_parameter_and_with_one_worker_the_answer_is_of_the_silo_that_was_asked()
    {
        await using var silos = await StartAsync();

        Assert.Equal([2], Workers(await GetAsync(silos.Second, "/ids/10000", "text/plain")));
        Assert.Equal([2], Workers(await GetAsync(silos.Second, "/ids/10000?workers=1", "text/plain")));
        Assert.Equal(2, (await GetOfBothAsync(silos.Second, "/ids/2?workers=2", "text/plain")).Count);
    }

    [Fact]
    public async Task A_worker_that_is_paused_in_the_middle_is_gone_on_without_and_what_it_gives_later_is_never_written()
    {
        await using var silos = await StartAsync();
        using var response = await silos.First.Client.SendAsync(
            Request("/ids/2000000?workers=all", "application/octet-stream"), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var bytes = new byte[2_000_000 * sizeof(long)];
        await body.ReadExactlyAsync(bytes.AsMemory(0, 80_000));

        silos.Second.Pause();
        await body.ReadExactlyAsync(bytes.AsMemory(80_000));
        silos.Second.Resume();

        var ids = Parse("application/octet-stream", bytes);
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.Equal(1, new SnowflakeId(ids[^1]).Worker);
    }

    [Fact]
    public async Task What_a_worker_gives_is_counted_there_and_a_client_that_leaves_ends_it()
    {
        await using var silos = await StartAsync();
        using (var response = await silos.First.Client.SendAsync(
            Request("/ids/4096000?workers=all", "text/plain"), HttpCompletionOption.ResponseHeadersRead))
        {
            // It leaves in the middle.
        }

        while (await MetricAsync(silos.First, "id_generator_bulk_requests_in_flight") > 0) await Task.Yield();
        var given = await MetricAsync(silos.Second, "id_generator_ids_given_total");

        Assert.InRange(given, 1, 4_000_000);
        while (await MetricAsync(silos.Second, "id_generator_bulk_requests_in_flight") > 0) await Task.Yield();
        var after = await MetricAsync(silos.Second, "id_generator_ids_given_total");
        await MetricAsync(silos.Second, "id_generator_ids_given_total");
        Assert.Equal(after, await MetricAsync(silos.Second, "id_generator_ids_given_total"));
    }

    [Fact]
    public async Task Each_silo_tells_the_workers_of_the_cluster_and_one_that_has_left_is_told_no_more()
    {
        await using var silos = await StartAsync();

        Assert.Equal("""{"workers":[1,2]}""", await WorkersAsync(silos.First));
        Assert.Equal("""{"workers":[1,2]}""", await WorkersAsync(silos.Second));
        silos.Second.Terminate();
        while (await WorkersAsync(silos.First) != """{"workers":[1]}""") await Task.Delay(50);
    }

    [Fact]
    public async Task A_silo_that_is_in_no_cluster_yet_tells_its_own_worker()
    {
        await using var silo = await Start(2, FreePort.Next(), FreePort.Next()).AnswersAsync("/workers", status => status == HttpStatusCode.OK);

        Assert.Equal("""{"workers":[2]}""", await WorkersAsync(silo));
    }

    private static Task<string> WorkersAsync(ServiceProcess silo) => silo.Client.GetStringAsync(new Uri("/workers", UriKind.Relative));

    private static async Task<TwoSilos> StartAsync()
    {
        var primary = FreePort.Next();
        var first = Start(1, primary, primary);
        await first.ReadyAsync();
        var silos = new TwoSilos(first, await Start(2, FreePort.Next(), primary).ReadyAsync());
        // Each hears of the other a moment after it has joined.
        foreach (var silo in new[] { silos.First, silos.Second })
        {
            await GetOfBothAsync(silo, "/ids/100?workers=2", "text/plain");
        }

        return silos;
    }

    private static ServiceProcess Start(int worker, int siloPort, int primary) => ServiceProcess.Start(
        "Silo", ("WORKER_ID", $"{worker}"), ("LEASE_STORE", "memory"), ("SILO_PORT", $"{siloPort}"),
        ("GATEWAY_PORT", $"{FreePort.Next()}"), ("PRIMARY_SILO_PORT", $"{primary}"));

    private static HttpRequestMessage Request(string path, string mediaType)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(mediaType));
        return request;
    }

    private static async Task<List<long>> GetAsync(ServiceProcess silo, string path, string mediaType)
    {
        using var request = Request(path, mediaType);
        using var response = await silo.Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        Assert.Equal(mediaType, response.Content.Headers.ContentType!.MediaType);
        return Parse(mediaType, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>
    /// An answer of both workers. One that comes before the silos have heard of each other is of one of them, and so may one be in the
    /// middle of which a busy machine lets the other silo wait for longer than the bound.
    /// </summary>
    private static async Task<List<long>> GetOfBothAsync(ServiceProcess silo, string path, string mediaType)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var ids = await GetAsync(silo, path, mediaType);
            if (Workers(ids) is [1, 2]) return ids;
        }

        throw new TimeoutException("No answer was of both workers.");
    }

    private static List<long> Parse(string mediaType, byte[] body)
    {
        if (mediaType == "application/octet-stream")
            return [.. body.Chunk(sizeof(long)).Select(id => BinaryPrimitives.ReadInt64LittleEndian(id))];

        var numbers = Number().Matches(System.Text.Encoding.ASCII.GetString(body)).Select(number => long.Parse(number.ValueSpan));
        return mediaType == "application/vnd.id-ranges+json"
            ? [.. numbers.Chunk(2).SelectMany(range => Enumerable.Range(0, (int)range[1]).Select(index => range[0] + index))]
            : [.. numbers];
    }

    private static List<int> Workers(IEnumerable<long> ids) => [.. ids.Select(id => new SnowflakeId(id).Worker).Distinct().Order()];

    private static async Task<double> MetricAsync(ServiceProcess silo, string name)
    {
        var scrape = await silo.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var line = scrape.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{');
        return double.Parse(line.Split(' ')[1]);
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    private sealed record TwoSilos(ServiceProcess First, ServiceProcess Second) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Second.DisposeAsync();
            await First.DisposeAsync();
        }
    }
}
