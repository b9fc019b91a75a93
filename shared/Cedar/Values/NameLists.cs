namespace AccessGov.Cedar;

/// <summary>
/// Lists of attribute names that many records have, as one array each: entities of one type mostly have the same attributes. A fixed
/// number of short lists is remembered, each checked for duplicates once; threads may overwrite each other's, any of the arrays will do.
/// </summary>
internal static class NameLists
{
    private const int Places = 1_024;
    private const int CountMax = 16;
    private const int LengthMax = 400;

    private static readonly string[]?[] Known = new string[]?[Places];

    /// <summary>A list equal to <paramref name="names"/> in the same order, or null.</summary>
    public static string[]? Find(string[] names)
    {
        if (names.Length is 0 or > CountMax)
        {
            return null;
        }

        string[]? known = Known[PlaceOf(names)];
        return known is not null && names.AsSpan().SequenceEqual(known) ? known : null;
    }

    public static void Remember(string[] names)
    {
        if (names.Length is > 0 and <= CountMax && names.Sum(name => name.Length) <= LengthMax)
        {
            Known[PlaceOf(names)] = names;
        }
    }

    private static int PlaceOf(string[] names)
    {
        int hash = names.Length;
        foreach (string name in names)
        {
            hash = unchecked((hash * 31) + name.Length);
            hash = name.Length == 0 ? hash : unchecked((hash * 31) + name[0] + (name[^1] << 3));
        }

        return hash & (Places - 1);
    }
}
