using System.Diagnostics.Metrics;
using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Observability;

/// <summary>
/// What the worker's generator, lease and clock have to say. All of it is read when somebody looks: counting costs the
/// paths that issue IDs nothing.
/// </summary>
internal sealed class WorkerMetrics(
    IMeterFactory meters,
    SlotGenerator generator,
    LogicalClock clock,
    WorkerLease lease,
    LeaseOptions options,
    WorkerIdSource source,
    IIdSource ids) : IInstruments
{
    public void Register()
    {
        var meter = meters.Create(Telemetry.MeterName);
        RegisterGenerator(meter);
        RegisterLease(meter);
        RegisterClock(meter);
    }

    private void RegisterGenerator(Meter meter)
    {
        meter.CreateObservableCounter(
            "id_generator.ids.generated", () => ids.Issued, "{id}",
            "IDs issued.");
        meter.CreateObservableCounter(
            "id_generator.sequence.exhausted", () => generator.ExhaustedMilliseconds, "{millisecond}",
            "Milliseconds whose 4,096 sequence numbers ran out while more were wanted.");
        meter.CreateObservableCounter(
            "id_generator.waits", () => source.Waits, "{wait}",
            "Waits of a reservation for the next millisecond, one millisecond or a tick of the system's timer each.");
        meter.CreateObservableGauge(
            "id_generator.worker_id", () => lease.Worker, null,
            "The worker ID in the IDs of this process.");
        meter.CreateObservableGauge(
            "id_generator.current_sequence", CurrentSequence, null,
            "The sequence number of the ID issued last.");
        meter.CreateObservableGauge(
            "id_generator.max_sequence_per_ms", () => Layout.SlotsPerMillisecond, null,
            "IDs that one worker can issue with one timestamp.");
        meter.CreateObservableGauge(
            "id_generator.capacity_ids_per_second", () => source.Check() is null ? Layout.SlotsPerSecond : 0, null,
            "IDs that this process can issue in a second: 0 while it cannot issue any.");
    }

    private void RegisterLease(Meter meter)
    {
        meter.CreateObservableGauge(
            "id_generator.lease.held", () => IsHeld ? 1 : 0, null,
            "1 while this process holds its worker ID, else 0.");
        meter.CreateObservableGauge(
            "id_generator.lease.headroom", () => lease.Headroom.TotalSeconds, "s",
            "How long issuing can go on without a renewal of the lease.");
        meter.CreateObservableGauge(
            "id_generator.lease.reserve", () => options.ReserveSeconds, "s",
            "How far ahead each renewal of the lease reserves timestamps: the headroom just after one.");
    }

    // Before the worker ID is held, the clock has nothing to go by.
    private void RegisterClock(Meter meter)
    {
        meter.CreateObservableGauge(
            "id_generator.clock.lead", () => IsHeld ? Lead(clock.Read()) : 0, "s",
            "Logical time minus the wall clock: above 0 after the wall clock was set back, below 0 after it was set forward.");
        meter.CreateObservableGauge(
            "id_generator.clock.refused_step", () => IsHeld ? clock.RefusedStep / 1_000d : 0, "s",
            "How far the wall clock is past the largest forward step that is followed; 0 where it is not.");
        meter.CreateObservableCounter(
            "id_generator.clock.steps", () => clock.Steps, "{step}",
            "Steps of the wall clock, of more than 10 ms, that renewals of the lease came upon.");
    }

    private bool IsHeld => lease.Phase == LeasePhase.Held;

    private static double Lead(ClockReading reading) => (reading.Logical - reading.Wall) / 1_000d;

    private int CurrentSequence()
    {
        var next = generator.Next;
        var nothingIssued = generator.Issued == 0 || next == long.MaxValue;
        return nothingIssued ? 0 : (int)((next - 1) & Layout.MaxSequence);
    }
}
