using System.Text.Json.Nodes;

namespace IdGenerator.Faults;

/// <summary>The store that workers share, the ways to it, and what somebody may do to it by hand.</summary>
internal abstract class SharedStore : IAsyncDisposable
{
    /// <summary>Trouble for all; null for none.</summary>
    public ApiTrouble? Trouble { get; set; }

    /// <summary>Starts it, and the ways to it.</summary>
    public abstract Task StartAsync(IReadOnlyList<Worker> workers);

    /// <summary>What a process in a place needs to know to reach it.</summary>
    public abstract IEnumerable<(string, string)> Variables(Worker worker, Place place);

    public abstract ApiTrouble CutOff(Place place);

    public abstract void Reconnect(Place place);

    /// <summary>An outage begins: it is killed, or does not answer any more.</summary>
    public abstract void Fail();

    /// <summary>And ends.</summary>
    public abstract Task RecoverAsync();

    /// <summary>The lease of a worker, whole; null where there is none.</summary>
    public abstract Task<JsonNode?> GetAsync(Worker worker);

    public abstract Task<bool> DeleteAsync(Worker worker);

    /// <summary>Writes <paramref name="lease"/> over whatever is there.</summary>
    public abstract Task<bool> RestoreAsync(Worker worker, JsonNode lease);

    public abstract long ReservedUntil(JsonNode lease);

    /// <summary>Who has it, and since which take.</summary>
    public abstract string HolderOf(JsonNode lease);

    public abstract ValueTask DisposeAsync();
}
