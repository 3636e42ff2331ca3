using IdGenerator.Leases;

namespace IdGenerator.Http.Hosting;

/// <summary>A lease store that this process may use, and what its log has to say of it.</summary>
/// <param name="Create">Makes the store of the services that it needs.</param>
/// <param name="Place">A sentence: where the record of the worker ID is.</param>
/// <param name="Warning">What an operator should know of it, if anything.</param>
public sealed record OpenStore(Func<IServiceProvider, ILeaseStore> Create, string Place, string? Warning = null);
