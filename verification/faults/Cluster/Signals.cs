using System.Runtime.InteropServices;

namespace IdGenerator.Faults;

internal enum Signal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static partial class Signals
{
    /// <returns>False where the process has ended.</returns>
    public static bool Send(int process, Signal signal) => kill(process, (int)signal) == 0;

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
