using System.Collections.Concurrent;
using System.Diagnostics;

namespace IdGenerator.Faults;

/// <summary>Asks each worker for an ID again and again: is it there, and was it to be expected that it is?</summary>
internal sealed class Availability(int workers, Func<Worker, Fault?> faultOf)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Share[] _overall = new Share[workers];
    private readonly Share[] _undisturbed = new Share[workers];
    private readonly ConcurrentDictionary<(string Engine, FaultKind Kind), Share> _whileUp = new();

    public Share Overall(int worker) => _overall[worker];

    /// <summary>While no fault was being done to it or to the API server, and it had recovered from the last.</summary>
    public Share Undisturbed(int worker) => _undisturbed[worker];

    /// <summary>
    /// Of the time in which a process of such a worker was up while a fault of this kind was being done, to it or to the API server, or
    /// was not recovered from yet. Where a successor waits for a reservation to end, that counts as time without IDs.
    /// </summary>
    public Share WhileUp(string engine, FaultKind kind) => _whileUp.GetValueOrDefault((engine, kind));

    public async Task ProbeAsync(Worker worker, IReadOnlyList<Client> probes, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            var (fault, wasUp) = (faultOf(worker), worker.IsUp);
            var answers = await Task.WhenAll(probes
                .Where(probe => probe.Place.IsOccupied)
                .Select(probe => probe.SendAsync(Ask.Single, Patience)));
            var answered = Stopwatch.GetElapsedTime(began);
            if (answered < Period) await Task.Delay(Period - answered, CancellationToken.None);

            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var isThere = answers.Any(ids => ids > 0);
            _overall[worker.Number] = _overall[worker.Number].With(isThere, seconds);
            if (fault != faultOf(worker)) continue;
            if (fault is null) _undisturbed[worker.Number] = _undisturbed[worker.Number].With(isThere, seconds);
            else if (wasUp && worker.IsUp)
                _whileUp.AddOrUpdate((worker.Engine, fault.Kind), _ => default(Share).With(isThere, seconds), (_, share) => share.With(isThere, seconds));
        }
    }

    /// <summary>A share of time.</summary>
    internal readonly record struct Share(double Good, double All)
    {
        public Share With(bool isGood, double seconds) => new(isGood ? Good + seconds : Good, All + seconds);

        public override string ToString() => All == 0 ? "-" : $"{100 * Good / All:0.0} %";
    }
}
