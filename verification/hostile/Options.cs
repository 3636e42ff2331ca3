using System.Globalization;
using System.Net;

namespace IdGenerator.Hostile;

/// <summary>The command line.</summary>
/// <param name="Seed">Which requests are made up.</param>
/// <param name="Seconds">How long requests are made up for.</param>
/// <param name="Case">Only this one; null for all there is time for.</param>
/// <param name="Url">A service that runs already; null for one of our own.</param>
/// <param name="Containers">Sizes of containers in MiB in which services are assaulted; none for no assaults.</param>
/// <param name="OnlyAssaults">Nothing else.</param>
internal sealed record Options(int Seed, int Seconds, int? Case, IPEndPoint? Url, int[] Containers, bool OnlyAssaults)
{
    public const string Usage =
        "check.sh [--seed N] [--case N] [--seconds N] [--url http://ADDRESS:PORT] [--assaults MIB[,MIB]] [--only assaults]";

    /// <returns>Null where the arguments are not understood.</returns>
    public static Options? Parse(string[] arguments)
    {
        var options = new Options(Random.Shared.Next(1_000_000), 12, null, null, [256], false);
        if (arguments.Length % 2 != 0) return null;
        foreach (var pair in arguments.Chunk(2))
        {
            var isNumber = int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (pair[0])
            {
                case "--seed" when isNumber: options = options with { Seed = number }; break;
                case "--case" when isNumber: options = options with { Case = number }; break;
                case "--seconds" when isNumber: options = options with { Seconds = number }; break;
                case "--assaults": options = options with { Containers = [.. pair[1].Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))] }; break;
                case "--only" when pair[1] == "assaults": options = options with { OnlyAssaults = true }; break;
                case "--url" when Uri.TryCreate(pair[1], UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp:
                    options = options with { Url = new(Dns.GetHostAddresses(url.Host)[0], url.Port) };
                    break;
                default: return null;
            }
        }

        return options;
    }
}
