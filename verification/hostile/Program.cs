using IdGenerator.Hostile;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Ids;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

var report = new Report();
var ledger = new Ledger();
await using var target = await Target.StartAsync(options);

await new Fuzzer(options, target.Server, target.Twin, report).RunAsync(ledger);

return report.Close();
