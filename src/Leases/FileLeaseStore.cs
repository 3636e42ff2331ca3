using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdGenerator.Leases;

/// <summary>
/// One file a worker in a directory of a local file system, replaced atomically and synced to disk before a write counts.
/// An OS lock, which ends with the process however it ends, turns a second process of the host away at once.
/// Not promised: anything between hosts that share the directory.
/// </summary>
public sealed partial class FileLeaseStore : ILeaseStore, IDisposable
{
    private readonly string _path;
    private readonly FileLock _lock;

    private FileLeaseStore(string path, FileLock taken) => (_path, _lock) = (path, taken);

    public string? Lock => _path;

    /// <summary>Opens the store for one worker ID.</summary>
    /// <returns>The store, or the refusal where another process has it open.</returns>
    /// <exception cref="LeaseStoreException">The directory cannot be used.</exception>
    public static (FileLeaseStore? Store, LeaseRefusal? Refusal) Open(string directory, int worker)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var path = Path.Combine(directory, $"worker-{worker}.json");
            return FileLock.TryTake(Path.ChangeExtension(path, ".lock")) is { } taken
                ? (new(path, taken), null)
                : (null, HeldBy(Read(path)?.Record.Holder?.Name ?? "another process of this host", worker, directory));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(directory, e);
        }
    }

    public Task<StoredLease?> ReadAsync(int worker, CancellationToken cancellation) => Task.FromResult(Read(_path));

    public Task<StoredLease?> WriteAsync(
        int worker, LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        if (Read(_path)?.Version != expectedVersion) return Task.FromResult<StoredLease?>(null);

        var revision = expectedVersion is null ? 1 : long.Parse(expectedVersion, CultureInfo.InvariantCulture) + 1;
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(new(revision, record), Json.Default.LeaseFile);
            DurableFile.Replace(_path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LeaseStoreException($"{_path} cannot be written: {e.Message}", e);
        }

        return Task.FromResult<StoredLease?>(new(record, Version(revision)));
    }

    public void Dispose() => _lock.Dispose();

    private static StoredLease? Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), Json.Default.LeaseFile);
            return file is null ? throw Torn(path) : new(file.Record, Version(file.Revision));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw Torn(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e);
        }
    }

    private static LeaseRefusal HeldBy(string holder, int worker, string directory) => new(
        RefusalReason.Conflict,
        $"Worker ID {worker} is held by {holder} (directory {directory}). " +
        "Stop that process, or set another WORKER_ID or DATA_DIR.");

    private static string Version(long revision) => revision.ToString(CultureInfo.InvariantCulture);

    private static LeaseStoreException Unusable(string path, Exception e) =>
        new($"{path} cannot be used: {e.Message} Set DATA_DIR to a directory that this process may write.", e) { IsFinal = true };

    private static LeaseStoreException Torn(string path, Exception? e = null) =>
        new($"{path} is not a lease record (a torn or edited file). Nothing else says which timestamps are used: restore " +
            "it, or delete it once the wall clock is past everything that this worker can have issued.", e) { IsFinal = true };

    internal sealed record LeaseFile(long Revision, LeaseRecord Record);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(LeaseFile))]
    internal sealed partial class Json : JsonSerializerContext;
}
