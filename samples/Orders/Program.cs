using IdGenerator;
using IdGenerator.Client;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesMembership;
using Orleans.Configuration;

var builder = WebApplication.CreateBuilder(args);
builder.UseOrleansClient(client =>
{
    client.UseConnectionRetryFilter<RetryEverySecond>();
    if (!InClusterConfig.IsPresent(Environment.GetEnvironmentVariable))
    {
        var gatewayPort = builder.Configuration.GetValue("GATEWAY_PORT", 30_000);
        client.UseLocalhostClustering(gatewayPort, serviceId: "id-generator", clusterId: "id-generator");
        return;
    }

    // In Kubernetes the cluster is named after the release. The service account must be allowed to get the ConfigMap
    // RELEASE-membership, and the service must run in the same namespace.
    var release = builder.Configuration["RELEASE_NAME"] ?? "id-generator";
    var kubernetes = KubernetesConfig.Load(Environment.GetEnvironmentVariable);
    client.Services.AddSingleton(services =>
        ActivatorUtilities.CreateInstance<KubernetesClient>(services, kubernetes, new KubernetesOptions()));
    client.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("id-generator", release));
    client.UseKubernetesGatewayList(release);
});
builder.Services.AddIdGeneratorClient();
// Else the service would not listen before the cluster answers, and a probe could not tell why.
builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);

var app = builder.Build();
app.MapGet("/health/live", () => Results.Ok());
// All services have started, the Orleans client too: it has found the cluster.
app.MapGet("/health/ready", () => app.Lifetime.ApplicationStarted.IsCancellationRequested
    ? Results.Ok()
    : Results.Problem("The cluster that gives out IDs was not found yet.", statusCode: StatusCodes.Status503ServiceUnavailable));
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

var stopping = app.Lifetime.ApplicationStopping;
try
{
    await app.RunAsync();
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    // Told to stop before the cluster was found.
}
