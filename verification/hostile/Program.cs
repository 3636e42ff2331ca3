using IdGenerator.Hostile;
using IdGenerator.Hostile.Assaults;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Ids;
using IdGenerator.Hostile.Pressure;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

if (options is { Assault: { } name, Url: { } victim })
{
    Assault.Duration = TimeSpan.FromSeconds(options.Seconds);
    Console.WriteLine(await Assault.All.Single(assault => assault.What == name).Run(victim));
    return 0;
}

var report = new Report();
if (options.OnlyAssaults)
{
    var battery = new Battery(report);
    await (options.Url is { } service ? battery.RunOnAsync(service, options.Only) : battery.RunAllAsync(options.Only));
    return report.Close();
}

var ledger = new Ledger();
await using var target = await Target.StartAsync(options);

var forgotten = await ForgottenConnections.OpenAsync(target.Server);
await new Fuzzer(options, target.Server, target.Twin, report).RunAsync(ledger);
forgotten.Check(report);

if (options.Case is null)
{
    var server = target.Server;
    var siege = new Siege(target, ledger, report);
    await siege.LayAsync(
        new Attack("partial requests", () => PartialRequests.RunAsync(server)),
        new Attack("slow readers", () => SlowReaders.RunAsync(server)),
        new Attack("unread answers", () => UnreadAnswers.RunAsync(server)));
    await siege.LayAsync(new Attack("clients that leave", () => Leavers.RunAsync(server, options.Seed)));
    await siege.LayAsync(new Attack("idle connections", () => IdleConnections.RunAsync(server, ledger)));
    await siege.LayAsync(new Attack("bulks at once", () => Bulks.RunAsync(server, ledger)));
    await siege.LayAsync(new Attack("connections come and go", () => Churn.RunAsync(server, options.Seed)));
    if (target.Process is not null) await siege.LayAsync(new Attack("too many connections", TooManyConnections.RunAsync));
}

if (options is { Case: null, Url: null }) await new Battery(report).RunSomeAsync();

var twice = ledger.Duplicates();
report.Check("no ID twice", twice.Count == 0, $"{ledger.Count:N0} IDs{string.Concat(twice.Select(id => $", {id}"))}");
target.Examine(report);
return report.Close();
