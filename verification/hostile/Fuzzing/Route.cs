using System.Globalization;
using System.Text;

namespace IdGenerator.Hostile.Fuzzing;

/// <summary>Which route a target names.</summary>
/// <param name="Pattern">As the contract writes it; empty for none.</param>
/// <param name="Argument">What stands where the pattern has a name in braces.</param>
/// <param name="IsLoose">
/// Spelled in a way that the contract has not: other case, encoded letters, dots, a slash at the end. It may be taken for what
/// it resembles, or not be found.
/// </param>
internal sealed record Route(string Pattern, string Argument, bool IsLoose)
{
    private static readonly string[] Plain = ["/id", "/health", "/health/live", "/health/ready", "/metrics", "/workers", "/openapi/v1.json"];

    /// <returns>Null where even the path is in doubt.</returns>
    public static Route? Of(string target)
    {
        var path = target.Split('?')[0];
        if (path.StartsWith("http://", StringComparison.Ordinal)) path = path[7..].IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? path[(7 + slash)..] : "";
        if (!path.StartsWith('/') || Decode(path) is not { } decoded) return null;

        var segments = new List<string>();
        foreach (var segment in decoded.Split('/')[1..])
        {
            if (segment == "..") segments = segments[..Math.Max(0, segments.Count - 1)];
            else if (segment != ".") segments.Add(segment);
        }

        if (decoded.EndsWith("/.", StringComparison.Ordinal) || decoded.EndsWith("/..", StringComparison.Ordinal)) segments.Add("");
        var clean = "/" + string.Join('/', segments);
        var isLoose = clean != path;
        if (clean.Length > 1 && clean.EndsWith('/')) (clean, isLoose) = (clean[..^1], true);

        if (Plain.FirstOrDefault(plain => plain.Equals(clean, StringComparison.OrdinalIgnoreCase)) is { } known)
            return new(known, "", isLoose || known != clean);

        // The page for browsers, which is there for nobody else.
        if (clean == "/") return new(clean, "", isLoose);

        foreach (var (start, pattern) in (ReadOnlySpan<(string, string)>)[("/ids/", "/ids/{count}"), ("/decode/", "/decode/{id}")])
        {
            if (!clean.StartsWith(start, StringComparison.OrdinalIgnoreCase)) continue;
            var argument = clean[start.Length..];
            if (argument.Length == 0 || argument.Contains('/', StringComparison.Ordinal)) continue;
            // An encoded slash may be taken for a slash.
            var hasSlash = argument.Contains("%2F", StringComparison.OrdinalIgnoreCase);
            var isSpelled = clean.StartsWith(start, StringComparison.Ordinal) && path.StartsWith(start, StringComparison.Ordinal)
                && path.Count(letter => letter == '/') == 2;
            return new(pattern, argument, hasSlash || !isSpelled);
        }

        return new("", "", isLoose);
    }

    /// <summary>Decodes all but an encoded slash; null for what is not UTF-8 or has control characters.</summary>
    private static string? Decode(string path)
    {
        var bytes = new List<byte>();
        for (var index = 0; index < path.Length; index++)
        {
            var isEncoded = path[index] == '%' && index + 2 < path.Length;
            if (path[index] == '%' && !isEncoded) return null;
            if (!isEncoded)
            {
                bytes.Add((byte)path[index]);
                continue;
            }

            if (!byte.TryParse(path.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, null, out var octet)) return null;
            if (octet == '/') bytes.AddRange("%2F"u8);
            else bytes.Add(octet);
            index += 2;
        }

        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
            return text.Any(letter => letter is < ' ' or '\x7f' or '\\' or '#') ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
