using System.Globalization;
using System.Net;

namespace IdGenerator.Hostile;

/// <summary>The command line.</summary>
/// <param name="Seed">Which requests are made up.</param>
/// <param name="Seconds">How long requests are made up for, or an assault lasts.</param>
/// <param name="Case">Only this one; null for all there is time for.</param>
/// <param name="Url">A service that runs already; null for one of our own.</param>
/// <param name="OnlyAssaults">Whether services are assaulted, and nothing else is done.</param>
/// <param name="Only">What the names of these assaults contain.</param>
/// <param name="Assault">Be the one of this name, for the service at <paramref name="Url"/>; null for none.</param>
internal sealed record Options(int Seed, int Seconds, int? Case, IPEndPoint? Url, bool OnlyAssaults, string Only, string? Assault)
{
    public const string Usage =
        "check.sh [--seed N] [--case N] [--seconds N] [--url http://ADDRESS:PORT] [--only assaults|TEXT]";

    /// <returns>Null where the arguments are not understood.</returns>
    public static Options? Parse(string[] arguments)
    {
        var options = new Options(Random.Shared.Next(1_000_000), 12, null, null, false, "", null);
        if (arguments.Length % 2 != 0) return null;
        foreach (var pair in arguments.Chunk(2))
        {
            var isNumber = int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (pair[0])
            {
                case "--seed" when isNumber: options = options with { Seed = number }; break;
                case "--case" when isNumber: options = options with { Case = number }; break;
                case "--seconds" when isNumber: options = options with { Seconds = number }; break;
                case "--assault": options = options with { Assault = pair[1] }; break;
                case "--only": options = options with { OnlyAssaults = true, Only = pair[1] == "assaults" ? "" : pair[1] }; break;
                case "--url" when Uri.TryCreate(pair[1], UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp:
                    options = options with { Url = new(Dns.GetHostAddresses(url.Host)[0], url.Port) };
                    break;
                default: return null;
            }
        }

        return options;
    }
}
