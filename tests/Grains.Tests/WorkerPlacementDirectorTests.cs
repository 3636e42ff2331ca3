using System.Collections.Immutable;
using System.Net;
using IdGenerator.Client;
using Orleans.Runtime.Placement;

namespace IdGenerator.Grains.Tests;

public sealed class WorkerPlacementDirectorTests
{
    private readonly Cluster _cluster = new();

    [Fact]
    public async Task Finds_the_silo_that_carries_the_worker_id_in_its_name()
    {
        _cluster.Add(1, "worker-1");
        var silo = _cluster.Add(2, "worker-2");
        _cluster.Add(3, "worker-20");

        Assert.Equal(silo, await PlaceAsync(worker: 2));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task Of_two_silos_with_one_name_takes_the_one_that_started_last(int oldPort, int newPort)
    {
        _cluster.Add(oldPort, "worker-2", generation: 5);
        var silo = _cluster.Add(newPort, "worker-2", generation: 6);

        Assert.Equal(silo, await PlaceAsync(worker: 2));
    }

    [Theory]
    [InlineData(SiloStatus.Joining)]
    [InlineData(SiloStatus.ShuttingDown)]
    [InlineData(SiloStatus.Dead)]
    public async Task Prefers_a_silo_that_is_active(SiloStatus other)
    {
        var silo = _cluster.Add(1, "worker-2", generation: 5);
        _cluster.Add(2, "worker-2", other, generation: 6);

        Assert.Equal(silo, await PlaceAsync(worker: 2));
    }

    [Theory]
    [InlineData(SiloStatus.Joining, "The silo of worker ID 2 is Joining.")]
    [InlineData(SiloStatus.ShuttingDown, "The silo of worker ID 2 is ShuttingDown.")]
    [InlineData(SiloStatus.Dead, "No silo has worker ID 2.")]
    public async Task Says_why_a_silo_is_not_taken(SiloStatus status, string message)
    {
        _cluster.Add(1, "worker-1");
        _cluster.Add(2, "worker-2", status);

        var error = await Assert.ThrowsAsync<WorkerUnavailableException>(() => PlaceAsync(worker: 2));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task Does_not_take_a_silo_that_does_not_offer_the_grain()
    {
        _cluster.Add(1, "worker-1");
        _cluster.Incompatible = _cluster.Add(2, "worker-2");

        var error = await Assert.ThrowsAsync<WorkerUnavailableException>(() => PlaceAsync(worker: 2));

        Assert.Equal("The silo of worker ID 2 does not offer its grain (yet).", error.Message);
    }

    private Task<SiloAddress> PlaceAsync(long worker)
    {
        var grain = GrainId.Create(GrainType.Create(SnowflakeGrain.TypeName), GrainIdKeyExtensions.CreateIntegerKey(worker));
        var target = new PlacementTarget(grain, [], default, 0);
        return new WorkerPlacementDirector(_cluster).OnAddActivation(WorkerPlacement.Instance, target, _cluster);
    }

    private sealed class Cluster : IClusterMembershipService, IPlacementContext
    {
        private ImmutableDictionary<SiloAddress, ClusterMember> _members = ImmutableDictionary<SiloAddress, ClusterMember>.Empty;

        public SiloAddress? Incompatible { get; set; }

        public ClusterMembershipSnapshot CurrentSnapshot => new(_members, new(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public SiloAddress LocalSilo => throw new NotSupportedException();

        public SiloStatus LocalSiloStatus => SiloStatus.Active;

        public SiloAddress Add(int port, string name, SiloStatus status = SiloStatus.Active, int generation = 1)
        {
            var address = SiloAddress.New(IPAddress.Loopback, port, generation);
            _members = _members.Add(address, new(address, status, name));
            return address;
        }

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) =>
            _members.Keys.Where(silo => !silo.Equals(Incompatible)).ToArray();

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) =>
            throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }
}
