using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Ids;

namespace IdGenerator.Hostile.Fuzzing;

/// <summary>Case after case, a few at a time, against one server or against two that should answer alike.</summary>
internal sealed class Fuzzer(Options options, IPEndPoint server, IPEndPoint? twin, Report report)
{
    private const int AtOnce = 4;
    private const int MostFailures = 5;

    private readonly Ledger _twinLedger = new();
    private int _next = -1;
    private int _requests;
    private int _failures;

    public async Task RunAsync(Ledger ledger)
    {
        var time = Stopwatch.StartNew();
        if (options.Case is { } only)
        {
            Console.WriteLine(string.Join('\n', Case.Make(options.Seed, only).Requests));
            await RunAsync(only, ledger);
        }
        else
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
            {
                while (time.Elapsed.TotalSeconds < options.Seconds && _failures < MostFailures)
                    await RunAsync(Interlocked.Increment(ref _next), ledger);
            })));
        }

        report.Check(
            "made-up requests are answered as the contract says", _failures == 0,
            $"seed {options.Seed}: {_requests:N0} requests over {_next + 1:N0} connections");
        var twice = _twinLedger.Duplicates();
        if (twin is not null) report.Check("no ID twice without the fast path", twice.Count == 0, $"{_twinLedger.Count:N0} IDs");
    }

    private async Task RunAsync(int number, Ledger ledger)
    {
        var script = Case.Make(options.Seed, number);
        Interlocked.Add(ref _requests, script.Requests.Count);
        var failure = "";
        try
        {
            var run = new CaseRun(script, ledger);
            await run.RunAsync(server);
            failure = run.Failure;
            if (failure is null && twin is not null)
            {
                var twinRun = new CaseRun(script, _twinLedger);
                await twinRun.RunAsync(twin);
                failure = twinRun.Failure is { } twinFailure
                    ? $"without the fast path\n{twinFailure}"
                    : Likeness.Difference(script, run.Answers, twinRun.Answers);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            failure = $"no connection: {e.Message}";
        }

        if (failure is null) return;
        Interlocked.Increment(ref _failures);
        Report.Tell(
            $"--seed {options.Seed} --case {number} ({script.Delivery}{(script.EndsSending ? ", then ends sending" : "")}, " +
            $"{script.Requests.Count} requests)\n{failure}");
    }
}
