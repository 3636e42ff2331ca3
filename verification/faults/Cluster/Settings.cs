namespace IdGenerator.Faults;

/// <summary>Of the workers under test: short leases, so that a lot happens in a minute.</summary>
internal static class Settings
{
    public const string Release = "ids";
    public const int ReserveSeconds = 6;
    public const int RenewSeconds = 2;
    public const int Port = 8080;
}
