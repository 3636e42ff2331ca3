using System.Globalization;
using System.Text;

namespace IdGenerator.Leases;

/// <summary>
/// An exclusive lock on a file, held by the process until it disposes of it or ends, and the process ID of its owner.
/// It is flock(2), taken by hand: <see cref="FileShare.None"/> takes it too, but goes on where a file system has no locks.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <returns>The lock; null where another process has it.</returns>
    public static FileLock? TryTake(string path, out string owner)
    {
        owner = "";
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            Posix.LockExclusively(file.SafeFileHandle);
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return new(file);
        }
        catch (IOException e) when (e.HResult == Posix.WouldBlock)
        {
            owner = ReadOwner(file!);
            file!.Dispose();
            return null;
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static string ReadOwner(FileStream file)
    {
        using var reader = new StreamReader(file, Encoding.ASCII, leaveOpen: true);
        return reader.ReadToEnd() is { Length: > 0 } owner ? owner : "(starting)";
    }
}
