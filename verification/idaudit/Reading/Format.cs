namespace IdGenerator.Idaudit.Reading;

/// <summary>How IDs are written in a stream.</summary>
internal enum Format
{
    Auto,

    /// <summary>See <see cref="TextIds"/>.</summary>
    Text,

    /// <summary>See <see cref="JsonIds"/>.</summary>
    Json,

    /// <summary>Columns between commas, semicolons or vertical bars: see <see cref="TableIds"/>.</summary>
    Csv,

    /// <summary>Columns between tabs: see <see cref="TableIds"/>.</summary>
    Tsv,

    /// <summary>See <see cref="BinaryIds"/>.</summary>
    Binary,
}
