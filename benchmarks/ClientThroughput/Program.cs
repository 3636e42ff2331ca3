// What a service gets from one silo: NextAsync from several tasks, through the client library and its prefetching.
// Beside ./run.sh: dotnet run -c Release --project benchmarks/ClientThroughput -- [TASKS=2] [SECONDS=5]
using System.Diagnostics;
using System.Runtime.InteropServices;
using IdGenerator;
using IdGenerator.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var tasks = args.Length > 0 ? int.Parse(args[0]) : 2;
var duration = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1]) : 5);

var builder = Host.CreateEmptyApplicationBuilder(new());
builder.UseOrleansClient(client => client.UseLocalhostClustering(serviceId: "id-generator", clusterId: "id-generator"));
builder.Services.AddIdGeneratorClientOverOrleans();
using var host = builder.Build();
await host.StartAsync();
var ids = host.Services.GetRequiredService<IIdGenerator>();
await ids.NextAsync(10_000);

// Reserved before the clock starts: the lists are no part of what is measured.
var taken = Enumerable.Range(0, tasks).Select(_ => new List<long>(5_000_000 * (int)Math.Ceiling(duration.TotalSeconds))).ToArray();
var watch = Stopwatch.StartNew();
await Task.WhenAll(taken.Select(list => Task.Run(async () =>
{
    while (watch.Elapsed < duration)
        for (var i = 0; i < 100; i++) list.Add(await ids.NextAsync());
})));
var elapsed = watch.Elapsed;
await host.StopAsync();

var all = new List<long>(taken.Sum(list => list.Count));
foreach (var list in taken) all.AddRange(list);
var sorted = CollectionsMarshal.AsSpan(all);
sorted.Sort();
var duplicates = 0;
for (var i = 1; i < sorted.Length; i++) duplicates += sorted[i] == sorted[i - 1] ? 1 : 0;

Console.WriteLine($"{all.Count / elapsed.TotalSeconds:N0} IDs/s: {all.Count:N0} IDs in {elapsed.TotalSeconds:0.00} s, {tasks} tasks, {duplicates} duplicates");
return duplicates == 0 ? 0 : 1;
