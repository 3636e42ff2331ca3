using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdGenerator.Membership;

/// <summary>A silo in the membership object, in compact JSON of about 250 bytes. All times are UTC.</summary>
public sealed record MembershipRow
{
    /// <summary>As Orleans parses it: <c>10.0.0.7:11111@154321</c>. Identifies the silo.</summary>
    [JsonRequired]
    public string Address { get; init; } = "";

    /// <summary>The version of the membership that wrote this row: its e-tag, as versions only rise.</summary>
    public int Version { get; init; }

    /// <summary>
    /// The generation of the lease under which the silo holds its worker ID. Of two rows of one worker the lower one is of a former
    /// holder. 0 for a silo whose lease is in another store, or of a release that did not say: the lease decides nothing about that one.
    /// </summary>
    public long Term { get; init; }

    /// <summary>Of Orleans' silo statuses, by name.</summary>
    [JsonRequired]
    public string Status { get; init; } = "";

    public string Name { get; init; } = "";

    public string Host { get; init; } = "";

    public string? Role { get; init; }

    /// <summary>The port for clients; 0 for none.</summary>
    public int ProxyPort { get; init; }

    public int UpdateZone { get; init; }

    public int FaultZone { get; init; }

    public DateTime Start { get; init; }

    public IReadOnlyList<Suspicion>? Suspects { get; init; }

    /// <summary>
    /// When the silo last said here that it is alive: with each change of its status. Under a key of its own, so that saying it neither
    /// contends with changes of rows nor brings back a row that was removed.
    /// </summary>
    [JsonIgnore]
    public DateTime Alive { get; init; }

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MembershipJson.Default.MembershipRow);

    /// <returns>Null for what is no row, or one that Orleans cannot read.</returns>
    public static MembershipRow? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MembershipJson.Default.MembershipRow) is { } row
                && Enum.TryParse<SiloStatus>(row.Status, out _)
                && SiloAddress.FromParsableString(row.Address).ToParsableString() == row.Address
                ? row
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or ArgumentException or NullReferenceException)
        {
            return null;
        }
    }
}

/// <summary>A silo that takes another for dead, and since when.</summary>
public sealed record Suspicion(string By, DateTime At);
