using System.Globalization;
using System.Text.RegularExpressions;
using IdGenerator.ApiServer;
using IdGenerator.Http.Configuration;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>
/// docs/configuration.md against the program: the names that it reads, the ranges that it enforces, and the defaults, which change nothing
/// where somebody sets them.
/// </summary>
public sealed partial class ConfigurationDocumentTests
{
    /// <summary>Settings of other ASP.NET Core services, which are read in order to refuse them.</summary>
    private static readonly string[] Refused = ["urls", "Kestrel:Endpoints"];

    /// <summary>Where a program may find itself. In each place it reads some settings that it leaves alone in the others.</summary>
    private static readonly Dictionary<string, string>[] Places =
    [
        new() { ["LEASE_STORE"] = "postgres", ["WORKER_ID"] = "auto", ["Postgres:ConnectionString"] = "Host=127.0.0.1" },
        new() { ["LEASE_STORE"] = "file", ["WORKER_ID"] = "1", ["DATA_DIR"] = "/data" },
        new()
        {
            ["KUBERNETES_SERVICE_HOST"] = "127.0.0.1", ["KUBERNETES_SERVICE_ACCOUNT_DIRECTORY"] = ServiceAccount(), ["POD_NAME"] = "ids-1",
            ["POD_IP"] = "127.0.0.1", ["Chart:Name"] = "ids",
        },
        // From here on something is missing, and the names that the program looks under are all that counts.
        new() { ["LEASE_STORE"] = "file", ["WORKER_ID"] = "1" },
        new() { ["LEASE_STORE"] = "kubernetes", ["KUBECONFIG"] = "/nowhere" },
    ];

    private static readonly Dictionary<string, (string Allowed, string Default)> Rows = Row()
        .Matches(File.ReadAllText(Repository.PathOf("docs/configuration.md")))
        .ToDictionary(
            row => row.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal),
            row => (row.Groups["allowed"].Value, row.Groups["default"].Value));

    /// <summary>The first place in which a setting is read, by its name.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> ReadIn = Places
        .SelectMany(place => Read(place).Names.Select(name => (Name: name, Place: place)))
        .DistinctBy(read => read.Name)
        .ToDictionary(read => read.Name, read => read.Place);

    public static TheoryData<string> Names => [.. Rows.Keys];

    /// <summary>Those whose default is a value, and not a description of where it comes from.</summary>
    public static TheoryData<string> NamesWithADefault => [.. Rows.Keys.Where(name => Value().IsMatch(Rows[name].Default))];

    [Fact]
    public void Every_setting_that_is_read_has_a_row_and_every_row_is_read() =>
        Assert.Equal(ReadIn.Keys.Except(Refused).Order(), Rows.Keys.Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_allowed_is_what_the_program_says(string name)
    {
        var fault = Read(With(name, "?")).Faults.FirstOrDefault(fault => fault.StartsWith($"{name} is \"?\"; allowed is ", StringComparison.Ordinal)) ?? "";
        var allowed = Rows[name].Allowed;

        if (Range().Match(fault) is { Success: true } range && !allowed.StartsWith("1 to what ", StringComparison.Ordinal))
            Assert.Equal($"{Thousands(range.Groups["least"].Value)} to {Thousands(range.Groups["most"].Value)}", Numbers().Match(allowed).Value);
        else if (Words().Match(fault) is { Success: true } words)
            Assert.Equal(words.Groups["words"].Value.Split(", ").Order(), Quoted().Matches(allowed).Select(word => word.Groups["word"].Value).Order());
        else
            Assert.DoesNotMatch(Numbers(), allowed);
    }

    [Theory]
    [MemberData(nameof(NamesWithADefault))]
    public void A_default_changes_nothing_where_it_is_set(string name)
    {
        var absent = new Dictionary<string, string>(ReadIn[name]);
        absent.Remove(name);
        var set = Read(With(name, Rows[name].Default.Trim('`')));

        Assert.Equal(Read(absent).Settings, set.Settings);
        Assert.DoesNotContain(set.Faults, fault => fault.Contains(name, StringComparison.Ordinal));
    }

    private static Dictionary<string, string> With(string name, string value) => new(ReadIn[name]) { [name] = value };

    private static (string Settings, IReadOnlyCollection<string> Names, IReadOnlyCollection<string> Faults) Read(Dictionary<string, string> place)
    {
        var configuration = new ReadConfiguration(place);
        var reader = new SettingsReader(configuration);
        var settings = Settings.Read(reader, SiloSettings.Own);
        var silo = SiloSettings.Read(reader, settings);
        return ($"{settings} {silo}", configuration.Names, [.. reader.Faults]);
    }

    /// <summary>What the kubelet mounts into a pod, beside the tests.</summary>
    private static string ServiceAccount()
    {
        var directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "service-account")).FullName;
        File.WriteAllText(Path.Combine(directory, "token"), "token");
        File.WriteAllText(Path.Combine(directory, "namespace"), "default");
        using var authority = new CertificateAuthority();
        File.WriteAllText(Path.Combine(directory, "ca.crt"), authority.Pem);
        return directory;
    }

    private static string Thousands(string number) => int.Parse(number, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| `(?<name>[A-Za-z_]+)` \| (?<allowed>.+?) \| (?<default>.+?) \| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("^`[^`]+`$")]
    private static partial Regex Value();

    [GeneratedRegex(@"allowed is a whole number from (?<least>\d+) to (?<most>\d+)\.")]
    private static partial Regex Range();

    [GeneratedRegex(@"allowed is (?<words>[a-z]+(?:, [a-z]+)*)\.$")]
    private static partial Regex Words();

    [GeneratedRegex(@"^[\d,]+ to [\d,]*\d")]
    private static partial Regex Numbers();

    [GeneratedRegex("`(?<word>[^`]+)`")]
    private static partial Regex Quoted();
}
