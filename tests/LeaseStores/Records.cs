using IdGenerator.Leases;

namespace IdGenerator.LeaseStores;

internal static class Records
{
    public static LeaseRecord Any { get; } = new()
    {
        Holder = new("ids-3", "9a0c"),
        Generation = 4,
        ReservedUntil = 90_000_000_000,
        Boot = new("boot", 1_000, 90_000_000_000),
        Lock = "lock:[7]",
        Writes = 6,
        Token = "5f3b",
        Layout = "1705065354064/41-10-12",
        AcquiredAt = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
        RenewedAt = new(2026, 11, 21, 12, 0, 15, TimeSpan.Zero),
        DurationSeconds = 60,
    };
}
