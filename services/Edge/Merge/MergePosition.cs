using System.Globalization;
using System.Text;
using System.Text.Json;
using AccessGov.Edge.Journal;

namespace AccessGov.Edge.Merge;

/// <summary>
/// How far BreakGlass has the journal, and that it showed the journal not to be believed; both are known after a restart as well.
/// </summary>
internal sealed class MergePosition
{
    private readonly EdgeJournal journal;
    private readonly string file;
    private readonly string brokenFile;
    private long through = -1;

    /// <param name="directory">Where both are kept.</param>
    /// <param name="journal">Broken at once, where it is known to be: before anybody is answered.</param>
    public MergePosition(string directory, EdgeJournal journal)
    {
        (this.journal, file, brokenFile) = (journal, Path.Combine(directory, "merged"), Path.Combine(directory, "broken"));
        if (File.Exists(file) && long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out long known))
        {
            through = known;
            if (known > journal.State.Sequence && journal.Broken is null)
            {
                journal.Break(JournalDamage.Ends(known, journal.State.Sequence));
            }
        }

        if (File.Exists(brokenFile) && journal.Broken is null)
        {
            journal.Break(Earlier());
        }
    }

    /// <summary>The number of the last line that BreakGlass is known to have.</summary>
    public long Through => Math.Max(0, Volatile.Read(ref through));

    /// <summary>BreakGlass has the lines up to this one.</summary>
    /// <param name="to">Its number.</param>
    /// <param name="last">The number of the last line here.</param>
    public void Move(long to, long last)
    {
        if (to > last)
        {
            Break(JournalDamage.Ends(to, last));
            return;
        }

        if (to != Volatile.Read(ref through))
        {
            Volatile.Write(ref through, to);
            OwnFiles.Replace(file, Encoding.ASCII.GetBytes(to.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>BreakGlass knows better than this journal: nothing is given any more, after a restart neither.</summary>
    public void Break(JournalDamage damage)
    {
        if (journal.Broken is not null)
        {
            return;
        }

        journal.Break(damage);
        OwnFiles.Replace(brokenFile, JsonSerializer.SerializeToUtf8Bytes(damage));
    }

    private JournalDamage Earlier()
    {
        try
        {
            return JsonSerializer.Deserialize<JournalDamage>(File.ReadAllBytes(brokenFile), JsonSerializerOptions.Strict) ?? Unreadable();
        }
        catch (JsonException)
        {
            return Unreadable();
        }

        JournalDamage Unreadable() => new(JournalDamage.Changed, journal.State.Sequence + 1, $"{brokenFile} says that it is broken.");
    }
}
