using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;

namespace IdGenerator.Leases;

/// <summary>
/// The record in a file, <c>worker-ID.json</c>, in a directory of a local file system, replaced atomically and synced to disk before a write counts.
/// A lock on a second file, which ends with the process however it ends, turns another process away at once. Who removes that
/// file lets a second process in: the record names the inode that its holder has locked, and each write is a compare-and-swap,
/// so that the two stay apart as the holders of any other store do.
/// Not promised: anything between hosts that share the directory.
/// </summary>
public sealed partial class FileLeaseStore : ILeaseStore, IDisposable
{
    private static readonly TimeSpan EndOfHolder = TimeSpan.FromMilliseconds(200);

    private readonly string _path;
    private readonly string _aside;
    private readonly FileLock _lock;

    private FileLeaseStore(string path, FileLock taken)
    {
        (_path, _lock) = (path, taken);
        // No other process that has the store open holds this lock.
        _aside = $"{path}.{taken.Name}.new";
    }

    public string? Lock => _lock.Name;

    /// <summary>The file of a worker's record in a directory.</summary>
    public static string RecordPath(string directory, int worker) => Path.Combine(directory, $"worker-{worker}.json");

    /// <summary>Opens the store for one worker ID.</summary>
    /// <returns>The store, or the refusal where another process has it open.</returns>
    /// <exception cref="LeaseStoreException">The directory cannot be used.</exception>
    public static (FileLeaseStore? Store, LeaseRefusal? Refusal) Open(string directory, int worker)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var path = RecordPath(directory, worker);
            var lockPath = Path.ChangeExtension(path, ".lock");
            var taken = FileLock.TryTake(lockPath, Holder.Process);
            if (taken is null)
            {
                // The holder may just be ending; one that has just begun has not yet written its name.
                Thread.Sleep(EndOfHolder);
                taken = FileLock.TryTake(lockPath, Holder.Process);
            }

            return taken is null
                ? (null, HeldBy(FileLock.ReadHolder(lockPath) ?? "another process", worker, directory))
                : (new(path, taken), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, e);
        }
    }

    public Task<StoredLease?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            using var file = OpenRecord();
            return Task.FromResult(file is null ? null : Parse(ReadAll(file)).Stored);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(_path, e);
        }
    }

    public Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult(expectedVersion is null ? Create(record) : Replace(record, expectedVersion));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e.HResult == Posix.WouldBlock ? "another process is writing it." : e.Message;
            throw new LeaseStoreException($"{_path} cannot be written: {why}", e);
        }
    }

    public void Dispose() => _lock.Dispose();

    private StoredLease? Create(LeaseRecord record)
    {
        var bytes = Serialize(new(1, record));
        return DurableFile.TryCreate(_path, _aside, bytes) ? new(record, Version(bytes)) : null;
    }

    private StoredLease? Replace(LeaseRecord record, string expectedVersion)
    {
        using var file = OpenRecord();
        if (file is null) return null;

        // Of those that write at once one has the lock on the file that has the name. The others fail, or find that the name
        // has gone to another file. Nobody waits: the one with the lock may be stopped.
        Posix.LockExclusively(file);
        try
        {
            var bytes = ReadAll(file);
            if (Version(bytes) != expectedVersion || !HasItsName(file)) return null;

            var replacement = Serialize(new(Parse(bytes).Revision + 1, record));
            DurableFile.Replace(_path, _aside, replacement);
            return new(record, Version(replacement));
        }
        finally
        {
            // Closing the file is not enough: a program that is being started has a copy of it, and so its lock, for a moment.
            Posix.Unlock(file);
        }
    }

    private SafeFileHandle? OpenRecord() => OperatingSystem.IsLinux() && FileStatus.Of(_path) is { IsRegular: false }
        ? throw new LeaseStoreException(
            $"{_path} is a symbolic link, a pipe or the like, and no file that can be replaced: put the record itself there.")
        { IsFinal = true }
        : Posix.TryOpen(_path);

    private bool HasItsName(SafeFileHandle file) =>
        !OperatingSystem.IsLinux() || FileStatus.Of(file).IsSameFile(FileStatus.Of(_path));

    private static byte[] ReadAll(SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        return bytes[..RandomAccess.Read(file, bytes, fileOffset: 0)];
    }

    private (long Revision, StoredLease Stored) Parse(byte[] bytes)
    {
        try
        {
            var file = JsonSerializer.Deserialize(bytes, Json.Default.LeaseFile);
            return file is null ? throw Torn(_path) : (file.Revision, new(file.Record, Version(bytes)));
        }
        catch (JsonException e)
        {
            throw Torn(_path, e);
        }
    }

    private static byte[] Serialize(LeaseFile file) => JsonSerializer.SerializeToUtf8Bytes(file, Json.Default.LeaseFile);

    /// <summary>Says what the file holds: a record that was removed, or put back from a copy, has another version.</summary>
    private static string Version(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private static LeaseRefusal HeldBy(string holder, int worker, string directory) => new(
        RefusalReason.Conflict,
        $"Worker ID {worker} is held by {holder} (directory {directory}). Stop that process, or give this one another worker ID.");

    private static LeaseStoreException Unusable(string path, Exception e) =>
        new($"{path} cannot be used: {e.Message} Set the data directory to one that this process may write.", e) { IsFinal = true };

    private static LeaseStoreException Torn(string path, Exception? e = null) =>
        new($"{path} is not a lease record (a torn or edited file). Nothing else says which timestamps are used: restore " +
            "it, or delete it once the wall clock is past everything that this worker can have issued.", e)
        { IsFinal = true };

    /// <param name="Revision">Counts the writes, for people.</param>
    /// <param name="Record">The record.</param>
    internal sealed record LeaseFile(long Revision, LeaseRecord Record);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(LeaseFile))]
    internal sealed partial class Json : JsonSerializerContext;
}
