using System.Buffers;

namespace IdGenerator.Http.Formats;

/// <summary>A media type of <c>/ids/{count}</c>, written piece by piece. Stateless: one instance serves all requests.</summary>
internal abstract class IdFormat(string mediaType)
{
    /// <summary>In order of preference where a client has none.</summary>
    public static readonly IdFormat[] All =
        [new JsonFormat(), new TextFormat(), new NdjsonFormat(), new BinaryFormat(), new RangesFormat()];

    public string MediaType => mediaType;

    /// <returns>Of the body with <paramref name="count"/> IDs, in bytes; null where that depends on the IDs.</returns>
    public virtual long? BodyLength(int count) => null;

    public virtual void Begin(IBufferWriter<byte> output)
    {
    }

    /// <summary>Writes IDs; <paramref name="isFirst"/> tells those that follow <see cref="Begin"/> directly.</summary>
    public abstract void Write(IBufferWriter<byte> output, IdRange ids, bool isFirst);

    public virtual void End(IBufferWriter<byte> output)
    {
    }
}
