using System.Globalization;
using System.Text.Json;
using IdGenerator.Testing;

namespace IdGenerator.Client.Tests;

/// <summary>An ID as text and as JSON, and the generator for tests of services.</summary>
public sealed class SnowflakeIdTests
{
    private static readonly SnowflakeId Id = new(378474631373258752);

    [Fact]
    public void Is_its_digits_as_text_in_any_culture()
    {
        Assert.Equal("378474631373258752", Id.ToString());
        Assert.Equal("378474631373258752", string.Create(CultureInfo.GetCultureInfo(""), $"{Id:N0}"));
        Assert.Equal(Id, SnowflakeId.Parse("378474631373258752"));
        Assert.Equal(new SnowflakeId(0), SnowflakeId.Parse("0"));
        Assert.Equal(new SnowflakeId(long.MaxValue), SnowflakeId.Parse("9223372036854775807"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,000")]
    [InlineData("0x1")]
    [InlineData("9223372036854775808")]
    [InlineData("٣")]
    public void Is_nothing_but_digits(string? text)
    {
        Assert.False(SnowflakeId.TryParse(text, out _));
        Assert.Throws<FormatException>(() => SnowflakeId.Parse(text!));
    }

    [Fact]
    public void Is_a_string_in_json_and_is_read_from_a_number_too()
    {
        Assert.Equal("\"378474631373258752\"", JsonSerializer.Serialize(Id));
        Assert.Equal(Id, JsonSerializer.Deserialize<SnowflakeId>("\"378474631373258752\""));
        Assert.Equal(Id, JsonSerializer.Deserialize<SnowflakeId>("378474631373258752"));
        Assert.Equal("{\"7\":true}", JsonSerializer.Serialize(new Dictionary<SnowflakeId, bool> { [new(7)] = true }));
        Assert.True(JsonSerializer.Deserialize<Dictionary<SnowflakeId, bool>>("{\"7\":true}")![new(7)]);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e30")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[]")]
    public void Is_no_other_json(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SnowflakeId>(json));

    [Fact]
    public void Sorts_by_time_then_worker()
    {
        Assert.True(new SnowflakeId(1) < new SnowflakeId(2));
        Assert.True(new SnowflakeId(2) >= new SnowflakeId(2));
        Assert.True(new SnowflakeId(2) > new SnowflakeId(1));
        Assert.True(new SnowflakeId(1) <= new SnowflakeId(2));
        Assert.Equal(-1, new SnowflakeId(1).CompareTo(new(2)));
    }

    [Fact]
    public async Task In_memory_each_id_is_higher_than_the_one_before_and_bears_the_time_of_its_clock()
    {
        var time = new FakeTimeProvider();
        var ids = new InMemoryIdGenerator(time, worker: 7);
        var all = new List<long> { await ids.NextAsync() };
        all.AddRange(await ids.NextAsync(5_000));
        time.AdvanceMilliseconds(10);
        var memory = new long[3];
        await ids.FillAsync(memory);
        all.AddRange(memory);
        all.AddRange(await ids.StreamAsync(3).ToListAsync());
        Assert.True(ids.TryNext(out var last));
        all.Add(last);

        Assert.Equal(all.Order(), all);
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, id => Assert.Equal(7, new SnowflakeId(id).Worker));
        Assert.Equal(time.GetUtcNow(), new SnowflakeId(memory[0]).CreatedAt);
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryIdGenerator(worker: 1_024));
    }
}
