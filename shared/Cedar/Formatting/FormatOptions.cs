namespace AccessGov.Cedar;

/// <summary>How the formatter lays out policies.</summary>
public sealed record FormatOptions
{
    /// <summary>80 columns, indented by 2.</summary>
    public static FormatOptions Default { get; } = new();

    /// <summary>
    /// The width, in UTF-16 code units, that lines keep to where breaking them can do it: 20 to 1,000. A long string, path or comment is
    /// never broken. Lines are indented by at most half of it, however deep an expression nests.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The width is out of range.</exception>
    public int LineWidth
    {
        get;
        init => field = value is >= 20 and <= 1_000 ? value : throw new ArgumentOutOfRangeException(nameof(value), "A line is 20 to 1,000 columns wide.");
    } = 80;

    /// <summary>By how many blanks each level is indented: 0 to 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The indent is out of range.</exception>
    public int IndentWidth
    {
        get;
        init => field = value is >= 0 and <= 8 ? value : throw new ArgumentOutOfRangeException(nameof(value), "A level is indented by 0 to 8 blanks.");
    } = 2;
}
