using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IdGenerator.OpenApi;

/// <summary>The answers that the document declares, each with the headers that it must have.</summary>
internal sealed class Document(JsonElement root)
{
    private readonly Dictionary<Answer, string[]> _headersOf = new(
        from path in root.GetProperty("paths").EnumerateObject()
        from response in path.Value.GetProperty("get").GetProperty("responses").EnumerateObject()
        let description = Follow(root, response.Value)
        let headers = RequiredHeaders(root, description)
        from mediaType in MediaTypes(description)
        let answer = new Answer(path.Name, int.Parse(response.Name, CultureInfo.InvariantCulture), mediaType)
        select KeyValuePair.Create(answer, headers));

    public IReadOnlyCollection<Answer> Answers => _headersOf.Keys;

    private IEnumerable<string> Paths => Answers.Select(answer => answer.Path).Distinct();

    /// <summary>The path of the document that <paramref name="path"/> is an example of. An empty parameter is one too.</summary>
    /// <returns>Null where there is none.</returns>
    public string? PathOf(string path) =>
        Paths.SingleOrDefault(template => Regex.IsMatch(path, $"^{Regex.Replace(template, @"\{\w+\}", "[^/]*")}$"));

    /// <returns>What is wrong with an answer; null where it is as declared.</returns>
    public string? Fault(Answer answer, HttpResponseMessage response)
    {
        if (!_headersOf.TryGetValue(answer, out var headers)) return "is not declared";
        var missing = headers.Where(header => !response.Headers.Contains(header)).ToArray();
        return missing.Length == 0 ? null : $"has no {string.Join(", ", missing)}";
    }

    private static string[] RequiredHeaders(JsonElement root, JsonElement response) =>
        response.TryGetProperty("headers", out var headers)
            ? [.. headers.EnumerateObject()
                .Where(header => Follow(root, header.Value).TryGetProperty("required", out var required) && required.GetBoolean())
                .Select(header => header.Name)]
            : [];

    private static string?[] MediaTypes(JsonElement response) =>
        response.TryGetProperty("content", out var content) ? [.. content.EnumerateObject().Select(type => type.Name)] : [null];

    private static JsonElement Follow(JsonElement root, JsonElement element) =>
        element.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/').Skip(1).Aggregate(root, (parent, name) => parent.GetProperty(name))
            : element;
}
