using System.Diagnostics;

namespace IdGenerator.Hostile.Assaults;

/// <summary>A well-behaved client that asks for one thing again and again, while others assault the service.</summary>
/// <param name="what">What it asks for.</param>
internal abstract class Bystander(string what)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly List<string> _failures = [];
    private Task[] _asking = [];
    private TimeSpan _slowest;
    private int _answers;
    private volatile bool _stopped;

    public string What => what;

    public TimeSpan Slowest => _slowest;

    public IReadOnlyList<string> Failures => _failures;

    public int Answers => _answers;

    /// <summary>Ends the asking. What was counted can be read from then on.</summary>
    public virtual async Task StopAsync()
    {
        _stopped = true;
        await Task.WhenAll(_asking);
    }

    /// <param name="asks">Each asks once, and says why there was no answer; all of them go on side by side.</param>
    protected void Start(params Func<Task<string?>>[] asks) => _asking = [.. asks.Select(ask => Task.Run(() => RunAsync(ask)))];

    private async Task RunAsync(Func<Task<string?>> askAsync)
    {
        while (!_stopped)
        {
            var time = Stopwatch.StartNew();
            var failure = await askAsync();
            lock (_failures)
            {
                _answers++;
                if (failure is null && time.Elapsed > _slowest) _slowest = time.Elapsed;
                if (failure is not null) _failures.Add(failure);
            }

            await Task.Delay(Pause);
        }
    }
}
