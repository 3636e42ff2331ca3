using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace IdGenerator;

/// <summary>
/// An ID, and what it says of itself. Any value from 0 to <see cref="long.MaxValue"/> is one.
/// <para>
/// As text it is its decimal digits, and nothing else: <c>378474631373258752</c>. As JSON it is a string of them, because JavaScript
/// rounds numbers above 2⁵³.
/// </para>
/// </summary>
[JsonConverter(typeof(SnowflakeIdJsonConverter))]
public readonly record struct SnowflakeId(long Value) : ISpanParsable<SnowflakeId>, ISpanFormattable, IComparable<SnowflakeId>
{
    /// <summary>Milliseconds since <see cref="Layout.Epoch"/>.</summary>
    public long Timestamp => Value >> (Layout.WorkerBits + Layout.SequenceBits);

    public int Worker => (int)(Value >> Layout.SequenceBits) & Layout.MaxWorker;

    public int Sequence => (int)Value & Layout.MaxSequence;

    public DateTimeOffset CreatedAt => Layout.Epoch.AddMilliseconds(Timestamp);

    public static bool operator <(SnowflakeId left, SnowflakeId right) => left.Value < right.Value;

    public static bool operator >(SnowflakeId left, SnowflakeId right) => left.Value > right.Value;

    public static bool operator <=(SnowflakeId left, SnowflakeId right) => left.Value <= right.Value;

    public static bool operator >=(SnowflakeId left, SnowflakeId right) => left.Value >= right.Value;

    /// <summary>The ID that <paramref name="worker"/> makes of <paramref name="slot"/>.</summary>
    public static long Compose(long slot, int worker) =>
        (slot & ~(long)Layout.MaxSequence) << Layout.WorkerBits
        | (long)worker << Layout.SequenceBits
        | slot & Layout.MaxSequence;

    /// <exception cref="FormatException">It is not all digits, or more than <see cref="long.MaxValue"/>.</exception>
    public static SnowflakeId Parse(string s) => Parse(s.AsSpan(), null);

    /// <inheritdoc cref="Parse(string)"/>
    public static SnowflakeId Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string)"/>
    public static SnowflakeId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An ID is decimal digits, 0 to 9223372036854775807.");

    public static bool TryParse([NotNullWhen(true)] string? s, out SnowflakeId result) => TryParse(s.AsSpan(), null, out result);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out SnowflakeId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>Digits alone: no sign, no spaces, whatever the culture. So no two texts but for leading zeros are the same ID.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out SnowflakeId result)
    {
        var parsed = long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        result = new(value);
        return parsed;
    }

    public int CompareTo(SnowflakeId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(destination, out charsWritten, default, CultureInfo.InvariantCulture);
}
