#:property PublishAot=false
#:project ../../../src/Abstractions/Abstractions.csproj

// Writes files of IDs, one a worker, as workers would issue them that use every slot:
//   dotnet run make-ids.cs -- DIRECTORY text|json|binary WORKERS COUNT [shuffled]
// COUNT is the number of IDs a file; "shuffled" puts them in random order, the same at every run.
using System.Buffers.Binary;
using System.Buffers.Text;
using IdGenerator;

const long Timestamp = 86_000_000_000;
var (directory, format, workers, count) = (args[0], args[1], int.Parse(args[2]), int.Parse(args[3]));
for (var worker = 0; worker < workers; worker++)
{
    var first = Timestamp << Layout.SequenceBits;
    var ids = new long[count];
    for (var index = 0; index < count; index++) ids[index] = SnowflakeId.Compose(first + index, worker);
    if (args is [.., "shuffled"]) new Random(worker).Shuffle(ids);

    using var file = new BufferedStream(File.Create(Path.Combine(directory, $"worker-{worker}.{format}")), 1 << 20);
    if (format == "binary") WriteBinary(file, ids);
    else if (format == "json") WriteDigits(file, ids, "{\"ids\":["u8, "\""u8, "\""u8, ","u8, "]}"u8);
    else WriteDigits(file, ids, ""u8, ""u8, ""u8, "\n"u8, "\n"u8);
}

static void WriteBinary(Stream output, long[] ids)
{
    Span<byte> piece = stackalloc byte[sizeof(long)];
    foreach (var id in ids)
    {
        BinaryPrimitives.WriteInt64LittleEndian(piece, id);
        output.Write(piece);
    }
}

static void WriteDigits(
    Stream output,
    long[] ids,
    ReadOnlySpan<byte> open,
    ReadOnlySpan<byte> before,
    ReadOnlySpan<byte> after,
    ReadOnlySpan<byte> between,
    ReadOnlySpan<byte> close)
{
    Span<byte> digits = stackalloc byte[20];
    output.Write(open);
    for (var index = 0; index < ids.Length; index++)
    {
        if (index > 0) output.Write(between);
        Utf8Formatter.TryFormat(ids[index], digits, out var written);
        output.Write(before);
        output.Write(digits[..written]);
        output.Write(after);
    }

    output.Write(close);
}
