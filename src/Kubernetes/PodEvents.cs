using Microsoft.Extensions.Logging;

namespace IdGenerator.Kubernetes;

/// <summary>
/// Puts warnings where <c>kubectl describe pod</c> shows them. A courtesy: it needs the verb create on events, and without
/// it, or without an API server, nothing but a debug log tells of it.
/// </summary>
public sealed partial class PodEvents(
    KubernetesClient client, string podName, string podUid, TimeProvider time, ILogger<PodEvents> logger)
{
    /// <summary>Another process holds the worker ID of this pod.</summary>
    public const string WorkerIdConflict = nameof(WorkerIdConflict);

    private const int LongestMessage = 1_000;

    /// <summary>Enough for one attempt; the process is about to end and should not wait for more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Ends within three seconds, and never with an exception but that of the caller's own cancellation.</summary>
    public async Task WarnAsync(string reason, string message, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            var result = await client.CreateAsync(PodEvent.Resource, Event(reason, message), either.Token);
            if (!result.IsDone) LogNotWritten(result.Message);
        }
        catch (KubernetesApiException e)
        {
            LogNotWritten(e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            LogNotWritten($"no answer within {Patience.TotalSeconds} s");
        }
    }

    private PodEvent Event(string reason, string message) => new()
    {
        Metadata = new() { GenerateName = $"{podName}." },
        InvolvedObject = new("v1", "Pod", client.Namespace, podName, podUid),
        Type = "Warning",
        Reason = reason,
        Message = message.Length > LongestMessage ? message[..LongestMessage] : message,
        Source = new("id-generator"),
        FirstTimestamp = time.GetUtcNow(),
        LastTimestamp = time.GetUtcNow(),
    };

    [LoggerMessage(1, LogLevel.Debug, "The event on this pod was not written: {Problem}.")]
    private partial void LogNotWritten(string problem);
}
