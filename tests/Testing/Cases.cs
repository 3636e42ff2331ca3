using System.Globalization;
using FsCheck;
using Microsoft.FSharp.Core;

namespace IdGenerator.Testing;

/// <summary>How many random cases a property is tried with.</summary>
public static class Cases
{
    private static readonly int? Limit =
        int.TryParse(Environment.GetEnvironmentVariable("PROPERTY_CASES"), CultureInfo.InvariantCulture, out var limit) ? limit : null;

    /// <summary>
    /// <paramref name="count"/> cases, other ones in each run. Where <c>PROPERTY_CASES</c> is set, no more than that, and the
    /// same ones in each run: mutation testing runs a property once for each mutant, and its figures are to be repeatable.
    /// </summary>
    public static Config Of(int count)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(Math.Min(count, Limit ?? count));
        return Limit is null ? config : config.WithReplay(new FSharpOption<Replay>(new Replay(new Rnd(1), null)));
    }
}
