using System.Net;

namespace IdGenerator.Memberships;

internal static class Silos
{
    public static readonly DateTime Now = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>A joining silo, different for each number.</summary>
    public static MembershipEntry Number(int number, SiloStatus status = SiloStatus.Joining) => new()
    {
        SiloAddress = SiloAddress.New(new IPAddress([10, 244, (byte)(number >> 8), (byte)number]), 11_111, 217_000_000 + number),
        Status = status,
        SiloName = $"worker-{number}",
        HostName = $"id-generator-{number}",
        ProxyPort = 30_000,
        RoleName = "IdGenerator.Silo",
        StartTime = Now.AddMinutes(-5),
        IAmAliveTime = Now,
        SuspectTimes = [],
    };

    public static MembershipEntry At(string address, int generation = 1)
    {
        var entry = Number(0);
        entry.SiloAddress = SiloAddress.New(IPAddress.Parse(address), 11_111, generation);
        return entry;
    }
}
