using System.Diagnostics.Metrics;
using IdGenerator.Http.Observability;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Bulk;

internal sealed class BulkMetrics(IMeterFactory meters, BulkGate gate) : IInstruments
{
    public void Register() => meters.Create(Telemetry.MeterName).CreateObservableGauge(
        "id_generator.bulk_requests_in_flight", () => gate.Running, null,
        "Requests for many IDs that are being answered, and calls for those of other gateways.");
}
