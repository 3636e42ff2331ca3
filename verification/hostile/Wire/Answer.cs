namespace IdGenerator.Hostile.Wire;

/// <summary>The status line and the headers of an answer, and its body where that was kept.</summary>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers)
{
    public byte[] Body { get; init; } = [];

    public string Text => Bytes.Text(Body);

    public bool Closes => Header("Connection")?.Equals("close", StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>The value of a header that may be there once; null where it is not.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return values.Count switch
        {
            0 => null,
            1 => values[0].Value,
            _ => throw new BrokenAnswerException($"{name} is there {values.Count} times"),
        };
    }

    public override string ToString() =>
        $"{Status} {string.Join(", ", Headers.Select(header => $"{header.Name}: {header.Value}"))} | {Bytes.Escape(Body, 300)}";
}
