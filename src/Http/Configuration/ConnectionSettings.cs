using IdGenerator.Http.Connections;
using IdGenerator.Http.Observability;

namespace IdGenerator.Http.Configuration;

/// <summary>How many connections there is room for, in the memory and the file descriptors that the process finds.</summary>
internal static class ConnectionSettings
{
    public static ConnectionLimits Read(SettingsReader reader, OwnNeeds own)
    {
        var resources = ProcessResources.Find(own);
        var most = ConnectionLimits.MostConnections(resources);
        if (most < 1)
        {
            reader.Faults.Add(
                $"The process may open {FileDescriptors.Limit()} file descriptors (ulimit -n); allowed are more than " +
                $"{own.Descriptors}, which it needs for itself.");
            return new(1, 1);
        }

        const string name = "Gateway:MaxConnections";
        return ConnectionLimits.Of(resources, reader.Text(name) is null ? null : reader.Number(name, most, 1, most));
    }
}
