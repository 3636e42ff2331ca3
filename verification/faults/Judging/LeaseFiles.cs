namespace IdGenerator.Faults;

/// <summary>Shows the records that a file store writes to the <see cref="Invariants"/>, as they come.</summary>
internal sealed class LeaseFiles : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];

    public LeaseFiles(IEnumerable<Worker> workers, Invariants invariants)
    {
        foreach (var worker in workers)
        {
            if (worker.Disk is not { } disk) continue;
            var watcher = new FileSystemWatcher(disk.Path, Path.GetFileName(disk.LeaseFile)) { NotifyFilter = NotifyFilters.FileName };
            // Files are replaced by renaming others over them.
            watcher.Renamed += (_, _) => See(worker.Number, disk.LeaseFile, invariants);
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
    }

    /// <summary>What was issued is read first: the record in the file may be a later one, which bounds it all the more.</summary>
    private static void See(int worker, string file, Invariants invariants)
    {
        var issued = invariants.IssuedBy(worker);
        try
        {
            if (LeaseWrite.OfFile(worker, File.ReadAllText(file)) is { } write) invariants.OnWritten(write, issued, isBeforeUse: false);
        }
        catch (IOException)
        {
            // Between two replacements.
        }
    }
}
