namespace IdGenerator.Faults;

/// <summary>One fault run from beginning to end.</summary>
internal static class Run
{
    private const double StartPatience = 90;

    /// <summary>Silos take their time to find out which of the others are dead.</summary>
    private const double CalmPatience = 90;

    public static async Task<ExitCode> RunAsync(Options options)
    {
        Directory.CreateDirectory(options.Directory);
        using var events = new Events(Path.Combine(options.Directory, "events.log"), options.IsVerbose);
        await using var world = await World.StartAsync(options, events);
        var availability = new Availability(
            options.Workers, worker => worker.IsUnderFault || world.IsApiServerUnderFault);
        await AllAreThereAsync(world);

        // Load, with faults, then without.
        events.Restart();
        using var clients = new Clients(options, world.Workers, availability, world.Invariants);
        using var files = new LeaseFiles(world.Workers, world.Invariants);
        var faultSeconds = options.Seconds - options.CalmSeconds;
        var schedule = Schedule.Make(
            options.Seed, faultSeconds, [.. world.Workers.Select(worker => worker.Target)], options.Only);
        var faults = new FaultRun(world, schedule, faultSeconds);
        await faults.RunAsync();
        events.Add("calm");
        if (options.Seconds - events.Seconds is > 0 and var left) await Wait.SecondsAsync(left);
        var silent = await world.SilentAsync(CalmPatience);
        await clients.StopAsync();
        var seconds = events.Seconds;
        await world.StopAsync();

        var report = new Report
        {
            Options = options,
            Workers = world.Workers,
            Faults = faults.Done,
            Clients = clients.All,
            Availability = availability,
            Exits = events.Exits,
            Seconds = seconds,
            Audit = await Audit.OfAsync(clients.All.Where(client => client.Ids > 0).Select(client => client.Stream), options.Directory),
            OutOfOrder = OutOfOrder(clients),
            Invariants = world.Invariants,
            Silent = silent,
        };
        report.Write(Console.Out);
        return report.Verdict;
    }

    private static List<string> OutOfOrder(Clients clients) =>
    [
        .. from place in clients.All.GroupBy(client => client.Place.Name)
           from pair in RealTimeOrder.Violations(place.SelectMany(client => client.Served))
           select $"{place.Key}: {pair.Later.First} was asked for after {pair.Earlier.Last} had been answered",
    ];

    private static async Task AllAreThereAsync(World world)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(1) };
        foreach (var worker in world.Workers)
        {
            var waited = System.Diagnostics.Stopwatch.StartNew();
            while (!await IsReadyAsync(http, worker.Pod.Place))
            {
                if (waited.Elapsed.TotalSeconds > StartPatience)
                    throw new HarnessException($"worker {worker.Number} did not start:\n{worker.Pod.Log}");
                await Task.Delay(100);
            }
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Place place)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(place.Url, "health/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
