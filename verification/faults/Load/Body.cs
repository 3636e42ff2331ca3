using System.Buffers.Binary;

namespace IdGenerator.Faults;

/// <summary>Gets the IDs out of a body that may have been cut anywhere: those that had come whole.</summary>
internal static class Body
{
    public static void Read(string? mediaType, ReadOnlySpan<byte> body, List<long> ids)
    {
        switch (mediaType)
        {
            case Ask.Binary:
                for (; body.Length >= sizeof(long); body = body[sizeof(long)..])
                    ids.Add(BinaryPrimitives.ReadInt64LittleEndian(body));
                break;
            case Ask.Ranges:
                var numbers = new List<long>();
                ReadNumbers(body, numbers);
                for (var i = 0; i + 1 < numbers.Count; i += 2)
                {
                    for (var offset = 0; offset < numbers[i + 1]; offset++) ids.Add(numbers[i] + offset);
                }

                break;
            default:
                ReadNumbers(body, ids);
                break;
        }
    }

    /// <summary>A number counts once something else has come behind it: a quote, a brace, a line's end.</summary>
    private static void ReadNumbers(ReadOnlySpan<byte> text, List<long> numbers)
    {
        var number = -1L;
        foreach (var letter in text)
        {
            if (letter is >= (byte)'0' and <= (byte)'9')
            {
                number = Math.Max(number, 0) * 10 + (letter - '0');
            }
            else if (number >= 0)
            {
                numbers.Add(number);
                number = -1;
            }
        }
    }
}
