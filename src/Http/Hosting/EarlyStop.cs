using System.Runtime.InteropServices;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// Heeds a signal to stop before there is a host that does: while a process looks for a worker ID, and from then on until the host starts. The
/// signal would end it at once otherwise, and the worker ID that it has claimed would be nobody's for the time of a reservation.
/// </summary>
internal static class EarlyStop
{
    private static readonly CancellationTokenSource Asked = new();

    // For as long as the process lives: a host has handlers of its own, and each of them hears of a signal.
    private static PosixSignalRegistration[] _handlers = [];

    /// <summary>Cancelled by a signal that came since <see cref="Listen"/>.</summary>
    public static CancellationToken Token => Asked.Token;

    public static void Listen() => _handlers =
        [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Hear), PosixSignalRegistration.Create(PosixSignal.SIGINT, Hear)];

    private static void Hear(PosixSignalContext context)
    {
        context.Cancel = true;
        Asked.Cancel();
    }
}
