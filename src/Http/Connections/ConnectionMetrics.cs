using System.Diagnostics.Metrics;
using IdGenerator.Http.Observability;

namespace IdGenerator.Http.Connections;

/// <summary>How much of what clients may hold is held.</summary>
internal sealed class ConnectionMetrics(IMeterFactory meters, ConnectionLimits limits, Clients clients, Places places) : IInstruments
{
    public void Register()
    {
        var meter = meters.Create(Telemetry.MeterName);
        meter.CreateObservableGauge(
            "id_generator.connections", () => clients.Open, "{connection}", "Connections that are open.");
        meter.CreateObservableGauge(
            "id_generator.connections.limit", () => limits.Connections, "{connection}", "Connections that may be open.");
        meter.CreateObservableGauge(
            "id_generator.connections.active", () => places.Taken, "{connection}",
            "Connections with requests that are not for the fast path.");
        meter.CreateObservableGauge(
            "id_generator.connections.active.limit", () => limits.Kestrels, "{connection}",
            "Connections with such requests that there may be.");
    }
}
