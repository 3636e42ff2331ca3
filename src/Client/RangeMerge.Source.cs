namespace IdGenerator.Client;

internal sealed partial class RangeMerge
{
    /// <summary>A worker.</summary>
    private sealed class Source(int worker)
    {
        public int Worker => worker;

        private readonly Queue<SlotRange> _behind = new();

        /// <summary>The lowest range that it gave and that was not read; empty where there is none.</summary>
        public SlotRange Head { get; private set; }

        /// <summary>IDs in all such ranges.</summary>
        public long Queued { get; private set; }

        /// <summary>The first slot behind all that it gave; 0 before the first answer.</summary>
        public long End { get; set; }

        public bool IsAsked { get; set; }

        public int Asked { get; set; }

        /// <summary>It was asked, and is not waited for any more.</summary>
        public bool IsLate { get; set; }

        /// <summary>It is not asked any more, and its answers are not used.</summary>
        public bool IsOut { get; set; }

        /// <summary>The worker's clock minus the caller's is at most this, in milliseconds.</summary>
        public long Fastest { get; set; } = long.MaxValue;

        /// <summary>The worker's clock minus the caller's is at least this, in milliseconds.</summary>
        public long Slowest { get; set; } = long.MinValue;

        public bool HasClock => Slowest != long.MinValue;

        /// <summary>Adds a range, above all that it gave before.</summary>
        public void Give(SlotRange range)
        {
            Queued += range.Count;
            if (Head.Count == 0) Head = range;
            else _behind.Enqueue(range);
        }

        /// <summary>Removes the first IDs of the lowest range.</summary>
        public void Take(int count)
        {
            Queued -= count;
            Head = new(Head.First + count, Head.Count - count);
            if (Head.Count == 0 && _behind.TryDequeue(out var next)) Head = next;
        }

        public void Drop()
        {
            _behind.Clear();
            (Head, Queued) = (default, 0);
        }
    }
}
