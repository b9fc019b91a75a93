using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;

namespace AccessGov.Edge.Uses;

/// <summary>
/// Writes down what was not taken: so much a minute from one address and from all, and then how many more there were, so that nobody fills
/// the disk from outside. What comes with a good capability and use is counted for itself: rubbish does not hide a replay. Thread-safe.
/// </summary>
internal sealed class RefusedUses(EdgeJournal journal)
{
    public const int PerAddressMax = 10;
    public const int PerMinuteMax = 60;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly Dictionary<(bool Good, string Address), int> written = [];
    private DateTimeOffset since;
    private int more;

    /// <param name="fault">Why it was not taken.</param>
    /// <param name="use">The id of the use, when it was read and is good.</param>
    /// <param name="address">From where.</param>
    /// <param name="now">The time.</param>
    public async Task<UseCapability.Answer> NoteAsync(CapabilityFault fault, string? use, string? address, DateTimeOffset now)
    {
        await TellMoreAsync(now);
        if (MayWrite((use is not null, address ?? ""), now))
        {
            await WriteAsync(new EdgeJournalEntry(0, "", now, EdgeEntryKinds.Refused, use, Address: address, Reason: fault.Code));
        }

        return new UseCapability.Answer(null, false, fault);
    }

    /// <summary>Writes down how many were left out, when their minute is over.</summary>
    public async Task TellMoreAsync(DateTimeOffset now)
    {
        int left;
        lock (gate)
        {
            if (more == 0 || IsSameMinute(now))
            {
                return;
            }

            (left, more) = (more, 0);
        }

        if (!await WriteAsync(new EdgeJournalEntry(
            0, "", now, EdgeEntryKinds.Refused, Reason: EdgeEntryReasons.RefusedMore, Count: left)))
        {
            lock (gate)
            {
                more += left;
            }
        }
    }

    private async Task<bool> WriteAsync(EdgeJournalEntry entry)
    {
        try
        {
            return await journal.WriteAsync(_ => ((EdgeJournalEntry?)entry, true));
        }
        catch (JournalException)
        {
            // Nothing was given: it is refused for what it was refused for.
            return false;
        }
    }

    private bool MayWrite((bool Good, string Address) from, DateTimeOffset now)
    {
        lock (gate)
        {
            if (!IsSameMinute(now))
            {
                since = now;
                written.Clear();
            }

            int here = written.GetValueOrDefault(from);
            if (here >= PerAddressMax || written.Where(known => known.Key.Good == from.Good).Sum(known => known.Value) >= PerMinuteMax)
            {
                more++;
                return false;
            }

            written[from] = here + 1;
            return true;
        }
    }

    /// <summary>A clock that was set back begins another one.</summary>
    private bool IsSameMinute(DateTimeOffset now) => now >= since && now < since + Minute;
}
