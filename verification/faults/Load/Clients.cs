namespace IdGenerator.Faults;

/// <summary>Several clients of different habits at each place, and the probes.</summary>
internal sealed class Clients : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Client> _clients = [];
    private readonly List<Task> _running = [];
    private readonly string _directory;
    private readonly Pace _pace;

    public Clients(Options options, IReadOnlyList<Worker> workers, Availability availability, Invariants invariants)
    {
        _directory = Directory.CreateDirectory(Path.Combine(options.Directory, "streams")).FullName;
        _pace = new(options.Rate);
        foreach (var worker in workers)
        {
            Func<Random, Ask> bulk = worker.IsSilo ? Ask.BulkOfSilo : Ask.Bulk;
            _running.Add(availability.ProbeAsync(worker, [.. worker.Places.Select(place => Add(place, "probe", invariants))], _stop.Token));
            foreach (var place in worker.Places)
            {
                Start(place, "single-1", _ => Ask.Single, thinkMilliseconds: 6, invariants);
                Start(place, "single-2", _ => Ask.Single, thinkMilliseconds: 25, invariants);
                Start(place, "small-1", Ask.Small, thinkMilliseconds: 20, invariants);
                Start(place, "small-2", Ask.Small, thinkMilliseconds: 60, invariants);
                Start(place, "bulk-1", bulk, thinkMilliseconds: 20, invariants);
                Start(place, "bulk-2", bulk, thinkMilliseconds: 200, invariants);
            }
        }
    }

    public IReadOnlyList<Client> All => _clients;

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        Dispose();
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        _stop.Dispose();
    }

    private Client Add(Place place, string name, Invariants invariants)
    {
        var client = new Client(place, Path.Combine(_directory, $"{place.Name}-{name}"), invariants);
        _clients.Add(client);
        return client;
    }

    private void Start(Place place, string name, Func<Random, Ask> next, int thinkMilliseconds, Invariants invariants)
    {
        var client = Add(place, name, invariants);
        _running.Add(Task.Run(() => RunAsync(client, next, thinkMilliseconds)));
    }

    private async Task RunAsync(Client client, Func<Random, Ask> next, int thinkMilliseconds)
    {
        var random = new Random();
        while (!_stop.IsCancellationRequested)
        {
            var got = 0;
            if (client.Place.IsOccupied)
            {
                var ask = next(random);
                if (ask.Count > 1) await _pace.TakeTurnAsync(_stop.Token);
                got = await client.SendAsync(ask);
                _pace.Count(got);
            }

            await Task.Delay(got == 0 ? 50 : random.Next(thinkMilliseconds + 1), CancellationToken.None);
        }
    }
}
