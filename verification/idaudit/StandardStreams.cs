using System.Text;
using IdGenerator.Idaudit.Reading;
using Microsoft.Win32.SafeHandles;

namespace IdGenerator.Idaudit;

/// <summary>Standard input, output and error: that one of them is closed, or nobody reads it, is an error like any other.</summary>
internal static class StandardStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;
    private const int CloseOnExec = 0x80000;

    /// <summary>Why the streams cannot be used for what is asked; null where they can.</summary>
    public static string? FindProblem(IEnumerable<string> streams)
    {
        if (WasClosed(Output)) return "standard output is closed, so there is no place for the report";
        if (!streams.Contains(StreamReading.StandardInput)) return null;
        if (WasClosed(Input)) return "standard input is closed: name files, or pipe IDs in (see --help)";
        return Console.IsInputRedirected ? null : "standard input is a terminal: name files, or pipe IDs in (see --help)";
    }

    /// <exception cref="IOException">It is full, or nobody reads it any more.</exception>
    /// <exception cref="UnauthorizedAccessException">It was opened for reading only.</exception>
    public static void Write(string text)
    {
        // A stream of the console takes a broken pipe for success. A file stream does not, but leaves the position of a file
        // where it was, for the next program that writes to it.
        using var file = new FileStream(new SafeFileHandle(Output, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        using var output = file.CanSeek ? Console.OpenStandardOutput() : file;
        output.Write(Encoding.UTF8.GetBytes(text));
    }

    public static void WriteError(string line)
    {
        if (!WasClosed(Error)) Console.Error.WriteLine(line);
    }

    /// <summary>
    /// Where the descriptor was closed when the program began, something that the runtime has opened for itself has its number
    /// by now. It is closed on exec, as no descriptor is that came through one.
    /// </summary>
    private static bool WasClosed(int descriptor)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var info = $"/proc/self/fdinfo/{descriptor}";
        if (!File.Exists(info)) return Directory.Exists("/proc/self/fdinfo");
        var flags = File.ReadLines(info).First(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & CloseOnExec) != 0;
    }
}
