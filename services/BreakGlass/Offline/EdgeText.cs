namespace AccessGov.BreakGlass.Offline;

/// <summary>Texts of an edge's.</summary>
internal static class EdgeText
{
    private const int LengthMax = 200;

    /// <summary>What of it can be kept; null when there is none.</summary>
    public static string? Kept(string? text) => text is null ? null
        : string.Concat(text.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter)).Take(LengthMax));
}
