using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using IdGenerator.Leases;

namespace IdGenerator.Kubernetes.Tests;

public sealed class LeaseDocumentTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        var records =
            from generation in Gen.Choose(1, int.MaxValue)
            from until in Gen.Choose(0, int.MaxValue)
            from boot in Gen.Elements(null, new BootMark("b/time:[1]", 0, long.MaxValue))
            from holder in Gen.Elements(null, new Holder("pod, a", "uid"))
            from micros in Gen.Choose(0, int.MaxValue)
            from seconds in Gen.Choose(1, 3_600)
            select Records.Any with
            {
                Generation = generation * 1_000L,
                ReservedUntil = until * 1_000L,
                Boot = boot,
                Holder = holder,
                RenewedAt = Records.Any.AcquiredAt.AddMicroseconds(micros),
                DurationSeconds = seconds,
            };
        Prop.ForAll(records.ToArbitrary(), record => Read(Json(LeaseDocument.Write(record, new Lease()))) == record)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_of_an_earlier_record_stays()
    {
        var released = Records.Any with { Holder = null, Boot = null };
        Assert.Equal(released, Read(LeaseDocument.Write(released, into: LeaseDocument.Write(Records.Any, new Lease()))));
    }

    [Fact]
    public void Times_have_six_digits()
    {
        var lease = LeaseDocument.Write(Records.Any, new Lease());
        var json = JsonSerializer.Serialize(lease, Lease.Resource.Json);
        Assert.Contains("\"acquireTime\":\"2026-11-21T12:00:00.000000Z\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("holder-uid", null)]
    [InlineData("generation", null)]
    [InlineData("generation", "-1")]
    [InlineData("reserved-until", null)]
    [InlineData("reserved-until", "soon")]
    [InlineData("reserved-until", "99999999999999999999")]
    [InlineData("boot-monotonic", null)]
    [InlineData("boot-ceiling", "")]
    [InlineData("layout", null)]
    public void A_record_that_somebody_has_edited_is_named_and_not_guessed(string name, string? value)
    {
        var lease = LeaseDocument.Write(Records.Any, new Lease());
        var annotations = new Dictionary<string, string>(lease.Metadata.Annotations!);
        if (value is null) annotations.Remove(LeaseDocument.Prefix + name);
        else annotations[LeaseDocument.Prefix + name] = value;
        var edited = lease with { Metadata = lease.Metadata with { Annotations = annotations } };
        Assert.False(LeaseDocument.TryRead(edited, out _, out var fault));
        Assert.Contains(name, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_field_that_somebody_has_removed_is_not_guessed()
    {
        var lease = LeaseDocument.Write(Records.Any, new Lease());
        Assert.False(LeaseDocument.TryRead(lease with { Spec = lease.Spec with { HolderIdentity = null } }, out _, out _));
        Assert.False(LeaseDocument.TryRead(lease with { Spec = lease.Spec with { RenewTime = null } }, out _, out _));
        Assert.False(LeaseDocument.TryRead(lease with { Spec = lease.Spec with { LeaseDurationSeconds = 0 } }, out _, out _));
    }

    private static Lease Json(Lease lease) =>
        JsonSerializer.Deserialize(JsonSerializer.Serialize(lease, Lease.Resource.Json), Lease.Resource.Json)!;

    private static LeaseRecord? Read(Lease lease) => LeaseDocument.TryRead(lease, out var record, out _) ? record : null;
}
