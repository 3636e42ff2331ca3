using System.Text.Json;
using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reading;

/// <summary>
/// Any number of JSON values, one behind the other: <c>{"ids":["…"]}</c>, <c>{"id":"…"}</c>,
/// <c>{"ranges":[{"first":"…","count":1}]}</c> and <c>"…"</c> by itself (NDJSON), or arrays of these. IDs may be strings or
/// whole numbers; other properties are passed over. Strict JSON, read piece by piece: memory does not grow with the body.
/// </summary>
internal sealed class JsonIds(Audit audit)
{
    private enum Place
    {
        Elsewhere,
        Id,
        Ids,
        Ranges,
    }

    private JsonReaderState _state = new(new JsonReaderOptions { AllowMultipleValues = true });
    private Place _place;
    private bool _hasIds;

    // Of the values that hold IDs: 1 within an array of them.
    private int _outermost;
    private RangeParts _range;

    /// <exception cref="UnreadableException">No JSON, JSON without IDs, or the body ends within a value.</exception>
    public void Read(ByteWindow window)
    {
        bool isOpen;
        do
        {
            // Never the final block: so an early end is told apart from what is no JSON at all.
            var reader = new Utf8JsonReader(window.Bytes, isFinalBlock: false, _state);
            try
            {
                while (reader.Read()) Take(ref reader);
            }
            catch (JsonException failure)
            {
                throw Malformed(failure.Message);
            }

            _state = reader.CurrentState;
            isOpen = reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            window.Skip((int)reader.BytesConsumed);
        }
        while (window.Grow());

        if (isOpen || window.Bytes.ContainsAnyExcept(" \t\r\n"u8))
        {
            throw new UnreadableException("the JSON ends within a value", isCut: true);
        }
    }

    private void Take(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth - _outermost;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray when reader.CurrentDepth == 0:
                _outermost = 1;
                break;
            case JsonTokenType.EndArray when reader.CurrentDepth == 0:
                _outermost = 0;
                break;
            case JsonTokenType.StartObject when depth == 0:
                _hasIds = false;
                break;
            case JsonTokenType.EndObject when depth == 0:
                if (!_hasIds) throw Malformed("a JSON object has neither id, ids nor ranges");
                break;
            case JsonTokenType.StartObject when depth == 2 && _place == Place.Ranges:
                _range = default;
                break;
            case JsonTokenType.EndObject when depth == 2 && _place == Place.Ranges:
                _range.AddTo(audit);
                break;
            case JsonTokenType.PropertyName when depth == 1:
                _place = PlaceOf(ref reader);
                _hasIds |= _place != Place.Elsewhere;
                break;
            case JsonTokenType.PropertyName when depth == 3 && _place == Place.Ranges:
                _range.Enter(ref reader);
                break;
            case JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.EndObject:
                break;
            case JsonTokenType.StartArray when depth == 1 && _place is Place.Ids or Place.Ranges:
                break;
            default:
                TakeValue(ref reader, depth);
                break;
        }
    }

    private void TakeValue(ref Utf8JsonReader reader, int depth)
    {
        if (depth == 3 && _place == Place.Ranges)
        {
            _range.Take(ref reader);
        }
        else if (depth == 0 || (depth, _place) is (1, Place.Id) or (2, Place.Ids))
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) throw Misplaced(ref reader);
            if (Digits.TryParse(reader.ValueSpan, out var id)) audit.Add(id);
            else audit.Reject(reader.ValueSpan);
        }
        else if (_place != Place.Elsewhere && depth <= 2)
        {
            throw Misplaced(ref reader);
        }
    }

    private static Place PlaceOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("ids"u8) ? Place.Ids
        : reader.ValueTextEquals("id"u8) ? Place.Id
        : reader.ValueTextEquals("ranges"u8) ? Place.Ranges
        : Place.Elsewhere;

    private static UnreadableException Misplaced(ref Utf8JsonReader reader) =>
        Malformed($"a {reader.TokenType} where an ID was expected");

    private static UnreadableException Malformed(string reason) => new(reason, isCut: false);
}
