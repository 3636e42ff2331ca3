namespace IdGenerator.Hostile.Fuzzing;

/// <summary>A request as it is sent, and what its maker knows of it.</summary>
internal sealed class Request
{
    public string Method { get; set; } = "GET";

    public string Target { get; set; } = "/id";

    public string Version { get; set; } = "HTTP/1.1";

    public string LineEnd { get; set; } = "\r\n";

    /// <summary>Header lines without their ends.</summary>
    public List<string> Headers { get; } = ["Host: ids"];

    /// <summary>The body with its framing.</summary>
    public string Body { get; set; } = "";

    /// <summary>What <c>Accept</c> asks for; null where it is not there.</summary>
    public List<MediaRange>? Accept { get; set; }

    public Standing Standing { get; private set; } = Standing.Sound;

    public Persistence Persistence { get; set; } = Persistence.Keeps;

    public bool IsHead => Method == "HEAD";

    public byte[] Bytes => Wire.Bytes.Of(
        $"{Method} {Target} {Version}{LineEnd}{string.Concat(Headers.Select(header => header + LineEnd))}{LineEnd}{Body}");

    /// <summary>Neither RFC 9112 nor the contract says clearly what is right.</summary>
    public void Doubt()
    {
        if (Standing == Standing.Sound) Standing = Standing.Doubtful;
    }

    /// <summary>RFC 9112 has it refused.</summary>
    public void Spoil() => Standing = Standing.Defective;

    public override string ToString() => Wire.Bytes.Escape(Bytes);
}

internal enum Standing
{
    Sound,
    Doubtful,
    Defective,
}

/// <summary>What becomes of the connection after the answer.</summary>
internal enum Persistence
{
    Keeps,
    Either,
    Closes,
}

/// <param name="Type">A media type or a range of them.</param>
/// <param name="Quality">Its weight, 0 to 1.</param>
internal sealed record MediaRange(string Type, double Quality);
