namespace IdGenerator.Client;

/// <summary>
/// The worker IDs that have a live silo. Any silo answers, from its own view of the membership: so it costs the membership
/// store nothing, and no silo is needed for it more than another. The view can be seconds old.
/// </summary>
[Alias("id-generator.live-workers")]
internal interface ILiveWorkersGrain : IGrainWithIntegerKey
{
    [AnyGateway, Alias("list")]
    ValueTask<int[]> ListAsync();
}
