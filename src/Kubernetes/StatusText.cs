using System.Text;
using System.Text.Json;

namespace IdGenerator.Kubernetes;

/// <summary>
/// The words of the server in a failure: the message of its <c>Status</c> object, or the beginning of whatever a proxy in
/// between sent.
/// </summary>
internal static class StatusText
{
    private const int Longest = 300;

    public static string Of(byte[] body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, KubernetesJson.Default.ApiStatus)?.Message is { Length: > 0 } message)
                return message;
        }
        catch (JsonException)
        {
            // Not from the API server: shown as it is.
        }

        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, Longest))).ReplaceLineEndings(" ").Trim();
        return text.Length == 0 ? "(no text)" : text;
    }

    /// <summary>What the API server answers instead of an object (kubernetes.io/docs/reference/using-api/api-concepts).</summary>
    internal sealed record ApiStatus(string? Message);
}
