using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.LeaseStores;
using IdGenerator.Testing;

namespace IdGenerator.Kubernetes.Tests;

public sealed class LeaseDocumentTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        var records =
            from generation in Gen.Choose(1, int.MaxValue)
            from until in Gen.Choose(0, int.MaxValue)
            from boot in Gen.Elements(null, new BootMark("b/time:[1]", 0, long.MaxValue), new BootMark("b", 1, 2))
            from holder in Gen.Elements(null, new Holder("pod, a", "uid"))
            from micros in Gen.Choose(0, int.MaxValue)
            from seconds in Gen.Choose(1, 3_600)
            from writes in Gen.Choose(0, int.MaxValue)
            from name in Gen.Elements(null, "@id-generator/7")
            select Records.Any with
            {
                Generation = generation * 1_000L,
                ReservedUntil = until * 1_000L,
                Boot = boot,
                Holder = holder,
                RenewedAt = Records.Any.AcquiredAt.AddMicroseconds(micros),
                DurationSeconds = seconds,
                Writes = writes * 1_000L,
                Lock = name,
                Token = name,
            };
        Check.One(Cases.Of(100), Prop.ForAll(
            records.ToArbitrary(), record => Read(Json(LeaseDocument.Write(record, new Lease()))) == record));
    }

    [Fact]
    public void Nothing_of_an_earlier_record_stays()
    {
        var released = Records.Any with { Holder = null, Boot = null, Lock = null, Token = null };
        Assert.Equal(released, Read(LeaseDocument.Write(released, into: LeaseDocument.Write(Records.Any, new Lease()))));
    }

    [Fact]
    public void A_record_that_counts_from_zero_is_whole()
    {
        var first = Records.Any with { Generation = 0, ReservedUntil = 0, Writes = 0, Boot = new("boot", 0, 0) };
        Assert.Equal(first, Read(LeaseDocument.Write(first, new Lease())));
    }

    [Theory]
    [InlineData("generation", "5")]
    [InlineData("boot-monotonic", "1001")]
    [InlineData("boot-ceiling", "90000000001")]
    public void A_token_that_an_earlier_release_left_in_place_does_not_vouch_for_what_it_wrote(string name, string value) =>
        Assert.Null(Read(Edited(LeaseDocument.Write(Records.Any, new Lease()), name, value))!.Token);

    [Fact]
    public void A_record_of_an_earlier_release_is_read_without_what_that_release_did_not_write()
    {
        var lease = LeaseDocument.Write(Records.Any, new Lease());
        foreach (var name in new[] { "lock", "writes", "token" }) lease = Edited(lease, name, value: null);

        var expected = Records.Any with { Lock = null, Writes = 0, Token = null };
        Assert.Equal(expected, Read(lease));
    }

    [Fact]
    public void What_the_record_does_not_name_stays()
    {
        var others = new Dictionary<string, string> { ["example.com/note"] = "keep" };
        var written = LeaseDocument.Write(Records.Any, new() { Metadata = new() { Name = "a", Annotations = others } });
        Assert.Equal("keep", written.Metadata.Annotations!["example.com/note"]);
        Assert.Equal("a", written.Metadata.Name);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(1L << 40, int.MaxValue)]
    public void Transitions_are_the_generation_as_far_as_the_field_counts(long generation, int transitions)
    {
        var lease = LeaseDocument.Write(Records.Any with { Generation = generation }, new Lease());
        Assert.Equal(transitions, lease.Spec.LeaseTransitions);
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
    [InlineData("boot-monotonic", "1e3")]
    [InlineData("boot-ceiling", null)]
    [InlineData("boot-ceiling", "")]
    [InlineData("boot-ceiling", " 1")]
    [InlineData("writes", "")]
    [InlineData("layout", null)]
    public void A_record_that_somebody_has_edited_is_named_and_not_guessed(string name, string? value)
    {
        var edited = Edited(LeaseDocument.Write(Records.Any, new Lease()), name, value);
        Assert.False(LeaseDocument.TryRead(edited, out var record, out var fault));
        Assert.Null(record);
        Assert.Equal($"the annotation id-generator/{name} is missing or wrong", fault);
    }

    [Fact]
    public void A_lease_without_annotations_is_no_record()
    {
        Assert.False(LeaseDocument.TryRead(new Lease(), out _, out var fault));
        Assert.Equal("the annotation id-generator/generation is missing or wrong", fault);
    }

    [Fact]
    public void A_native_field_that_somebody_has_removed_is_not_guessed()
    {
        var spec = LeaseDocument.Write(Records.Any, new Lease()).Spec;
        const string Times = "acquireTime, renewTime or leaseDurationSeconds is missing";
        Assert.Equal("the annotation id-generator/holder-uid is missing or wrong", Fault(spec with { HolderIdentity = null }));
        Assert.Equal("the annotation id-generator/holder-uid is missing or wrong", Fault(spec with { HolderIdentity = "" }));
        Assert.Equal(Times, Fault(spec with { AcquireTime = null }));
        Assert.Equal(Times, Fault(spec with { RenewTime = null }));
        Assert.Equal(Times, Fault(spec with { LeaseDurationSeconds = null }));
        Assert.Equal(Times, Fault(spec with { LeaseDurationSeconds = 0 }));
        Assert.Null(Fault(spec with { LeaseDurationSeconds = 1 }));
    }

    private static string? Fault(LeaseSpec spec)
    {
        var lease = LeaseDocument.Write(Records.Any, new Lease());
        return LeaseDocument.TryRead(lease with { Spec = spec }, out _, out var fault) ? null : fault;
    }

    private static Lease Edited(Lease lease, string name, string? value)
    {
        var annotations = new Dictionary<string, string>(lease.Metadata.Annotations!);
        if (value is null) annotations.Remove("id-generator/" + name);
        else annotations["id-generator/" + name] = value;
        return lease with { Metadata = lease.Metadata with { Annotations = annotations } };
    }

    private static Lease Json(Lease lease) =>
        JsonSerializer.Deserialize(JsonSerializer.Serialize(lease, Lease.Resource.Json), Lease.Resource.Json)!;

    private static LeaseRecord? Read(Lease lease) => LeaseDocument.TryRead(lease, out var record, out _) ? record : null;
}
