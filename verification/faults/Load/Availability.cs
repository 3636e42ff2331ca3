using System.Diagnostics;

namespace IdGenerator.Faults;

/// <summary>Asks each worker for an ID again and again: is it there, and was it to be expected that it is?</summary>
internal sealed class Availability(int workers, Func<Worker, bool> isUnderFault)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Share[] _overall = new Share[workers];
    private readonly Share[] _undisturbed = new Share[workers];

    public Share Overall(int worker) => _overall[worker];

    /// <summary>While no fault was being done to it or to the API server, and it had recovered from the last.</summary>
    public Share Undisturbed(int worker) => _undisturbed[worker];

    public async Task ProbeAsync(Worker worker, IReadOnlyList<Client> probes, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            var wasUnderFault = isUnderFault(worker);
            var answers = await Task.WhenAll(probes
                .Where(probe => probe.Place.IsOccupied)
                .Select(probe => probe.SendAsync(Ask.Single, Patience)));
            var answered = Stopwatch.GetElapsedTime(began);
            if (answered < Period) await Task.Delay(Period - answered, CancellationToken.None);

            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var isThere = answers.Any(ids => ids > 0);
            _overall[worker.Number] = _overall[worker.Number].With(isThere, seconds);
            if (!wasUnderFault && !isUnderFault(worker))
                _undisturbed[worker.Number] = _undisturbed[worker.Number].With(isThere, seconds);
        }
    }

    /// <summary>A share of time.</summary>
    internal readonly record struct Share(double Good, double All)
    {
        public Share With(bool isGood, double seconds) => new(isGood ? Good + seconds : Good, All + seconds);

        public override string ToString() => All == 0 ? "-" : $"{100 * Good / All:0.0} %";
    }
}
