namespace IdGenerator.Leases;

/// <summary>
/// An exclusive lock on a file, held until it is disposed of or the process ends, however it ends.
/// It is flock(2), taken by hand on top of <see cref="FileShare.None"/>, which takes it too but goes on where a file system
/// has no locks.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <returns>The lock; null where another process has it.</returns>
    public static FileLock? TryTake(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Posix.LockExclusively(file.SafeFileHandle);
            return new(file);
        }
        catch (IOException e) when (e.HResult == Posix.WouldBlock)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
