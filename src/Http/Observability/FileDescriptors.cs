using System.Globalization;
using System.IO.Enumeration;

namespace IdGenerator.Http.Observability;

/// <summary>The file descriptors of the process (proc(5)).</summary>
internal static class FileDescriptors
{
    private const string Open = "/proc/self/fd";
    private const string Limits = "/proc/self/limits";

    public static bool AreKnown => Directory.Exists(Open);

    // A thousand connections are a thousand names: none of them becomes a string.
    public static int Count() => new FileSystemEnumerable<bool>(Open, static (ref FileSystemEntry _) => true).Count();

    /// <summary>How many may be open, RLIMIT_NOFILE.</summary>
    // "Max open files  <soft limit>  <hard limit>  files"
    public static long Limit() => !File.Exists(Limits) ? int.MaxValue : File.ReadLines(Limits)
        .Where(line => line.StartsWith("Max open files", StringComparison.Ordinal))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])
        .Select(soft => long.TryParse(soft, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue)
        .First();
}
