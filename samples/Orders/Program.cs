using IdGenerator;
using IdGenerator.Client;
using IdGenerator.Kubernetes;
using IdGenerator.Membership;
using Orleans.Configuration;

var builder = WebApplication.CreateBuilder(args);
builder.UseOrleansClient(client =>
{
    // The service can start before the cluster does.
    client.UseConnectionRetryFilter(async (_, cancellation) =>
    {
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        return true;
    });
    if (!InClusterConfig.IsPresent(Environment.GetEnvironmentVariable))
    {
        client.UseLocalhostClustering(serviceId: "id-generator", clusterId: "id-generator");
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

var app = builder.Build();
app.MapPost("/orders/{item}", async (string item, IIdGenerator ids, CancellationToken cancellation) =>
{
    var id = await ids.NextAsync(cancellation);
    return Results.Created($"/orders/{id}", new { id = $"{id}", item });
});
await app.RunAsync();
