using System.Diagnostics.Metrics;
using IdGenerator.Grains;
using IdGenerator.Http.Observability;

namespace IdGenerator.Silo;

/// <summary>Whether the silo has joined, what its worker gave to others, and who is connected to it.</summary>
internal sealed class SiloMetrics(
    IMeterFactory meters, GrainIdSource source, GivenIds given, ClusterWorkers workers, ClientConnections clients)
    : IInstruments
{
    public void Register()
    {
        var meter = meters.Create(Telemetry.MeterName);
        meter.CreateObservableGauge(
            "id_generator.silo.joined", () => source.HasJoined ? 1 : 0, null,
            "1 once the silo is a member of its cluster, so that Orleans clients reach its worker.");
        meter.CreateObservableCounter(
            "id_generator.ids.given", () => given.Count, "{id}",
            "IDs that this worker has given to bulks of other workers' gateways.");
        meter.CreateObservableCounter(
            "id_generator.ids.dropped", Dropped, "{id}",
            "IDs that workers gave to bulks of this gateway over several of them and that nobody got.");
        meter.CreateObservableGauge(
            "id_generator.orleans_connections", () => clients.Open, "{connection}", "Connections of Orleans clients.");
    }

    private IEnumerable<Measurement<long>> Dropped() =>
    [
        new(workers.Late, new KeyValuePair<string, object?>("reason", "late")),
        new(workers.Astray, new KeyValuePair<string, object?>("reason", "clock")),
        new(workers.Unread, new KeyValuePair<string, object?>("reason", "unread")),
    ];
}
