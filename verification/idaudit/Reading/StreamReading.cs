using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reading;

/// <summary>Reads whole streams, one after the other, into an <see cref="Audit"/>.</summary>
internal sealed class StreamReading(Audit audit, Format format)
{
    public const string StandardInput = "-";

    private readonly byte[] _buffer = new byte[1 << 20];

    /// <summary>
    /// Reads a file, or standard input where <paramref name="name"/> is <c>-</c>. Failures become part of the report.
    /// </summary>
    public void ReadFile(string name)
    {
        try
        {
            using var stream = name == StandardInput
                ? Console.OpenStandardInput()
                : new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            Read(name, stream);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            audit.Begin(name);
            audit.End(format, new UnreadableException(failure.Message, isCut: false));
        }
    }

    public void Read(string name, Stream stream)
    {
        audit.Begin(name);
        var actual = format;
        UnreadableException? problem = null;
        try
        {
            var window = new ByteWindow(stream, _buffer);
            window.GrowTo(Formats.SampleSize);
            if (actual == Format.Auto) actual = Formats.Detect(window.Bytes);
            Take(window, actual);
        }
        catch (UnreadableException failure)
        {
            problem = failure;
        }

        audit.End(actual, problem);
    }

    private void Take(ByteWindow window, Format actual)
    {
        switch (actual)
        {
            case Format.Json:
                new JsonIds(audit).Read(window);
                break;
            case Format.Binary:
                BinaryIds.Read(window, audit);
                break;
            default:
                TextIds.Read(window, audit);
                break;
        }
    }
}
