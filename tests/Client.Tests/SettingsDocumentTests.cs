using System.Globalization;
using System.Text.RegularExpressions;
using IdGenerator.Testing;

namespace IdGenerator.Client.Tests;

/// <summary>The table "Settings" in docs/client.md has each setting of the client, with its default.</summary>
public sealed partial class SettingsDocumentTests
{
    [Fact]
    public void Each_setting_is_in_the_table_with_its_default()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/client.md"));
        var table = page[page.IndexOf("\n## Settings\n", StringComparison.Ordinal)..page.IndexOf("\n## Without a hop\n", StringComparison.Ordinal)];
        var rows = Row().Matches(table).Select(row => (row.Groups["name"].Value, row.Groups["default"].Value));
        var options = new IdGeneratorClientOptions();
        var settings = typeof(IdGeneratorClientOptions).GetProperties().Select(setting => (setting.Name, Text(setting.GetValue(options))));

        Assert.Equal(settings.Order(), rows.Order());
    }

    private static string Text(object? value) => value switch
    {
        TimeSpan time => $"{time.TotalSeconds} s",
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        // No gateway stands for the usual one of this machine.
        IList<string> => "`localhost:30000`",
        _ => $"`{value}`",
    };

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<default>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
