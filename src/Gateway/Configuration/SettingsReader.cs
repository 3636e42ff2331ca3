using System.Globalization;

namespace IdGenerator.Gateway.Configuration;

/// <summary>
/// Reads settings, and gathers what is wrong with them instead of stopping at the first. An empty value counts as absent.
/// A setting <c>Section:Name</c> is an environment variable <c>Section__Name</c>, as everywhere in .NET.
/// </summary>
public sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _faults = [];

    public ICollection<string> Faults => _faults;

    /// <summary>Writes the faults to <paramref name="errors"/>, a line each.</summary>
    /// <returns>True where there are none.</returns>
    public bool Report(TextWriter errors)
    {
        foreach (var fault in _faults) errors.WriteLine(fault);
        return _faults.Count == 0;
    }

    public string? Text(string name) => configuration[name] is { Length: > 0 } value ? value : null;

    /// <summary>A whole number in plain digits, from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Number(string name, int absent, int least, int most)
    {
        if (Text(name) is not { } text) return absent;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most) return number;
        _faults.Add($"{name} is \"{text}\"; allowed is a whole number from {least} to {most}.");
        return absent;
    }

    /// <summary>One of a few words; the first is what an absent setting means.</summary>
    public string Choice(string name, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } text || words.Contains(text)) return Text(name) ?? words[0];
        _faults.Add($"{name} is \"{text}\"; allowed is {string.Join(", ", words!)}.");
        return words[0];
    }
}
