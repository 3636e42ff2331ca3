using Microsoft.Extensions.Logging;

namespace IdGenerator.Leases;

public sealed partial class WorkerLease
{
    /// <param name="refusedStep">By how many milliseconds the wall clock is ahead without being followed.</param>
    private void ReportSteps(long refusedStep)
    {
        if (clock.TakeStep() is not 0 and var step) ReportStep(step / 1_000d);
        if (refusedStep > 0 && !_refusesStep)
        {
            LogStepRefused(
                worker, refusedStep / 1_000d, LeaseOptions.StepPatienceMilliseconds / 1_000,
                TimeSpan.FromMilliseconds(clock.Limits.MaxStayedStep).TotalDays, Headroom.TotalSeconds);
        }
        else if (refusedStep == 0 && _refusesStep) LogStepSettled(worker);
        _refusesStep = refusedStep > 0;
    }

    private void ReportStep(double seconds)
    {
        var lead = (clock.Anchor.At(clock.Monotonic) - clock.Wall) / 1_000d;
        var most = clock.Limits.MaxLead / 1_000d;
        if (seconds > 0) LogStepped(worker, seconds);
        else if (lead <= most) LogSteppedBack(worker, -seconds, Math.Max(lead, 0));
        else LogSteppedFarBack(worker, -seconds, lead - most, most);
    }

    [LoggerMessage(1, LogLevel.Information,
        "Worker ID {Worker} is held (generation {Generation}): {ReserveSeconds} s of timestamps reserved, first usable in {WaitSeconds:0.000} s.")]
    private partial void LogTaken(int worker, long generation, int reserveSeconds, double waitSeconds);

    [LoggerMessage(2, LogLevel.Information,
        "Worker ID {Worker} is held by {Holder} since {AcquiredAt:u}. Watching for up to {Seconds} s whether it is alive.")]
    private partial void LogWatching(int worker, string holder, DateTimeOffset acquiredAt, int seconds);

    [LoggerMessage(3, LogLevel.Warning,
        "Worker ID {Worker}: the lease cannot be taken yet ({Problem}). Trying again in {DelaySeconds:0.0} s.")]
    private partial void LogStoreUnavailable(int worker, string problem, double delaySeconds);

    [LoggerMessage(4, LogLevel.Warning,
        "Worker ID {Worker}: the lease was not renewed; issuing goes on for {HeadroomSeconds:0.0} s ({Problem}). Trying again in {DelaySeconds:0.0} s.")]
    private partial void LogNotRenewed(int worker, double headroomSeconds, string problem, double delaySeconds);

    [LoggerMessage(16, LogLevel.Error,
        "Worker ID {Worker}: the lease was not renewed, and all reserved timestamps are used: no IDs are issued until it is renewed ({Problem}). Trying again in {DelaySeconds:0.0} s.")]
    private partial void LogNotIssuing(int worker, string problem, double delaySeconds);

    [LoggerMessage(10, LogLevel.Information, "Worker ID {Worker}: the lease is renewed again.")]
    private partial void LogRenewedAgain(int worker);

    [LoggerMessage(5, LogLevel.Error,
        "Worker ID {Worker}: the wall clock is {Seconds:0.0} s ahead, more than is followed at once. IDs go on with the monotonic clock. It is followed if it stays for {PatienceSeconds} s and is at most {Days} days ahead; else issuing ends in {HeadroomSeconds:0.0} s, until it is set right or this process is started again.")]
    private partial void LogStepRefused(int worker, double seconds, long patienceSeconds, double days, double headroomSeconds);

    [LoggerMessage(11, LogLevel.Information, "Worker ID {Worker}: logical time and the wall clock agree again.")]
    private partial void LogStepSettled(int worker);

    [LoggerMessage(12, LogLevel.Error,
        "Worker ID {Worker}: somebody has restored an older copy of the lease record. Writing over it; until then another process could repeat IDs.")]
    private partial void LogRecordOlder(int worker);

    [LoggerMessage(13, LogLevel.Error,
        "Worker ID {Worker} waits: the wall clock shows {WallClock:u}, which is before {Earliest:u}, when this release was made. Nothing is issued until it is set right.")]
    private partial void LogClockImplausible(int worker, DateTimeOffset wallClock, DateTimeOffset earliest);

    [LoggerMessage(6, LogLevel.Error,
        "Worker ID {Worker}: somebody has deleted the lease record. Writing it again; until then another process could repeat IDs.")]
    private partial void LogRecordGone(int worker);

    [LoggerMessage(7, LogLevel.Information, "Worker ID {Worker} is released.")]
    private partial void LogReleased(int worker);

    [LoggerMessage(8, LogLevel.Warning,
        "Worker ID {Worker} was not released ({Problem}): the next start waits until this reservation has passed.")]
    private partial void LogNotReleased(int worker, string problem);

    [LoggerMessage(17, LogLevel.Warning, "Worker ID {Worker} is not given back yet ({Problem}). Trying again.")]
    private partial void LogNotReleasedYet(int worker, string problem);

    [LoggerMessage(9, LogLevel.Warning,
        "Worker ID {Worker}: the wall clock was stepped ahead by {Seconds:0.000} s. Look at this host's time synchronisation.")]
    private partial void LogStepped(int worker, double seconds);

    [LoggerMessage(14, LogLevel.Warning,
        "Worker ID {Worker}: the wall clock was set back by {Seconds:0.000} s. IDs go on, with timestamps {LeadSeconds:0.0} s ahead of it, and a second less every 16 seconds. Look at this host's time synchronisation.")]
    private partial void LogSteppedBack(int worker, double seconds, double leadSeconds);

    [LoggerMessage(15, LogLevel.Error,
        "Worker ID {Worker}: the wall clock was set back by {Seconds:0.000} s. IDs wait for it, for {WaitSeconds:0.0} s: their timestamps may be ahead of it by {MostSeconds:0.0} s at most. Look at this host's time synchronisation.")]
    private partial void LogSteppedFarBack(int worker, double seconds, double waitSeconds, double mostSeconds);
}
