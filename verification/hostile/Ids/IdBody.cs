using System.Buffers.Binary;
using System.Text;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Ids;

/// <summary>Reads a body of IDs as it comes: every byte of it is where the contract has it, and each ID is above the last.</summary>
internal abstract class IdBody
{
    private readonly List<IdRun> _runs = [];
    private long _last;

    public long Count { get; private set; }

    public IReadOnlyList<IdRun> Runs => _runs;

    public static IdBody Single() => new DigitsBody("{\"id\":\"", "", "\"}");

    public static IdBody Of(string mediaType) => mediaType switch
    {
        "application/json" => new DigitsBody("{\"ids\":[\"", "\",\"", "\"]}"),
        "text/plain" => new DigitsBody("", "\n", "\n"),
        "application/x-ndjson" => new DigitsBody("\"", "\"\n\"", "\"\n"),
        "application/octet-stream" => new BinaryBody(),
        "application/vnd.id-ranges+json" => new RangesBody(),
        _ => throw new BrokenAnswerException($"IDs as {mediaType}"),
    };

    public abstract void Take(ReadOnlySpan<byte> bytes);

    /// <summary>The body has come to its end: so must what is in it.</summary>
    public abstract void Finish();

    protected void Add(long first, long count)
    {
        if (first <= _last) throw new BrokenAnswerException($"ID {first} after {_last}");
        if (count < 1) throw new BrokenAnswerException($"a range of {count} IDs");
        if (_runs.Count > 0 && _runs[^1].End == first) _runs[^1] = new(_runs[^1].First, _runs[^1].Count + count);
        else _runs.Add(new(first, count));
        _last = first + count - 1;
        Count += count;
    }

    private sealed class BinaryBody : IdBody
    {
        private readonly byte[] _part = new byte[sizeof(long)];
        private int _length;

        public override void Take(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var count = Math.Min(bytes.Length, _part.Length - _length);
                bytes[..count].CopyTo(_part.AsSpan(_length));
                bytes = bytes[count..];
                _length += count;
                if (_length < _part.Length) continue;
                Add(BinaryPrimitives.ReadInt64LittleEndian(_part), 1);
                _length = 0;
            }
        }

        public override void Finish()
        {
            if (_length > 0) throw new BrokenAnswerException("the body ends within an ID");
        }
    }

    private sealed class DigitsBody(string begin, string between, string end) : NumbersBody
    {
        protected override string Begin => begin;

        protected override string End => end;

        protected override string Before(long number) => between;

        protected override void Number(long index, long number) => Add(number, 1);
    }

    private sealed class RangesBody : NumbersBody
    {
        private long _first;

        protected override string Begin => "{\"ranges\":[{\"first\":\"";

        protected override string End => "}]}";

        protected override string Before(long number) => number % 2 == 1 ? "\",\"count\":" : "},{\"first\":\"";

        protected override void Number(long index, long number)
        {
            if (index % 2 == 0) _first = number;
            else Add(_first, number);
        }
    }

    /// <summary>Numbers, with a given text before the first, between two and after the last.</summary>
    private abstract class NumbersBody : IdBody
    {
        private readonly byte[] _literal = new byte[32];
        private int _literalLength;
        private long _number = -1;
        private int _digits;
        private long _numbers;

        protected abstract string Begin { get; }

        protected abstract string End { get; }

        protected abstract string Before(long number);

        protected abstract void Number(long index, long number);

        public override void Take(ReadOnlySpan<byte> bytes)
        {
            foreach (var octet in bytes)
            {
                if (octet is >= (byte)'0' and <= (byte)'9') TakeDigit(octet - '0');
                else TakeOther(octet);
            }
        }

        public override void Finish()
        {
            EndNumber();
            Expect(End);
        }

        private void TakeDigit(int digit)
        {
            if (_number < 0)
            {
                Expect(_numbers == 0 ? Begin : Before(_numbers));
                (_number, _literalLength, _digits) = (0, 0, 0);
            }

            if (_digits == 1 && _number == 0 || ++_digits > 19) throw new BrokenAnswerException("a number that is no ID");
            _number = checked(_number * 10 + digit);
        }

        private void TakeOther(byte octet)
        {
            EndNumber();
            if (_literalLength == _literal.Length) throw new BrokenAnswerException("text where numbers should be");
            _literal[_literalLength++] = octet;
        }

        private void EndNumber()
        {
            if (_number < 0) return;
            Number(_numbers++, _number);
            _number = -1;
        }

        private void Expect(string text)
        {
            var literal = _literal.AsSpan(0, _literalLength);
            if (!Ascii.Equals(literal, text))
                throw new BrokenAnswerException($"'{Bytes.Escape(literal)}' after number {_numbers}, not '{Bytes.Escape(Bytes.Of(text))}'");
        }
    }
}
