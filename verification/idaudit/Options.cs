using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;

namespace IdGenerator.Idaudit;

/// <summary>The command line. See <see cref="Usage"/>.</summary>
internal sealed record Options
{
    public bool Help { get; init; }

    public bool Json { get; init; }

    /// <summary>A stream that ends too early is reported, and is not an error.</summary>
    public bool AllowCut { get; init; }

    public Format Format { get; init; }

    /// <summary>Name or number of the column of a table that the IDs are in; null where none was chosen.</summary>
    public string? Column { get; init; }

    public Expectations Expectations { get; init; } = new();

    /// <summary>Files; <c>-</c> is standard input.</summary>
    public IReadOnlyList<string> Streams { get; init; } = [];

    /// <exception cref="FormatException">Says what cannot be understood.</exception>
    /// <exception cref="IOException">The file of reserved ranges cannot be read.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        var streams = new List<string>();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var argument))
        {
            if (argument == "--") break;
            if (!argument.StartsWith('-') || argument == StreamReading.StandardInput) streams.Add(argument);
            else options = options.With(argument, rest);
        }

        return options with { Streams = [.. streams, .. rest] };
    }

    private Options With(string name, Queue<string> rest) => name switch
    {
        "--help" or "-h" => this with { Help = true },
        "--json" => this with { Json = true },
        "--allow-cut" => this with { AllowCut = true },
        "--any-order" => this with { Expectations = Expectations with { Ordered = false } },
        "--format" => this with { Format = ParseFormat(ValueOf(name, rest)) },
        "--column" => this with { Column = ValueOf(name, rest) },
        "--not-before" => this with { Expectations = Expectations with { NotBefore = ParseMoment(name, rest) } },
        "--not-after" => this with { Expectations = Expectations with { NotAfter = ParseMoment(name, rest) } },
        "--reserved" => this with { Expectations = Expectations with { Reserved = ReadReserved(ValueOf(name, rest)) } },
        _ => throw new FormatException($"unknown option {name}"),
    };

    private static string ValueOf(string name, Queue<string> rest) =>
        rest.TryDequeue(out var value) ? value : throw new FormatException($"{name} needs a value");

    private static Format ParseFormat(string text) => text switch
    {
        "auto" => Format.Auto,
        "text" => Format.Text,
        "json" => Format.Json,
        "csv" => Format.Csv,
        "tsv" => Format.Tsv,
        "binary" => Format.Binary,
        _ => throw new FormatException($"--format is auto, text, json, csv, tsv or binary, not {text}"),
    };

    private static long ParseMoment(string name, Queue<string> rest)
    {
        var text = ValueOf(name, rest);
        if (Moment.TryParse(text, out var timestamp)) return timestamp;
        throw new FormatException($"{name} is Unix milliseconds or like 2026-01-31T12:00:00.000Z, not {text}");
    }

    private static ReservedRanges ReadReserved(string file)
    {
        try
        {
            return ReservedRanges.Parse(File.ReadLines(file));
        }
        catch (FormatException failure)
        {
            throw new FormatException($"{file}: {failure.Message}");
        }
    }
}
