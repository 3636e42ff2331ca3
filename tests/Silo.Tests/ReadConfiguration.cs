using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace IdGenerator.Silo.Tests;

/// <summary>A configuration that remembers which names somebody asked it for.</summary>
internal sealed class ReadConfiguration(IEnumerable<KeyValuePair<string, string>> values) : IConfiguration
{
    private readonly IConfiguration _values = new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();

    public HashSet<string> Names { get; } = [];

    public string? this[string key]
    {
        get
        {
            Names.Add(key);
            return _values[key];
        }
        set => throw new NotSupportedException();
    }

    public IEnumerable<IConfigurationSection> GetChildren() => _values.GetChildren();

    public IChangeToken GetReloadToken() => _values.GetReloadToken();

    public IConfigurationSection GetSection(string key) => _values.GetSection(key);
}
