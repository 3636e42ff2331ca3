namespace IdGenerator.Leases;

internal static class DurableFile
{
    /// <summary>
    /// Replaces a file so that after a crash or a power cut it holds either the old bytes or the new, and the new once this
    /// has returned: write aside, sync, rename(2), sync the directory.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var aside = path + ".new";
        using (var file = File.OpenHandle(aside, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, bytes, fileOffset: 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(aside, path, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
