namespace AccessGov.Console.Pages.Policies;

/// <summary>What differs between the files of two texts.</summary>
/// <param name="Name">The file.</param>
/// <param name="Kind">same, changed, added or removed.</param>
/// <param name="Parts">The changed lines with some lines around them.</param>
internal sealed record FileChange(string Name, string Kind, IReadOnlyList<IReadOnlyList<LineChange>> Parts)
{
    public static IReadOnlyList<FileChange> Between(IReadOnlyList<PolicyFile> before, IReadOnlyList<PolicyFile> after) =>
    [
        .. before.Concat(after).Select(file => file.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name =>
        {
            PolicyFile? old = before.FirstOrDefault(file => file.Name == name);
            PolicyFile? present = after.FirstOrDefault(file => file.Name == name);
            string kind = old is null ? "added" : present is null ? "removed" : old.Text == present.Text ? "same" : "changed";
            return new FileChange(name, kind, kind == "same" ? [] : LineDifference.Between(old?.Lines ?? [], present?.Lines ?? []));
        }),
    ];
}

/// <summary>A line that is gone ('-'), new ('+') or the same (' '), with its numbers before and after.</summary>
internal sealed record LineChange(char Sign, int? Before, int? After, string Text);

/// <summary>The difference of two texts by lines: the longest common subsequence.</summary>
internal static class LineDifference
{
    private const int Around = 3;

    /// <summary>Beyond so many pairs of lines the middle is shown as wholly replaced: true, if not the shortest.</summary>
    private const long PairsMax = 4_000_000;

    public static IReadOnlyList<IReadOnlyList<LineChange>> Between(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        List<LineChange> all = All(before, after);
        bool[] shown = new bool[all.Count];
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].Sign != ' ')
            {
                Array.Fill(shown, true, Math.Max(0, i - Around), Math.Min(all.Count, i + Around + 1) - Math.Max(0, i - Around));
            }
        }

        var parts = new List<IReadOnlyList<LineChange>>();
        for (int i = 0; i < all.Count; i++)
        {
            if (shown[i])
            {
                int end = i;
                while (end < all.Count && shown[end])
                {
                    end++;
                }

                parts.Add(all[i..end]);
                i = end;
            }
        }

        return parts;
    }

    private static List<LineChange> All(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        int start = 0;
        while (start < before.Count && start < after.Count && before[start] == after[start])
        {
            start++;
        }

        int end = 0;
        while (end < before.Count - start && end < after.Count - start && before[^(end + 1)] == after[^(end + 1)])
        {
            end++;
        }

        (int olds, int news) = (before.Count - start - end, after.Count - start - end);
        int[,] common = Common(before, after, start, olds, news);
        var all = new List<LineChange>(before.Count + news);
        for (int line = 0; line < start; line++)
        {
            all.Add(new LineChange(' ', line + 1, line + 1, before[line]));
        }

        (int i, int j) = (0, 0);
        while (i < olds || j < news)
        {
            if (i < olds && j < news && common.Length > 1 && before[start + i] == after[start + j])
            {
                all.Add(new LineChange(' ', start + i + 1, start + j + 1, before[start + i]));
                (i, j) = (i + 1, j + 1);
            }
            else if (j == news || (i < olds && (common.Length == 1 || common[i + 1, j] >= common[i, j + 1])))
            {
                all.Add(new LineChange('-', start + i + 1, null, before[start + i++]));
            }
            else
            {
                all.Add(new LineChange('+', null, start + j + 1, after[start + j++]));
            }
        }

        for (int line = 0; line < end; line++)
        {
            all.Add(new LineChange(' ', before.Count - end + line + 1, after.Count - end + line + 1, before[before.Count - end + line]));
        }

        return all;
    }

    /// <summary>How many lines the rests have in common, from each pair of places on; a single cell where there are too many pairs.</summary>
    private static int[,] Common(IReadOnlyList<string> before, IReadOnlyList<string> after, int start, int olds, int news)
    {
        if ((long)olds * news > PairsMax)
        {
            return new int[1, 1];
        }

        int[,] common = new int[olds + 1, news + 1];
        for (int i = olds - 1; i >= 0; i--)
        {
            for (int j = news - 1; j >= 0; j--)
            {
                common[i, j] = before[start + i] == after[start + j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
