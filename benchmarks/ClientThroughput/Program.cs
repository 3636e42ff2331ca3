// What one process gets from the cluster through the client library: single IDs (NextAsync, from several tasks), arrays of 100,000, or a stream.
// Beside ./run.sh: dotnet run -c Release --project benchmarks/ClientThroughput -- [single|array|stream] [TASKS=2] [SECONDS=5] [GATEWAY…]
using System.Diagnostics;
using System.Runtime.InteropServices;
using IdGenerator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var kind = args.Length > 0 ? args[0] : "single";
var tasks = args.Length > 1 ? int.Parse(args[1]) : 2;
var duration = TimeSpan.FromSeconds(args.Length > 2 ? double.Parse(args[2]) : 5);

var builder = Host.CreateEmptyApplicationBuilder(new());
builder.Services.AddIdGeneratorClient(options =>
{
    foreach (var gateway in args.Skip(3)) options.Gateways.Add(gateway);
});
using var host = builder.Build();
await host.StartAsync();
var ids = host.Services.GetRequiredService<IIdGenerator>();
await ids.NextAsync(10_000);
await TakeAsync(TimeSpan.FromSeconds(1), []);

// Reserved before the clock starts: the lists are no part of what is measured.
var taken = Enumerable.Range(0, tasks).Select(_ => new List<long>(10_000_000 * (int)Math.Ceiling(duration.TotalSeconds))).ToArray();
var watch = Stopwatch.StartNew();
await Task.WhenAll(taken.Select(list => Task.Run(() => TakeAsync(duration, list))));
var elapsed = watch.Elapsed;
await host.StopAsync();

var all = new List<long>(taken.Sum(list => list.Count));
foreach (var list in taken) all.AddRange(list);
var sorted = CollectionsMarshal.AsSpan(all);
sorted.Sort();
var duplicates = 0;
for (var i = 1; i < sorted.Length; i++) duplicates += sorted[i] == sorted[i - 1] ? 1 : 0;
var workers = all.Where((_, index) => index % 1_000 == 0).Select(id => new SnowflakeId(id).Worker).Distinct().Count();

Console.WriteLine(
    $"{all.Count / elapsed.TotalSeconds:N0} IDs/s ({kind}): {all.Count:N0} IDs of {workers} workers in {elapsed.TotalSeconds:0.00} s, {tasks} tasks, {duplicates} duplicates");
return duplicates == 0 ? 0 : 1;

async Task TakeAsync(TimeSpan time, List<long> list)
{
    var watch = Stopwatch.StartNew();
    switch (kind)
    {
        case "single":
            while (watch.Elapsed < time)
                for (var i = 0; i < 100; i++) list.Add(await ids.NextAsync());
            break;
        case "array":
            while (watch.Elapsed < time) list.AddRange(await ids.NextAsync(100_000));
            break;
        case "stream":
            var read = 0;
            await foreach (var id in ids.StreamAsync(long.MaxValue))
            {
                list.Add(id);
                if ((++read & 1_023) == 0 && watch.Elapsed >= time) break;
            }

            break;
        default:
            throw new ArgumentException($"\"{kind}\" is neither single, array nor stream.");
    }
}
