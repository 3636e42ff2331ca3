namespace IdGenerator.Idaudit;

internal static class Usage
{
    public const string Text = """
        Usage: idaudit [options] [FILE ...]

        Reads streams of Snowflake IDs, each FILE one stream (- or none: standard input), and reports
          duplicates         IDs seen more than once, within and across streams
          order              IDs that are not above the ID of the same worker before them in their stream
          outside reserved   IDs with timestamps that their worker had not reserved (--reserved)
          off the clock      IDs with timestamps that cannot be (--not-before, --not-after)
          invalid values     what stands in the place of an ID, and is none
        Exact: nothing is sampled. Positions are counted in IDs, from 1, within their stream.

        Options:
          --format FORMAT    auto    by the first 4 KiB of each stream (default)
                             text    one decimal ID a line
                             json    {"ids":["1"]}, {"id":"1"}, {"ranges":[{"first":"1","count":2}]} or "1",
                                     any number of them one behind the other (NDJSON), or in an array
                             csv     a line an ID, columns between , or ; or |, with or without a header (RFC 4180)
                             tsv     the same, columns between tabs
                             binary  8 bytes an ID, little-endian
          --column COLUMN    the column of csv or tsv that the IDs are in, by name, or by number from 1
          --any-order        do not check the order: for streams that several connections wrote to
          --reserved FILE    lines of: worker from until [label]. In milliseconds since the layout's epoch,
                             until exclusive; several lines for a worker add up
          --not-before TIME  the earliest timestamp allowed. TIME is Unix milliseconds, or ISO 8601
          --not-after TIME   the latest timestamp allowed
          --allow-cut        a stream that ends too early is reported, and is no error: the IDs before the cut
                             count (for bodies of connections that were broken on purpose)
          --json             the report as JSON
          --help             this text

        Exit codes: 0 clean; 1 violations found; 2 no verdict: wrong usage, a stream that is not readable to its
        end, no IDs at all, or more IDs than memory holds (9 bytes an ID). What was found until then is reported.

        Example: curl -sS localhost:8080/ids/1000000 | idaudit --not-before "$(date +%s%3N -d '-1 min')"

        """;
}
