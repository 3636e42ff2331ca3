using IdGenerator.Http.Answers;
using IdGenerator.Http.Api;
using IdGenerator.Http.Bulk;
using IdGenerator.Http.Observability;

namespace IdGenerator.Http.Hosting;

public static class GatewayRoutes
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The routes of the HTTP API, one line each.</summary>
    public static void MapGateway(this WebApplication app)
    {
        app.UseTelemetry();
        app.UseLastAnswers();
        app.UseUnreadBodies();
        app.UseExceptionHandler(errors => errors.Run(Errors.WriteUnexpectedAsync));
        app.UseStatusCodePages(Errors.WriteStatusAsync);
        app.UseServerOptions();

        app.MapMethods("/id", Methods, IdEndpoint.HandleAsync);
        app.MapMethods("/ids/{count}", Methods, BulkEndpoint.HandleAsync);
        app.MapMethods("/decode/{id}", Methods, DecodeEndpoint.HandleAsync);
        app.MapMethods("/health", Methods, HealthEndpoints.SummaryAsync);
        app.MapMethods("/health/live", Methods, HealthEndpoints.LiveAsync);
        app.MapMethods("/health/ready", Methods, HealthEndpoints.ReadyAsync);
        app.MapPrometheusScrapingEndpoint("/metrics", null, branch => branch.Use(ScrapeBuffer.InvokeAsync), null)
            .WithMetadata(new HttpMethodMetadata(Methods));
        app.MapMethods("/workers", Methods, WorkersEndpoint.HandleAsync);
        app.MapMethods("/openapi/v1.json", Methods, OpenApi.HandleAsync);
        app.Map("/", PageEndpoint.HandleAsync).WithMetadata(BrowsersOnly.Mark);
    }
}
