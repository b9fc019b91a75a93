namespace AccessGov.Cedar;

/// <summary>
/// The name somebody probably meant: the one fewest edits away, when these are few. A validation looks a limited number of times, since
/// each look compares with every name of a schema.
/// </summary>
internal sealed class NearestName
{
    private const int LengthMax = 80;

    private int comparisonsLeft = 200_000;

    /// <summary>The nearest of <paramref name="candidates"/>, or null when none is near.</summary>
    public string? Find(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        int distanceMax = Math.Max(2, name.Length / 3);
        if (name.Length > LengthMax)
        {
            return null;
        }

        foreach (string candidate in candidates)
        {
            if (comparisonsLeft-- <= 0)
            {
                return nearest;
            }

            if (candidate.Length > LengthMax || Math.Abs(candidate.Length - name.Length) > distanceMax)
            {
                continue;
            }

            // Names without a letter in common are not near each other, however short they are.
            int distance = Distance(name, candidate);
            if (distance >= Math.Max(name.Length, candidate.Length))
            {
                continue;
            }

            if (distance < distanceMax || (distance == distanceMax && nearest is null))
            {
                (nearest, distanceMax) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>Insertions, deletions and replacements; upper and lower case of a letter count as one letter.</summary>
    private static int Distance(string left, string right)
    {
        Span<int> row = stackalloc int[right.Length + 1];
        for (int column = 0; column < row.Length; column++)
        {
            row[column] = column;
        }

        for (int i = 0; i < left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int replaced = diagonal + (char.ToUpperInvariant(left[i]) == char.ToUpperInvariant(right[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
