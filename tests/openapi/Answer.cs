namespace IdGenerator.OpenApi;

/// <summary>What the document declares one by one: a path as it is written there, a status, and a media type where there is a body.</summary>
internal sealed record Answer(string Path, int Status, string? MediaType)
{
    public override string ToString() => $"{Path}: {Status}{(MediaType is null ? "" : $" {MediaType}")}";
}
