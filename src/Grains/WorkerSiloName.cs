using System.Globalization;

namespace IdGenerator.Grains;

/// <summary>
/// The silo name that carries a worker ID: <c>worker-7</c>. Orleans keeps silo names in the membership table, so every silo
/// and every director can tell who has which worker ID without a store of their own.
/// </summary>
public static class WorkerSiloName
{
    private const string Prefix = "worker-";

    public static string Format(int worker) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{worker}");

    /// <summary>Only what <see cref="Format"/> makes of 0 to <see cref="Layout.MaxWorker"/> is taken for a worker's.</summary>
    public static bool TryParse(string? name, out int worker)
    {
        worker = -1;
        return name is not null
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out worker)
            && worker <= Layout.MaxWorker
            && name == Format(worker);
    }
}
