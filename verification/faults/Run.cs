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
        await using var deployment = await Deployment.StartAsync(options, events);
        var availability = new Availability(options.Workers, worker => worker.Fault ?? deployment.ApiServerFault);
        await AllAreThereAsync(deployment);

        // Load, with faults, then without.
        events.Restart();
        using var clients = new Clients(options, deployment.Workers, availability, deployment.Invariants);
        using var files = new LeaseFiles(deployment.Workers, deployment.Invariants);
        var faultSeconds = options.Seconds - options.CalmSeconds;
        var schedule = Schedule.Make(
            options.Seed, faultSeconds, [.. deployment.Workers.Select(worker => worker.Victim)], options.Kinds);
        var faults = new FaultRun(deployment, schedule, faultSeconds);
        await faults.RunAsync();
        events.Add("calm");
        if (options.Seconds - events.Seconds is > 0 and var left) await Wait.SecondsAsync(left);
        var silent = await deployment.SilentAsync(CalmPatience);
        await clients.StopAsync();
        var seconds = events.Seconds;
        await deployment.StopAsync();

        var report = new Report
        {
            Options = options,
            Workers = deployment.Workers,
            Faults = faults.Done,
            Clients = clients.All,
            Availability = availability,
            Exits = events.Exits,
            Seconds = seconds,
            Audit = await AuditResult.OfAsync(clients.All.Where(client => client.Ids > 0).Select(client => client.Stream), options.Directory),
            OutOfOrder = OutOfOrder(clients),
            Invariants = deployment.Invariants,
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

    private static async Task AllAreThereAsync(Deployment deployment)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(1) };
        foreach (var worker in deployment.Workers)
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
