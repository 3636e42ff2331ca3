using System.Diagnostics.Metrics;
using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.InProcess;

/// <summary>
/// What is to be seen of the generator: the meter <c>IdGenerator.InProcess</c>. All of it is read when somebody looks, so that counting costs
/// callers nothing.
/// </summary>
internal sealed class InProcessInstruments(IMeterFactory meters)
{
    public const string Name = "IdGenerator.InProcess";

    /// <summary>From now on there is something to see. Called once.</summary>
    public void Watch(WorkerLease lease, SlotGenerator generator, WorkerIdSource source)
    {
        var meter = meters.Create(Name);
        meter.CreateObservableCounter("id_generator.in_process.ids", () => generator.Issued, "{id}", "IDs made.");
        meter.CreateObservableCounter(
            "id_generator.in_process.sequence.exhausted", () => generator.ExhaustedMilliseconds, "{millisecond}",
            "Milliseconds whose 4,096 sequence numbers ran out while more were wanted.");
        meter.CreateObservableCounter(
            "id_generator.in_process.waits", () => source.Waits, "{wait}", "Waits of callers for the next millisecond.");
        meter.CreateObservableGauge("id_generator.in_process.worker_id", () => lease.Worker, null, "The worker ID in the IDs of this process.");
        meter.CreateObservableGauge(
            "id_generator.in_process.lease.held", () => lease.Phase == LeasePhase.Held ? 1 : 0, null, "1 while this process holds its worker ID, else 0.");
        meter.CreateObservableGauge(
            "id_generator.in_process.lease.headroom", () => lease.Headroom.TotalSeconds, "s",
            "How long IDs can be made without a renewal of the lease.");
    }
}
