using System.Runtime.Versioning;
using System.Text;

namespace IdGenerator.Leases;

/// <summary>
/// Keeps the processes of a host that follow each other to one record a worker ID, whatever their user, home, environment and
/// working directory: a small file in <c>/var/tmp</c>, which outlives restarts of the host (Filesystem Hierarchy Standard,
/// section 5.15), names the directory with the record.
/// Any user of the host can write there, so the file is trusted to refuse and for nothing else: no directory is ever used
/// because the file names it.
/// Not promised: that the file is there. Containers have a <c>/var/tmp</c> of their own, and so do services of systemd
/// with <c>PrivateTmp</c>.
/// Linux only.
/// </summary>
public static class HostRegistry
{
    private const string Place = "/var/tmp";
    private const int LongestContent = 4_096;

    // The sticky bit of a file tells cleaners of old files to keep it (XDG Base Directory Specification).
    private const UnixFileMode Mode = UnixFileMode.StickyBit
        | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The file that says where the record of a worker ID is.</summary>
    public static string FileOf(string space, int worker) =>
        Path.Combine(Place, $"id-generator.{Layout.Name.Replace('/', '.')}.{space}.worker-{worker}");

    /// <summary>Compares a directory with the one that has the record of this host, or notes that it has.</summary>
    /// <param name="space">The ID space.</param>
    /// <param name="worker">The worker ID, which this process holds by <see cref="HostLock"/>.</param>
    /// <param name="directory">An existing directory: where this process is to have the record.</param>
    public static RegistryAnswer Claim(string space, int worker, string directory)
    {
        if (!OperatingSystem.IsLinux()) return RegistryAnswer.Unchecked("this is not Linux");

        var file = FileOf(space, worker);
        try
        {
            var here = Posix.RealPath(directory);
            if (FileStatus.Of(file) is not { } found) return Write(file, here);
            if (ReadDirectory(file, found) is not { } there) return RegistryAnswer.Refuse(NotANote(file, worker));

            if (there == here) return Keep(file, found, here, worker);
            if (HasNoRecord(there, worker)) return Replace(file, found, there, here, worker);
            return RegistryAnswer.Refuse(
                $"Worker ID {worker} of ID space {space} has its record in {there} (noted in {file} by user {found.Owner}), " +
                $"and the data directory here is {here}: IDs of both can be equal. Set the data directory to {there}, as a user who may " +
                $"write there, or another worker ID; or move {Path.GetFileName(FileLeaseStore.RecordPath(there, worker))} from there to {here}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return RegistryAnswer.Unchecked($"{Place} cannot be used ({e.Message})");
        }
    }

    [SupportedOSPlatform("linux")]
    private static RegistryAnswer Write(string file, string here)
    {
        // Made whole or not at all: a note without its content would refuse every later start.
        if (!DurableFile.TryCreate(file, $"{file}.{Posix.User}.new", Encoding.UTF8.GetBytes($"{here}\n")))
            return RegistryAnswer.Unchecked($"{file} was made by somebody else at this moment");
        File.SetUnixFileMode(file, Mode);
        return RegistryAnswer.Agreed;
    }

    private static RegistryAnswer Keep(string file, FileStatus found, string here, int worker)
    {
        // For cleaners that go by age alone.
        if (found.Owner == Posix.User) File.SetLastWriteTimeUtc(file, DateTime.UtcNow);
        return HasNoRecord(here, worker)
            ? RegistryAnswer.Warn(
                $"Worker ID {worker} had its record in {here} before, and it is not there: if a volume is not mounted, stop this " +
                "process and mount it; if the record was deleted, IDs that were issued shortly before can repeat.")
            : RegistryAnswer.Agreed;
    }

    [SupportedOSPlatform("linux")]
    private static RegistryAnswer Replace(string file, FileStatus found, string there, string here, int worker)
    {
        if (found.Owner != Posix.User)
        {
            return RegistryAnswer.Refuse(
                $"Worker ID {worker} had its record in {there} (noted in {file} by user {found.Owner}), where it is no more. " +
                $"If it was moved to {here}, or all of its IDs are of the past, remove {file}; else set another worker ID.");
        }

        File.Delete(file);
        Write(file, here);
        return RegistryAnswer.Warn(
            $"Worker ID {worker} had its record in {there}, where it is no more. From now on it is in {here}: if it was " +
            "deleted and not moved, IDs that were issued shortly before can repeat.");
    }

    private static bool HasNoRecord(string directory, int worker)
    {
        try
        {
            return FileStatus.Of(FileLeaseStore.RecordPath(directory, worker)) is null;
        }
        catch (IOException)
        {
            // The home of another user, who alone may look into it.
            return false;
        }
    }

    /// <summary>The directory that the file names; null where it is no file of ours, or one that others may not read.</summary>
    private static string? ReadDirectory(string file, FileStatus found)
    {
        try
        {
            if (!found.IsRegular || Posix.TryOpen(file) is not { } handle) return null;
            using var stream = new FileStream(handle, FileAccess.Read);
            // It may have been replaced since it was found to be a regular file.
            if (!found.IsSameFile(FileStatus.Of(handle)) || stream.Length > LongestContent) return null;
            var text = new StreamReader(stream).ReadToEnd().TrimEnd('\n');
            // What others wrote goes to the log and to a terminal.
            return Path.IsPathRooted(text) && !text.Any(char.IsControl) ? text : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string NotANote(string file, int worker) =>
        $"{file} does not name the directory with the record of worker ID {worker}, as this program would have written. " +
        "Find out who made it, and remove it once no other directory of this host has a record of the worker ID that is in use.";
}
