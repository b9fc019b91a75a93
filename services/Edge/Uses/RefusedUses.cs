using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;

namespace AccessGov.Edge.Uses;

/// <summary>Writes down what was not taken; not more than so much a minute, so that nobody fills the disk from outside.
/// Thread-safe.</summary>
internal sealed class RefusedUses(EdgeJournal journal, TimeProvider clock)
{
    private const int PerMinuteMax = 60;
    private readonly Lock gate = new();
    private long since = clock.GetTimestamp();
    private int written;

    /// <param name="fault">Why it was not taken.</param>
    /// <param name="use">The id of the use, when it was read.</param>
    /// <param name="address">From where.</param>
    /// <param name="now">The time.</param>
    public async Task<UseCapability.Answer> NoteAsync(CapabilityFault fault, string? use, string? address, DateTimeOffset now)
    {
        try
        {
            if (MayWrite())
            {
                await journal.WriteAsync<object?>(_ =>
                    (new EdgeJournalEntry(0, "", now, EdgeEntryKinds.Refused, use, Address: address, Reason: fault.Code), null));
            }
        }
        catch (JournalException)
        {
            // Nothing was given: it is refused for what it was refused for.
        }

        return new UseCapability.Answer(null, false, fault);
    }

    private bool MayWrite()
    {
        lock (gate)
        {
            if (clock.GetElapsedTime(since) >= TimeSpan.FromMinutes(1))
            {
                (since, written) = (clock.GetTimestamp(), 0);
            }

            return ++written <= PerMinuteMax;
        }
    }
}
