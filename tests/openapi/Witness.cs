namespace IdGenerator.OpenApi;

/// <summary>Sees each answer before the client does, and lets none pass that is not as the document declares it.</summary>
internal sealed class Witness(Document document) : DelegatingHandler(new SocketsHttpHandler())
{
    public HashSet<Answer> Seen { get; } = [];

    public Answer? Last { get; private set; }

    /// <summary>Changes requests, for what the client alone would not ask.</summary>
    public Action<HttpRequestMessage>? Change { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        Last = null;
        Change?.Invoke(request);
        var response = await base.SendAsync(request, cancellationToken);
        var answer = new Answer(document.PathOf(path) ?? path, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        if (document.Fault(answer, response) is { } fault) throw new UndeclaredAnswerException($"{answer} {fault}");
        Last = answer;
        Seen.Add(answer);
        return response;
    }
}

internal sealed class UndeclaredAnswerException(string message) : Exception(message);
