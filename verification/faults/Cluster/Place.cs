using IdGenerator.Testing;

namespace IdGenerator.Faults;

/// <summary>
/// Where a pod runs: a network namespace with an address, a wall clock, a memory limit and a way of its own to the API
/// server. A worker has two, so that two pods of it can run at once; in one place they follow each other.
/// </summary>
internal sealed class Place
{
    private long _issuedAt;

    public Place(int worker, char letter, int number, string directory)
    {
        Worker = worker;
        Name = $"w{worker}{letter}";
        ProxyPort = 9000 + number;
        Address = Network.Add(Name, number);
        Clock = new(Path.Combine(directory, $"{Name}.clock"));
        Memory = MemoryLimit.Create(Name);
        Url = new($"http://{Address}:{Settings.Port}/");
    }

    /// <summary>The worker ID of the pods here.</summary>
    public int Worker { get; }

    public string Name { get; }

    public string Address { get; }

    public Uri Url { get; }

    public int ProxyPort { get; }

    public FakeClock Clock { get; }

    public MemoryLimit? Memory { get; }

    /// <summary>A pod is here: it is worth a client's while to ask.</summary>
    public bool IsOccupied { get; set; }

    /// <summary>When the latest of the requests that were answered with IDs had begun, as a timestamp.</summary>
    public long IssuedAt => Interlocked.Read(ref _issuedAt);

    public void HasIssued(long began)
    {
        var seen = IssuedAt;
        while (seen < began)
        {
            var before = Interlocked.CompareExchange(ref _issuedAt, began, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
