using System.Diagnostics.Metrics;
using IdGenerator.Grains;
using IdGenerator.Http.Observability;

namespace IdGenerator.Silo;

/// <summary>What Orleans clients and grain calls hold.</summary>
internal sealed class SiloMetrics(IMeterFactory meters, GrainIdSource source, ClientConnections clients, Refusals refusals)
    : IInstruments
{
    public void Register()
    {
        source.CallRefused += () => refusals.Count(Refusal.GrainCall);
        var meter = meters.Create(Telemetry.MeterName);
        meter.CreateObservableGauge(
            "id_generator.grain_calls", () => source.CallsInFlight, "{call}",
            "Grain calls that requests for many IDs have in flight.");
        meter.CreateObservableGauge(
            "id_generator.orleans_connections", () => clients.Open, "{connection}", "Connections of Orleans clients.");
    }
}
