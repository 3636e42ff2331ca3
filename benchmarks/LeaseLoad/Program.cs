using System.Globalization;
using IdGenerator.LeaseLoad;

// What the leases of a whole layout, 1,024 workers, ask of an API server, whose directory KUBEBUILDER_ASSETS names (docs/kubernetes.md), or of
// PostgreSQL.
//
//   dotnet run -c Release --project benchmarks/LeaseLoad [kubernetes|postgres] [seconds, 60] [workers, 1024]

var name = args.ElementAtOrDefault(0) ?? "kubernetes";
var measured = TimeSpan.FromSeconds(int.Parse(args.ElementAtOrDefault(1) ?? "60", CultureInfo.InvariantCulture));
var workers = int.Parse(args.ElementAtOrDefault(2) ?? "1024", CultureInfo.InvariantCulture);

await using var stores = await Stores.StartAsync(name, workers);
using var stop = new CancellationTokenSource();
var calls = new Calls();
var all = Enumerable.Range(0, workers).Select(worker => new Worker(worker, workers, stores.Open(worker), calls)).ToArray();
var running = all.Select(worker => worker.RunAsync(stop.Token)).ToArray();
await Task.WhenAll(all.Select(worker => worker.Held)).WaitAsync(TimeSpan.FromMinutes(5));
var acquired = calls.Take();
Console.WriteLine($"{workers} workers have their IDs: {acquired}");

await Task.Delay(measured);
var renewals = calls.Take();
Console.WriteLine($"{workers} workers for {measured.TotalSeconds:0} s, {renewals.Count / measured.TotalSeconds:0.0} renewals/s: {renewals}");

await stop.CancelAsync();
var refused = (await Task.WhenAll(running)).Count(refusal => refusal is not null);
return renewals.Errors + renewals.Conflicts + refused == 0 ? 0 : 1;
