using System.Text;

namespace IdGenerator.Leases;

/// <summary>
/// An exclusive lock on a file, held until it is disposed of or the process ends, however it ends.
/// It is flock(2), taken by hand on top of <see cref="FileShare.None"/>, which takes it too but goes on where a file system
/// has no locks.
/// Not promised: that nobody else holds a lock of the same path. A file that was removed and made again is another lock, and
/// has another <see cref="Name"/>.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file)
    {
        _file = file;
        if (!OperatingSystem.IsLinux()) return;
        var status = FileStatus.Of(file.SafeFileHandle);
        Name = $"flock-{status.Device}-{status.Inode}";
    }

    /// <summary>
    /// Names the locked file by its inode, which no other file can have as long as this one is open. Null where the operating
    /// system is not Linux.
    /// </summary>
    public string? Name { get; }

    /// <summary>Takes the lock, and writes into the file who has it.</summary>
    /// <returns>The lock; null where another process has it.</returns>
    public static FileLock? TryTake(string path, string holder)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            Posix.LockExclusively(file.SafeFileHandle);
        }
        catch (IOException e) when (e.HResult == Posix.WouldBlock)
        {
            file?.Dispose();
            return null;
        }

        WriteHolder(file, holder);
        return new(file);
    }

    /// <summary>Who wrote last that it has the lock; null where nobody did.</summary>
    public static string? ReadHolder(string path)
    {
        try
        {
            using var file = Posix.TryOpen(path);
            return file is null ? null : new StreamReader(new FileStream(file, FileAccess.Read)).ReadLine();
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();

    private static void WriteHolder(FileStream file, string holder)
    {
        try
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes($"{holder}\n"));
        }
        catch (IOException)
        {
            // A full disk. The name is for people; the lock holds without it.
        }
    }
}
