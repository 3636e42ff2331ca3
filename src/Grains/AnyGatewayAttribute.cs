using Orleans.Metadata;

namespace IdGenerator.Grains;

/// <summary>
/// Calls of this grain may take another way each: clients of Orleans send them through one gateway after the other. Without it they would stay
/// with the gateway of the first call, and while that silo hangs, no call to the grain would arrive, though its own silo is well. The order
/// of calls that are under way together is not kept; no caller relies on it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AnyGatewayAttribute : Attribute, IGrainPropertiesProviderAttribute
{
    public void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) =>
        properties[WellKnownGrainTypeProperties.Unordered] = "true";
}
