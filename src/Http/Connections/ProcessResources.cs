using IdGenerator.Http.Observability;

namespace IdGenerator.Http.Connections;

/// <summary>What the process may use for clients.</summary>
/// <param name="Memory">Bytes, without those that the process itself needs. The heap may grow to half of the container's memory
/// limit (System.GC.HeapHardLimitPercent in the project files,
/// https://learn.microsoft.com/dotnet/core/runtime-config/garbage-collector#heap-limit-percent), so the limit is twice that. The
/// other half is for code, threads and the kernel's buffers.</param>
/// <param name="Descriptors">File descriptors, without those that the process itself needs.</param>
public sealed record ProcessResources(long Memory, long Descriptors)
{
    public static ProcessResources Find(OwnNeeds own) =>
        new(Of(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 2, own), Math.Max(0, FileDescriptors.Limit() - own.Descriptors));

    /// <param name="container">Bytes.</param>
    /// <param name="own">What the process itself needs.</param>
    /// <returns>Bytes for clients.</returns>
    public static long Of(long container, OwnNeeds own) => Math.Max(0, container - own.Memory - (long)(container * own.Garbage));
}
