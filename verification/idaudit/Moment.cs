using System.Globalization;

namespace IdGenerator.Idaudit;

/// <summary>Points in time, as people write them.</summary>
internal static class Moment
{
    public static string Format(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads Unix milliseconds or ISO 8601 (UTC where no offset is given) as milliseconds since <see cref="Layout.Epoch"/>,
    /// rounded towards the past; negative before it.
    /// </summary>
    public static bool TryParse(string text, out long timestamp)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unix);
        if (!isNumber && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var moment))
        {
            unix = moment.ToUnixTimeMilliseconds();
            isNumber = true;
        }

        timestamp = unix - Layout.EpochUnixMilliseconds;
        return isNumber;
    }
}
