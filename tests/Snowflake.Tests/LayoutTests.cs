using FsCheck;
using FsCheck.Fluent;
using IdGenerator.Testing;

namespace IdGenerator.Snowflake.Tests;

public sealed class LayoutTests
{
    // Gen.Choose takes 32 bits; a slot has 53.
    private static readonly Gen<long> Slots =
        from high in Gen.Choose(0, (1 << 27) - 1)
        from low in Gen.Choose(0, (1 << 26) - 1)
        select (long)high << 26 | (long)low;

    [Fact]
    public void An_id_of_the_replaced_service_decodes_to_what_made_it()
    {
        var id = new SnowflakeId(378432687628619776);

        Assert.Equal(1_795_290_737_734, id.CreatedAt.ToUnixTimeMilliseconds());
        Assert.Equal(1, id.Worker);
        Assert.Equal(0, id.Sequence);
    }

    [Fact]
    public void The_epoch_is_that_of_the_contract() =>
        Assert.Equal(new DateTimeOffset(2024, 1, 12, 13, 15, 54, 64, TimeSpan.Zero), Layout.Epoch);

    [Fact]
    public void The_last_slot_of_the_last_worker_is_the_largest_positive_number()
    {
        var last = (Layout.MaxTimestamp << Layout.SequenceBits) | Layout.MaxSequence;

        Assert.Equal(long.MaxValue, SnowflakeId.Compose(last, Layout.MaxWorker));
    }

    [Fact]
    public void Composing_and_decoding_are_inverse() => Check.One(Cases.Of(100), Prop.ForAll(
        (from slot in Slots
         from worker in Gen.Choose(0, Layout.MaxWorker)
         select (slot, worker)).ToArbitrary(),
        input =>
        {
            var id = new SnowflakeId(SnowflakeId.Compose(input.slot, input.worker));
            return id.Timestamp == input.slot >> 12 && id.Sequence == (input.slot & 4095) && id.Worker == input.worker;
        }));

    [Fact]
    public void Runs_of_a_range_are_consecutive_integers_that_add_up_to_it() => Check.One(Cases.Of(100), Prop.ForAll(
        (from slot in Slots
         from count in Gen.Choose(1, 20_000)
         select new IdRange(5, new(slot, count))).ToArbitrary(),
        ids =>
        {
            var index = 0;
            while (index < ids.Count)
            {
                var run = ids.RunLength(index);
                if (run < 1 || ids[index + run - 1] != ids[index] + run - 1) return false;
                index += run;
                if (index < ids.Count && ids[index] == ids[index - 1] + 1) return false;
            }

            return index == ids.Count;
        }));
}
