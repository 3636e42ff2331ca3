using IdGenerator.Http.Answers;
using IdGenerator.Http.Observability;
using IdGenerator.Snowflake;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace IdGenerator.Http.Bulk;

/// <summary><c>GET /ids/{count}</c>: many IDs, streamed.</summary>
internal static class BulkEndpoint
{
    public const int MaxCount = 4_096_000;

    /// <summary>
    /// IDs reserved at a time. Small, so that requests take turns; a millisecond's worth, so that one alone gets them all.
    /// </summary>
    public const int Bite = Layout.SlotsPerMillisecond;

    /// <summary>For a client to read a bite. One that does not keeps others from their bulk.</summary>
    private static readonly TimeSpan MostBlocked = TimeSpan.FromSeconds(10);

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
        if (Negotiation.Choose(context.Request.Headers.Accept) is not { } format)
            return response.WriteErrorAsync(
                StatusCodes.Status406NotAcceptable, $"Acceptable media types are {Negotiation.Offer}");

        return HttpMethods.IsHead(context.Request.Method)
            ? AnswerHeadAsync(context, format)
            : AnswerAsync(context, (int)count, format);
    }

    private static Task AnswerHeadAsync(HttpContext context, BulkFormat format)
    {
        var source = context.RequestServices.GetRequiredService<IIdSource>();
        if (source.Check() is { } unavailable) return context.Response.WriteUnavailableAsync(unavailable);
        SetHeaders(context.Response, format);
        return Task.CompletedTask;
    }

    private static async Task AnswerAsync(HttpContext context, int count, BulkFormat format)
    {
        if (count <= Bite)
        {
            await StreamAsync(context, count, format);
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
            await StreamAsync(context, count, format);
        }
        finally
        {
            gate.Leave();
        }
    }

    private static async Task StreamAsync(HttpContext context, int count, BulkFormat format)
    {
        var source = context.RequestServices.GetRequiredService<IIdSource>();
        var gone = context.RequestAborted;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(gone);
        // Patience takes the place of Kestrel's limit, which a bulk read fast at first would have paid for hours ahead.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        try
        {
            var reservation = await source.ReserveAsync(Math.Min(count, Bite), SlotGenerator.Now, gone);
            if (reservation.Refusal is { } refusal)
            {
                await context.Response.WriteUnavailableAsync(refusal);
                return;
            }

            SetHeaders(context.Response, format);
            var output = context.Response.BodyWriter;
            format.Begin(output);
            format.Write(output, reservation.Ids, isFirst: true);

            // All slots since this request came in are fair game: waiting coarsely costs it none.
            var since = reservation.Ids.Slots.Timestamp;
            for (var left = count - reservation.Ids.Count; left > 0; left -= reservation.Ids.Count)
            {
                // Waits for a slow reader; what is reserved is what fits.
                patience.CancelAfter(MostBlocked);
                var flushed = await output.FlushAsync(patience.Token);
                if (flushed.IsCompleted)
                {
                    // For the metrics: Kestrel's own token says so a little later.
                    context.RequestAborted = new(canceled: true);
                    return;
                }

                patience.CancelAfter(Timeout.InfiniteTimeSpan);

                reservation = await source.ReserveAsync(Math.Min(left, Bite), since, gone);
                if (reservation.Refusal is not null)
                {
                    // The status is sent: a body without its end is all that can still tell the client.
                    context.Abort();
                    return;
                }

                format.Write(output, reservation.Ids, isFirst: false);
            }

            format.End(output);
            // Together with what Kestrel ends a body with, in one call of the system: two cost a small batch a quarter of its rate.
            patience.CancelAfter(MostBlocked);
            await using var giveUp = patience.Token.UnsafeRegister(static context => ((HttpContext)context!).Abort(), context);
            await context.Response.CompleteAsync();
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // The client went away, or does not read: then the canceled flush has ended the connection.
        }
    }

    private static void SetHeaders(HttpResponse response, BulkFormat format)
    {
        response.ContentType = format.MediaType;
        response.Headers.CacheControl = "no-store";
    }
}
