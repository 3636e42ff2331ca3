// Three silos, eight clients, sixty-four callers, and something happens to one of the silos. See README.md.
using IdGenerator.ClientFaults;

var seconds = args is ["--seconds", var text, ..] ? int.Parse(text) : 60;
var only = args is [.., "--only", var name] ? name : "";
var failed = 0;
var run = 0;
Console.WriteLine($"p99.9 and the longest of the calls, in ms: those that overlap the first second after a change (at most 250), and all others (at most 100)");
foreach (var trouble in Trouble.All(TimeSpan.FromSeconds(seconds)).Where(trouble => trouble.Name.Contains(only, StringComparison.Ordinal)))
{
    run++;
    var verdict = await Scenario.RunAsync(trouble);
    Console.WriteLine($"{(verdict.IsGood ? "pass" : "FAIL")}  {trouble.Name}: {verdict}");
    if (!verdict.IsGood) failed++;
}

Console.WriteLine($"{run - failed} passed, {failed} failed");
return failed == 0 && run > 0 ? 0 : 1;
