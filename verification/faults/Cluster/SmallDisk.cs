namespace IdGenerator.Faults;

/// <summary>A file system of its own for a file store, small enough to be filled.</summary>
internal sealed class SmallDisk
{
    private readonly string _filler;

    public SmallDisk(string path, int worker)
    {
        (Path, _filler) = (path, System.IO.Path.Combine(path, "filler"));
        Directory.CreateDirectory(path);
        Shell.Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path);
        LeaseFile = System.IO.Path.Combine(path, $"worker-{worker}.json");
    }

    public string Path { get; }

    public string LeaseFile { get; }

    public void Fill()
    {
        try
        {
            using var file = new FileStream(_filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(_filler);
}
