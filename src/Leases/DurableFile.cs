namespace IdGenerator.Leases;

/// <summary>
/// Writes of which, after a crash or a power cut, either nothing is there or all of it, and all of it once they have returned:
/// write aside, sync, give the file its name, sync the directory.
/// </summary>
internal static class DurableFile
{
    /// <summary>Replaces a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="aside">A name in the same directory that nobody else uses meanwhile.</param>
    /// <param name="bytes">What it holds from now on.</param>
    public static void Replace(string path, string aside, ReadOnlySpan<byte> bytes)
    {
        Write(aside, bytes);
        File.Move(aside, path, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a file that does not exist.</summary>
    /// <returns>False where it exists.</returns>
    /// <inheritdoc cref="Replace"/>
    public static bool TryCreate(string path, string aside, ReadOnlySpan<byte> bytes)
    {
        Write(aside, bytes);
        var isNew = Posix.TryLink(aside, path);
        File.Delete(aside);
        if (isNew) Posix.SyncDirectory(Path.GetDirectoryName(path)!);
        return isNew;
    }

    private static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        // What a crash has left may be a second name of the file itself: it must not be written to.
        File.Delete(path);
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, bytes, fileOffset: 0);
        RandomAccess.FlushToDisk(file);
    }
}
