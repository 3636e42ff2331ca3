using System.Globalization;

namespace IdGenerator.Http.Configuration;

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
        foreach (var fault in _faults) errors.WriteLine(fault.ReplaceLineEndings("\\n"));
        return _faults.Count == 0;
    }

    public string? Text(string name) => configuration[name] is { Length: > 0 } value ? value : null;

    /// <summary>A whole number in plain digits, from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Number(string name, int absent, int least, int most)
    {
        if (Text(name) is not { } text) return absent;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most) return number;
        _faults.Add($"{name} is \"{text}\"; allowed is a whole number from {least} to {most}.{ServiceLink(name, text)}");
        return absent;
    }

    /// <summary>One of a few words; the first is what an absent setting means.</summary>
    public string Choice(string name, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } text || words.Contains(text)) return Text(name) ?? words[0];
        _faults.Add($"{name} is \"{text}\"; allowed is {string.Join(", ", words!)}.");
        return words[0];
    }

    /// <summary>Refuses a setting of ASP.NET Core, or a section of them, that would be without effect here.</summary>
    /// <param name="name">What users call it.</param>
    /// <param name="key">Its key in the configuration.</param>
    /// <param name="instead">The settings that take its place.</param>
    public void Refuse(string name, string key, string instead)
    {
        if (Text(key) is not null || configuration.GetSection(key).GetChildren().Any())
            _faults.Add($"{name} is set, but has no effect in this service; set {instead} instead.");
    }

    /// <summary>
    /// A hint for values such as <c>tcp://10.96.12.7:80</c>. For a Service called "gateway", Kubernetes sets GATEWAY_PORT in all
    /// pods of the namespace, and a link of Docker does the same
    /// (kubernetes.io/docs/concepts/services-networking/service, section Environment variables).
    /// </summary>
    private static string ServiceLink(string name, string text) => text.StartsWith("tcp://", StringComparison.Ordinal)
        ? $" Kubernetes or Docker has set {name} for a service of that name: set it yourself, or turn service links off " +
          "(enableServiceLinks: false)."
        : "";
}
