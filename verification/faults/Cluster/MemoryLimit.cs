using System.Globalization;

namespace IdGenerator.Faults;

/// <summary>A control group of one place, of version 1 or 2, with a memory limit that can be changed while processes run.</summary>
internal sealed class MemoryLimit
{
    private readonly string _directory;
    private readonly bool _isVersion2;

    private MemoryLimit(string directory)
    {
        _directory = directory;
        System.IO.Directory.CreateDirectory(directory);
        _isVersion2 = File.Exists(Path.Combine(directory, "memory.max"));
    }

    /// <returns>Null where this process may not make control groups; <c>run.sh</c> has found out.</returns>
    public static MemoryLimit? Create(string place) =>
        Environment.GetEnvironmentVariable("FAULTS_CGROUP") is { Length: > 0 } parent ? new(Path.Combine(parent, place)) : null;

    /// <summary>A process that writes 0 here joins.</summary>
    public string Members => Path.Combine(_directory, "cgroup.procs");

    /// <summary>How often the limit was met.</summary>
    public long Hits => _isVersion2
        ? Lines("memory.events").Where(line => line[0] is "max" or "oom_kill").Sum(line => Parse(line[1]))
        : Parse(Lines("memory.failcnt")[0][0]) + Parse(Lines("memory.oom_control").First(line => line[0] == "oom_kill")[1]);

    /// <summary>No more than is used at this moment.</summary>
    public void Tighten()
    {
        var used = Parse(Lines(_isVersion2 ? "memory.current" : "memory.usage_in_bytes")[0][0]);
        // Version 1 refuses what it cannot reclaim at once.
        for (var limit = used; ; limit += 1 << 20)
        {
            if (TryWrite(limit.ToString(CultureInfo.InvariantCulture))) return;
            if (limit > 2 * used) throw new HarnessException($"{_directory}: no memory limit could be set");
        }
    }

    public void Lift() => TryWrite(_isVersion2 ? "max" : "-1");

    private bool TryWrite(string limit)
    {
        try
        {
            File.WriteAllText(Path.Combine(_directory, _isVersion2 ? "memory.max" : "memory.limit_in_bytes"), limit);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private List<string[]> Lines(string file) =>
        [.. File.ReadLines(Path.Combine(_directory, file)).Select(line => line.Split(' '))];

    private static long Parse(string number) => long.Parse(number, CultureInfo.InvariantCulture);
}
