using System.Globalization;
using System.Text.Json.Nodes;

namespace IdGenerator.Faults;

/// <summary>A lease record as it was written, by whichever process, to whichever store. Timestamps are those of IDs.</summary>
/// <param name="Worker">The worker ID.</param>
/// <param name="Term">Who has it, and since which take; null in a record that nobody holds.</param>
/// <param name="ReservedUntil">The end of the reservation.</param>
/// <param name="Monotonic">The reading of the monotonic clock in the mark, in milliseconds; null without a mark.</param>
/// <param name="Ceiling">What the mark says that the holder cannot have passed then.</param>
internal sealed record LeaseWrite(int Worker, string? Term, long ReservedUntil, long? Monotonic, long? Ceiling)
{
    /// <summary>A <c>coordination.k8s.io/v1</c> Lease; null where it is no record of a worker.</summary>
    public static LeaseWrite? OfLease(JsonNode? lease)
    {
        var name = (string?)lease?["metadata"]?["name"];
        if (lease?["metadata"]?["annotations"] is not { } annotations || name is null) return null;
        var holder = Text("holder-uid");
        return new(
            int.Parse(name[(name.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture),
            holder is null ? null : $"{holder}, generation {Text("generation")}",
            Number("reserved-until")!.Value, Number("boot-monotonic"), Number("boot-ceiling"));

        string? Text(string annotation) => (string?)annotations[$"id-generator/{annotation}"];
        long? Number(string annotation) => Text(annotation) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The file of a file store; null where it is torn.</summary>
    public static LeaseWrite? OfFile(int worker, string text)
    {
        try
        {
            return OfRecord(worker, JsonNode.Parse(text)!["record"]);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>A record in JSON; null where it is none.</summary>
    public static LeaseWrite? OfRecord(int worker, JsonNode? record)
    {
        try
        {
            var holder = (string?)record!["holder"]?["uid"];
            return new(
                worker, holder is null ? null : $"{holder}, generation {record["generation"]}", (long)record["reservedUntil"]!,
                (long?)record["boot"]?["monotonic"], (long?)record["boot"]?["ceiling"]);
        }
        catch (NullReferenceException)
        {
            return null;
        }
    }
}
