using System.Text.Json;
using IdGenerator.OpenApi;

// Arguments: the URL of a service that issues IDs and runs one bulk at a time, and of one that cannot issue IDs.
var serving = new Uri(args[0]);
var refusing = new Uri(args[1]);

using var http = new HttpClient { BaseAddress = serving };
using var json = JsonDocument.Parse(await http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
var document = new Document(json.RootElement);

foreach (var (generator, make) in new (string, Func<HttpClient, IClient>)[]
    { ("NSwag", http => new NswagClient(http)), ("Kiota", http => new KiotaClient(http)) })
{
    var report = new Report(generator);
    using var witness = new Witness(document);
    Calls Call(Uri service) => new(make(new(witness, false) { BaseAddress = service }), witness, report);

    await Call(serving).ServingAsync();
    await Call(serving).NegotiatedAsync();
    await Call(serving).TooLargeAsync();
    using (await BulkAsync()) await Call(serving).BusyAsync();
    await Call(refusing).RefusingAsync();
    await report.CheckAsync("each answer that the document declares was seen", () =>
    {
        var unseen = document.Answers.Except(witness.Seen).ToArray();
        return Task.FromResult(unseen.Length == 0 ? null : string.Join("; ", unseen.AsEnumerable()));
    });
}

// A bulk that nobody reads, so it runs on. The one before it may take a moment to end.
async Task<HttpResponseMessage> BulkAsync()
{
    for (var end = DateTime.UtcNow.AddSeconds(10); ; await Task.Delay(10))
    {
        var bulk = await http.GetAsync(new Uri("/ids/4096000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        if (bulk.IsSuccessStatusCode) return bulk;
        bulk.Dispose();
        if (DateTime.UtcNow > end) throw new TimeoutException("No bulk is let in.");
    }
}
