using System.Text;
using System.Text.Json.Nodes;
using IdGenerator.ApiServer;

namespace IdGenerator.Faults;

/// <summary>Leases as somebody with kubectl sees them.</summary>
internal sealed class LeaseObjects(ApiServerClient server, ServiceAccount account)
{
    private readonly string _authorization = $"Bearer {account.Token}";

    public async Task<JsonNode?> GetAsync(Worker worker)
    {
        var (status, body) = await server.SendAsync("GET", Path(worker), _authorization);
        return status switch
        {
            200 => JsonNode.Parse(body),
            404 => null,
            _ => throw new HarnessException($"GET of a lease: {status}"),
        };
    }

    public Task<bool> DeleteAsync(Worker worker) => DoneAsync(server.SendAsync("DELETE", Path(worker), _authorization));

    /// <summary>Writes <paramref name="lease"/> over whatever is there.</summary>
    public async Task<bool> RestoreAsync(Worker worker, JsonNode lease)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            if (await GetAsync(worker) is not { } found) return false;
            var copy = lease.DeepClone();
            copy["metadata"]!["resourceVersion"] = (string?)found["metadata"]!["resourceVersion"];
            var body = Encoding.UTF8.GetBytes(copy.ToJsonString());
            if (await DoneAsync(server.SendAsync("PUT", Path(worker), _authorization, body))) return true;
        }

        return false;
    }

    public static long ReservedUntil(JsonNode lease) => long.Parse(
        (string)lease["metadata"]!["annotations"]!["id-generator/reserved-until"]!, provider: null);

    private static async Task<bool> DoneAsync(Task<(int Status, byte[])> call) => (await call).Status is 200 or 201;

    private string Path(Worker worker) =>
        $"apis/coordination.k8s.io/v1/namespaces/{account.Namespace}/leases/{worker.LeaseName}";
}
