using IdGenerator.Http.Answers;
using IdGenerator.Http.Formats;
using IdGenerator.Http.Observability;
using IdGenerator.Snowflake;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace IdGenerator.Http.Bulk;

/// <summary><c>GET /ids/{count}</c>: many IDs, streamed.</summary>
internal static class BulkEndpoint
{
    /// <summary>As many IDs as a worker can issue in a second.</summary>
    public const int MaxCount = Layout.SlotsPerSecond;

    /// <summary>
    /// How many IDs a request reserves at a time: as many as a millisecond has. With fewer, a bulk that runs alone could not use
    /// them all; with more, bulks that run together would not take turns.
    /// </summary>
    public const int Bite = Layout.SlotsPerMillisecond;

    public static Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        if (Decimals.Parse((string)context.Request.RouteValues["count"]!) is not { } count)
            return response.WriteErrorAsync(StatusCodes.Status400BadRequest, "Count must be a whole number");
        if (count < 1)
            return response.WriteErrorAsync(StatusCodes.Status400BadRequest, "Count must be at least 1");
        if (count > MaxCount)
            return response.WriteErrorAsync(
                StatusCodes.Status400BadRequest, $"Count must be less than or equal to {MaxCount}");
        if (WorkersParameter.Parse(context.Request) is not { } workers)
            return response.WriteErrorAsync(StatusCodes.Status400BadRequest, WorkersParameter.Allowed);
        if (Negotiation.Choose(context.Request.Headers.Accept) is not { } format)
            return response.WriteErrorAsync(
                StatusCodes.Status406NotAcceptable, $"Acceptable media types are {Negotiation.Offer}");

        return HttpMethods.IsHead(context.Request.Method)
            ? AnswerHeadAsync(context, format)
            : AnswerAsync(context, (int)count, workers, format);
    }

    private static Task AnswerHeadAsync(HttpContext context, IdFormat format)
    {
        var source = context.RequestServices.GetRequiredService<IIdSource>();
        if (source.Check() is { } unavailable) return context.Response.WriteUnavailableAsync(unavailable);
        SetHeaders(context.Response, format);
        return Task.CompletedTask;
    }

    private static async Task AnswerAsync(HttpContext context, int count, int workers, IdFormat format)
    {
        if (count <= Bite)
        {
            await StreamAsync(context, count, workers, format);
            return;
        }

        var gate = context.RequestServices.GetRequiredService<BulkGate>();
        if (!gate.TryEnter())
        {
            context.RequestServices.GetRequiredService<Refusals>().Count(Refusal.Bulk);
            context.Response.Headers.RetryAfter = "1";
            await context.Response.WriteErrorAsync(
                StatusCodes.Status429TooManyRequests, "Too many bulk requests at once");
            return;
        }

        try
        {
            await StreamAsync(context, count, workers, format);
        }
        finally
        {
            gate.Leave();
        }
    }

    private static async Task StreamAsync(HttpContext context, int count, int workers, IdFormat format)
    {
        using var bulk = Open(context.RequestServices, count, workers);
        var gone = context.RequestAborted;
        // The transport limits how long a flush may take. Kestrel would take the mean over the whole answer, so that a client which
        // reads the first megabytes fast could then stop reading for hours.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        try
        {
            var piece = await bulk.ReadAsync(gone);
            if (piece.Refusal is { } refusal)
            {
                await context.Response.WriteUnavailableAsync(refusal);
                return;
            }

            SetHeaders(context.Response, format);
            context.Response.ContentLength = format.BodyLength(count);
            var output = context.Response.BodyWriter;
            format.Begin(output);
            format.Write(output, piece.Ids, isFirst: true);

            var unflushed = piece.Ids.Count;
            for (var left = count - piece.Ids.Count; left > 0; left -= piece.Ids.Count)
            {
                if (workers == 1 || unflushed >= Bite)
                {
                    // Nothing more is reserved before the client has taken what was: a slow client slows down its own bulk alone.
                    var flushed = await output.FlushAsync(gone);
                    unflushed = 0;
                    if (flushed.IsCompleted)
                    {
                        // The client has left. Kestrel would take a body that ends before the length that was said for a mistake.
                        context.Abort();
                        return;
                    }
                }

                piece = await bulk.ReadAsync(gone);
                if (piece.Refusal is not null)
                {
                    // The status has been sent, so all that can still tell the client is a body that does not end as it should.
                    context.Abort();
                    return;
                }

                format.Write(output, piece.Ids, isFirst: false);
                unflushed += piece.Ids.Count;
            }

            // Sent together with the end of the chunked body, in one system call. A flush here would make two of it, which cost a
            // request for ten IDs a quarter of its rate.
            format.End(output);
            // All of it is still here, so its length is known.
            if (!context.Response.HasStarted) context.Response.ContentLength = output.UnflushedBytes;
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The client went away.
        }
    }

    /// <summary>Where one worker is asked for, or only one is there, the bulk is of this process's own.</summary>
    private static IBulk Open(IServiceProvider services, int count, int workers) =>
        (workers > 1 ? services.GetService<IWorkers>()?.Open(workers, count) : null)
        ?? new WorkerBulk(services.GetRequiredService<IIdSource>(), count);

    private static void SetHeaders(HttpResponse response, IdFormat format)
    {
        response.ContentType = format.MediaType;
        response.Headers.CacheControl = "no-store";
    }
}
