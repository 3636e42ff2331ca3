using IdGenerator;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Prometheus;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddIdGeneratorKubernetesClient(builder.Configuration.GetSection("IdGenerator"));
builder.Services.AddHealthChecks().AddIdGeneratorClient();

var app = builder.Build();
app.MapMetrics();
app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
app.MapHealthChecks("/health/ready");
app.MapPost("/orders/{item}", async (string item, IIdGenerator ids, CancellationToken cancellation) =>
{
    try
    {
        var id = await ids.NextAsync(cancellation);
        return Results.Created($"/orders/{id}", new { id = $"{id}", item });
    }
    catch (IdsUnavailableException e)
    {
        return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
});
app.Run();
