using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;

namespace IdGenerator.KubernetesLeases;

/// <summary>
/// A <see cref="LeaseRecord"/> as a Lease: what <c>kubectl get lease</c> shows in the native fields, the rest in
/// annotations. Everything in a Lease that is not named here belongs to others and stays as it is.
/// </summary>
internal static class LeaseDocument
{
    public const string Prefix = "id-generator/";

    private const string HolderUid = Prefix + "holder-uid";
    private const string Generation = Prefix + "generation";
    private const string ReservedUntil = Prefix + "reserved-until";
    private const string BootId = Prefix + "boot-id";
    private const string BootMonotonic = Prefix + "boot-monotonic";
    private const string BootCeiling = Prefix + "boot-ceiling";
    private const string Lock = Prefix + "lock";
    private const string Writes = Prefix + "writes";
    private const string Token = Prefix + "token";
    private const string Layout = Prefix + "layout";
    private const string Silo = Prefix + "silo";
    private const string SiloAlive = Prefix + "silo-alive";
    private const string MembershipVersion = Prefix + "membership-version";

    /// <summary>
    /// The Lease with the note on it, and everything else as it is. The note begins with the generation of the holder that wrote it: the
    /// next holder's first write leaves it there, and by then it is of nobody. The version never falls, whoever writes it.
    /// </summary>
    public static Lease Write(SiloNote note, long generation, Lease into)
    {
        var annotations = new Dictionary<string, string>(into.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            [Silo] = $"{Text(generation)} {note.Row}",
            [SiloAlive] = note.Alive.ToString("O", CultureInfo.InvariantCulture),
        };
        annotations[MembershipVersion] = Text(Math.Max(note.Version, VersionOf(annotations)));
        return into with { Metadata = into.Metadata with { Annotations = annotations } };
    }

    /// <summary>The note in a Lease whose record is <paramref name="record"/>: the row of its silo only where the holder wrote it.</summary>
    public static NotedLease Read(Lease lease, LeaseRecord record)
    {
        var annotations = lease.Metadata.Annotations ?? new Dictionary<string, string>();
        var ours = $"{Text(record.Generation)} ";
        var note = annotations.GetValueOrDefault(Silo);
        var isHeld = record.Holder is not null && note?.StartsWith(ours, StringComparison.Ordinal) == true;
        var renewed = record.RenewedAt.UtcDateTime;
        var alive = DateTime.TryParse(
            annotations.GetValueOrDefault(SiloAlive), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var said) && said > renewed
            ? said
            : renewed;
        return new(isHeld ? new(note![ours.Length..], VersionOf(annotations), alive) : null, record.Generation, VersionOf(annotations));
    }

    public static Lease Write(LeaseRecord record, Lease into)
    {
        var annotations = new Dictionary<string, string>(into.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            [Generation] = Text(record.Generation),
            [ReservedUntil] = Text(record.ReservedUntil),
            [Writes] = Text(record.Writes),
            [Layout] = record.Layout,
        };
        Set(annotations, HolderUid, record.Holder?.Uid);
        Set(annotations, BootId, record.Boot?.BootId);
        Set(annotations, BootMonotonic, record.Boot is { } mark ? Text(mark.Monotonic) : null);
        Set(annotations, BootCeiling, record.Boot is { } same ? Text(same.Ceiling) : null);
        Set(annotations, Lock, record.Lock);
        Set(annotations, Token, record.Token is { } token ? $"{token}/{Written(record)}" : null);
        return into with
        {
            Metadata = into.Metadata with { Annotations = annotations },
            Spec = into.Spec with
            {
                HolderIdentity = record.Holder?.Name,
                LeaseDurationSeconds = record.DurationSeconds,
                AcquireTime = record.AcquiredAt,
                RenewTime = record.RenewedAt,
                // For people: the annotation counts further than this field can.
                LeaseTransitions = (int)Math.Min(record.Generation, int.MaxValue),
            },
        };
    }

    /// <returns>False where the Lease is not, or not wholly, ours; then what is wrong with it.</returns>
    public static bool TryRead(
        Lease lease, [NotNullWhen(true)] out LeaseRecord? record, [NotNullWhen(false)] out string? fault)
    {
        var annotations = lease.Metadata.Annotations ?? new Dictionary<string, string>();
        var spec = lease.Spec;
        var uid = annotations.GetValueOrDefault(HolderUid);
        var bootId = annotations.GetValueOrDefault(BootId);
        var boot = bootId is null ? null : new BootMark(bootId, Number(BootMonotonic), Number(BootCeiling));
        (record, fault) = (null, null);
        if (Number(Generation) < 0) fault = Generation;
        else if (Number(ReservedUntil) < 0) fault = ReservedUntil;
        else if (boot?.Monotonic < 0) fault = BootMonotonic;
        else if (boot?.Ceiling < 0) fault = BootCeiling;
        else if (Optional(Writes) < 0) fault = Writes;
        else if (uid is null != string.IsNullOrEmpty(spec.HolderIdentity)) fault = HolderUid;
        else if (!annotations.TryGetValue(Layout, out var layout)) fault = Layout;
        else if (spec is { AcquireTime: { } acquired, RenewTime: { } renewed, LeaseDurationSeconds: { } seconds and > 0 })
        {
            record = new()
            {
                Holder = uid is null ? null : new(spec.HolderIdentity!, uid),
                Generation = Number(Generation),
                ReservedUntil = Number(ReservedUntil),
                Boot = boot,
                Lock = annotations.GetValueOrDefault(Lock),
                Writes = Optional(Writes) ?? 0,
                Layout = layout,
                AcquiredAt = acquired,
                RenewedAt = renewed,
                DurationSeconds = seconds,
            };
            record = record with { Token = TokenOf(annotations.GetValueOrDefault(Token), record) };
            return true;
        }

        fault = fault is null
            ? "acquireTime, renewTime or leaseDurationSeconds is missing"
            : $"the annotation {fault} is missing or wrong";
        return false;

        // No number that is kept is negative.
        long Number(string name) =>
            long.TryParse(annotations.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : -1;

        // What a record of an earlier release lacks.
        long? Optional(string name) => annotations.ContainsKey(name) ? Number(name) : null;
    }

    /// <summary>
    /// What a token belongs to. An earlier release leaves annotations that it does not know as they are when it writes its own:
    /// the token that it left there is not of that write.
    /// </summary>
    private static string Written(LeaseRecord record) =>
        $"{Text(record.Generation)}/{Text(record.Boot?.Monotonic ?? 0)}/{Text(record.Boot?.Ceiling ?? 0)}";

    private static string? TokenOf(string? annotation, LeaseRecord record) =>
        annotation is not null && annotation.EndsWith($"/{Written(record)}", StringComparison.Ordinal)
            ? annotation[..^(Written(record).Length + 1)]
            : null;

    // Versions begin as seconds since 2020: one of the last million was written by somebody else, and none would be above it.
    private static int VersionOf(IReadOnlyDictionary<string, string> annotations) =>
        int.TryParse(annotations.GetValueOrDefault(MembershipVersion), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version < int.MaxValue - 1_000_000
            ? version
            : 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Set(Dictionary<string, string> annotations, string name, string? value)
    {
        if (value is null) annotations.Remove(name);
        else annotations[name] = value;
    }
}
