using System.Diagnostics;
using System.Globalization;
using IdGenerator.ApiServer;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;
using IdGenerator.MembershipLoad;

// What the membership of so many silos asks of one API server, beside the renewals of their leases. KUBEBUILDER_ASSETS names the directory of
// etcd and kube-apiserver (docs/kubernetes.md). No silo runs: each member is a client with its lease and its table.
//
//   dotnet run -c Release --project benchmarks/MembershipLoad [silos, 1024] [seconds of rest, 180] [seconds before it, 120]

if (Assets.Directory is null)
{
    Console.Error.WriteLine($"{Assets.Variable} is not set: it names the directory of etcd and kube-apiserver.");
    return 1;
}

int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
var silos = Argument(0, 1_024);
var rest = TimeSpan.FromSeconds(Argument(1, 180));
var settle = TimeSpan.FromSeconds(Argument(2, 120));
// As many pods a second begin to join, or to restart.
const double PodsPerSecond = 10;

await using var plane = new ControlPlane();
await plane.InitializeAsync();
using var server = new Server(plane);
var account = await plane.CreateServiceAccountAsync(RoleRule.Silo);
var config = KubernetesConfig.Load(name => account.Environment.GetValueOrDefault(name));

var meter = new Meter();
Member New(int id) => new(id, $"pod-{id}", config, meter);
var members = Enumerable.Range(0, silos).Select(New).ToArray();
// Their renewals are spread over one period.
await EachAsync(silos / (double)new LeaseOptions().RenewSeconds, id => members[id].HoldAsync()).WaitAsync(TimeSpan.FromMinutes(5));
meter.Take();

var (renewals, _) = await PhaseAsync("renewals alone", () => Task.Delay(TimeSpan.FromSeconds(60)));
await PhaseAsync("joining", () => EachAsync(PodsPerSecond, id => members[id].JoinAsync()));
await PhaseAsync("settling", () => Task.Delay(settle));
var (resting, failed) = await PhaseAsync("rest", () => Task.Delay(rest));
var stale = await members[0].StaleAsync();
var membership = resting - renewals;
Console.WriteLine($"{silos} silos at rest: membership takes {membership:0.0} % of a core beside renewals, {stale} silos are stale, {failed} calls failed");

await PhaseAsync("restarting", () => EachAsync(PodsPerSecond, async id =>
{
    await members[id].EndAsync();
    members[id].Dispose();
    members[id] = New(id);
    await members[id].HoldAsync();
    await members[id].JoinAsync();
}));
Console.WriteLine($"{silos} silos restarted: {await members[0].StaleAsync()} silos are stale");

await Task.WhenAll(members.Select(member => member.EndAsync()));
foreach (var member in members) member.Dispose();
return failed == 0 && stale == 0 && membership < 20 ? 0 : 1;

// Begins so many a second, one after the other, and waits for all.
Task EachAsync(double perSecond, Func<int, Task> begin) => Task.WhenAll(Enumerable.Range(0, silos).Select(async id =>
{
    await Task.Delay(TimeSpan.FromSeconds(id / perSecond));
    await begin(id);
}));

// The share of one core that API server and etcd took, and how many calls failed.
async Task<(double Cpu, int Failed)> PhaseAsync(string name, Func<Task> phase)
{
    var (before, start) = (await server.ReadAsync(), Stopwatch.GetTimestamp());
    await phase();
    var (after, seconds) = (await server.ReadAsync(), Stopwatch.GetElapsedTime(start).TotalSeconds);
    var cpu = 100 * (after.Cpu - before.Cpu) / seconds;
    var (text, failures) = meter.Take();
    Console.WriteLine($"{name}: {seconds:0} s, {cpu:0.0} % of a core, etcd {(after.Written - before.Written) / seconds / 1_000:0.0} kB/s");
    Console.Write(text);
    return (cpu, failures);
}
