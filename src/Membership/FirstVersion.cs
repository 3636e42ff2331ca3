namespace IdGenerator.Membership;

/// <summary>
/// Versions of the membership must rise, even where its object was deleted and made again: Orleans takes no notice of a
/// version below the last it saw, and two clusters would live side by side. So a table starts at the seconds since 2020, and
/// no table changes once a second for long. The last second fits an <see cref="int"/> in 2088.
/// </summary>
internal static class FirstVersion
{
    private static readonly DateTimeOffset Origin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static int At(DateTimeOffset now) => checked((int)Math.Max(0, (now - Origin).TotalSeconds));
}
