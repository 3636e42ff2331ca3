namespace IdGenerator.Faults;

/// <summary>What a kind of fault can be done to.</summary>
[Flags]
internal enum Victim
{
    KubernetesWorker = 1,
    FileWorker = 2,
    AnyWorker = KubernetesWorker | FileWorker,
    ApiServer = 4,
}
