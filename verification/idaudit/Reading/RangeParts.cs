using System.Text.Json;
using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reading;

/// <summary>One <c>{"first":"…","count":…}</c> in the making.</summary>
internal struct RangeParts
{
    private enum Part
    {
        Other,
        First,
        Count,
    }

    private Part _part;
    private long? _first;
    private long? _count;

    public void Enter(ref Utf8JsonReader name) => _part =
        name.ValueTextEquals("first"u8) ? Part.First
        : name.ValueTextEquals("count"u8) ? Part.Count
        : Part.Other;

    public void Take(ref Utf8JsonReader value)
    {
        if (_part == Part.Other) return;
        if (!Digits.TryParse(value.ValueSpan, out var number)) throw Malformed("first and count must be whole numbers");
        if (_part == Part.First) _first = number;
        else _count = number;
    }

    public readonly void AddTo(Audit audit)
    {
        if (_first is not { } first || _count is not { } count || count < 1)
        {
            throw Malformed("a range needs first, and a count of at least 1");
        }

        if (first > long.MaxValue - (count - 1)) throw Malformed("a range goes past 63 bits");
        for (var index = 0L; index < count; index++) audit.Add(first + index);
    }

    private static UnreadableException Malformed(string reason) => new(reason, isCut: false);
}
