using System.Text;
using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;

namespace IdGenerator.Idaudit.Tests;

/// <summary>Audits within the test process, of streams named a, b, c and so on.</summary>
internal static class Audits
{
    public static long Id(long timestamp, int worker = 1, int sequence = 0) =>
        SnowflakeId.Compose(timestamp << Layout.SequenceBits | (long)sequence, worker);

    public static string Lines(params IEnumerable<long> ids) => string.Concat(ids.Select(id => $"{id}\n"));

    public static Report OfText(params string[] streams) => OfText(new Expectations(), streams);

    public static Report OfText(Expectations expectations, params string[] streams) =>
        Of(expectations, Format.Auto, [.. streams.Select(Encoding.UTF8.GetBytes)]);

    public static Report Of(Expectations expectations, Format format, params byte[][] streams) =>
        OfColumn(null, expectations, format, streams);

    public static Report OfColumn(string? column, string table) =>
        OfColumn(column, new Expectations(), Format.Auto, Encoding.UTF8.GetBytes(table));

    private static Report OfColumn(string? column, Expectations expectations, Format format, params byte[][] streams)
    {
        var audit = new Audit(expectations);
        var reading = new StreamReading(audit, format, column);
        for (var index = 0; index < streams.Length; index++)
        {
            using var stream = new TricklingStream(streams[index]);
            reading.Read(((char)('a' + index)).ToString(), stream);
        }

        return audit.Finish();
    }
}
