using System.Globalization;
using IdGenerator.ApiServer;
using IdGenerator.Kubernetes;
using IdGenerator.LeaseLoad;

// What the leases of a whole layout, 1,024 workers, ask of an API server. KUBEBUILDER_ASSETS names the directory of etcd and
// kube-apiserver (docs/kubernetes.md).
//
//   dotnet run -c Release --project benchmarks/LeaseLoad [seconds, 60] [workers, 1024]

if (Assets.Directory is null)
{
    Console.Error.WriteLine($"{Assets.Variable} is not set: it names the directory of etcd and kube-apiserver.");
    return 1;
}

var measured = TimeSpan.FromSeconds(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60);
var workers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_024;

await using var server = new ControlPlane();
await server.InitializeAsync();
var account = await server.CreateServiceAccountAsync();
var config = KubernetesConfig.Load(name => account.Environment.GetValueOrDefault(name));

using var stop = new CancellationTokenSource();
var calls = new Calls();
var all = Enumerable.Range(0, workers).Select(worker => new Worker(worker, workers, config, calls)).ToArray();
var running = all.Select(worker => worker.RunAsync(stop.Token)).ToArray();
await Task.WhenAll(all.Select(worker => worker.Held)).WaitAsync(TimeSpan.FromMinutes(5));
var acquired = calls.Take();
Console.WriteLine($"{workers} workers have their IDs: {acquired}");

await Task.Delay(measured);
var renewals = calls.Take();
Console.WriteLine($"{workers} workers for {measured.TotalSeconds:0} s, {renewals.Count / measured.TotalSeconds:0.0} renewals/s: {renewals}");

await stop.CancelAsync();
var refused = (await Task.WhenAll(running)).Count(refusal => refusal is not null);
foreach (var worker in all) worker.Dispose();
return renewals.Errors + renewals.Conflicts + refused == 0 ? 0 : 1;
