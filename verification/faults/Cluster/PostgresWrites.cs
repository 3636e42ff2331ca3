using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IdGenerator.Faults;

/// <summary>
/// Shows the leases that are written over one connection to the invariants: on the way back, before their holder learns of it. A statement and its
/// parameters come in one piece, and so does its answer (postgresql.org/docs/current/protocol-flow.html, "Extended Query").
/// </summary>
internal sealed class PostgresWrites(Invariants invariants)
{
    private (LeaseWrite Write, long Issued)? _asked;

    public void Asked(byte[] bytes)
    {
        _asked = null;
        var text = Encoding.Latin1.GetString(bytes);
        var isWrite = text.Contains("UPDATE id_generator_lease SET version", StringComparison.Ordinal)
            || text.Contains("INSERT INTO id_generator_lease", StringComparison.Ordinal);
        var start = text.IndexOf("{\"holder\":", StringComparison.Ordinal);
        if (!isWrite || start < 0) return;
        // The second parameter, the worker, is a number of four bytes behind its length, before the record and its length.
        var worker = (bytes[start - 6] << 8) | bytes[start - 5];
        var reader = new Utf8JsonReader(bytes.AsSpan(start), isFinalBlock: false, default);
        var record = JsonNode.Parse(ref reader);
        if (LeaseWrite.OfRecord(worker, record) is { } write) _asked = (write, invariants.IssuedBy(worker));
    }

    public void Answered(byte[] bytes)
    {
        if (_asked is not { } asked) return;
        var text = Encoding.Latin1.GetString(bytes);
        if (!text.Contains("UPDATE 1\0", StringComparison.Ordinal) && !text.Contains("INSERT 0 1\0", StringComparison.Ordinal)) return;
        _asked = null;
        invariants.OnWritten(asked.Write, asked.Issued, isBeforeUse: true);
    }
}
