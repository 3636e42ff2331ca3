using Orleans.Placement;

namespace IdGenerator.Grains;

/// <summary>A grain whose key is a worker ID lives on the silo that carries that worker ID in its name.</summary>
[Serializable]
internal sealed class WorkerPlacement : PlacementStrategy
{
    public static WorkerPlacement Instance { get; } = new();

    // The silo names already say where the grain is. A directory could only contradict them: it keeps the entry of a crashed
    // silo until the crash is noticed, when the pod may long have come back under another address.
    public override bool IsUsingGrainDirectory => false;
}

/// <inheritdoc cref="WorkerPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WorkerPlacementAttribute() : PlacementAttribute(WorkerPlacement.Instance);
