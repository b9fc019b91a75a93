using System.Collections.Immutable;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Uses;

namespace AccessGov.Edge.Journal;

/// <summary>What the lines of the journal come to. Immutable.</summary>
/// <param name="Sequence">The number of the last line; 0 for none.</param>
/// <param name="Hash">The last line's hash.</param>
/// <param name="LatestAt">The latest time that a line has, of those since AccessGov confirmed the clock after a later one.</param>
/// <param name="Uses">How often each capability was used.</param>
/// <param name="Capabilities">Until when each of these is good: nothing about them is forgotten before.</param>
/// <param name="Taken">The ids of uses that were taken, and of which capability.</param>
/// <param name="Accesses">What is active, by id.</param>
internal sealed record EdgeState(
    long Sequence, string Hash, DateTimeOffset LatestAt, ImmutableDictionary<string, int> Uses,
    ImmutableDictionary<string, DateTimeOffset> Capabilities, ImmutableDictionary<string, string> Taken,
    ImmutableDictionary<string, ActiveAccess> Accesses)
{
    // What has run out is forgotten when a use is written down, and late enough that no clock brings it back.
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    /// <summary>Before the first line.</summary>
    public static EdgeState Empty { get; } = new(
        0, EdgeJournalEntry.Genesis, DateTimeOffset.MinValue, ImmutableDictionary.Create<string, int>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ActiveAccess>(StringComparer.Ordinal));

    /// <summary>What is active at a time; null when it is not.</summary>
    public ActiveAccess? Active(string id, DateTimeOffset now) =>
        Accesses.GetValueOrDefault(id) is { } access && now < access.Until ? access : null;

    /// <summary>The same after another line.</summary>
    /// <param name="entry">What it says.</param>
    /// <param name="hash">Its hash.</param>
    /// <exception cref="FormatException">It says nothing that could be.</exception>
    public EdgeState After(EdgeJournalEntry entry, string hash)
    {
        DateTimeOffset latest = entry.At > LatestAt || IsConfirmed(entry) ? entry.At : LatestAt;
        EdgeState next = this with { Sequence = entry.Sequence, Hash = hash, LatestAt = latest };
        return entry.Kind switch
        {
            EdgeEntryKinds.Used => next.AfterUse(PresentedUse.Of(entry)),
            EdgeEntryKinds.Ended when entry.Case is { } id => next with { Accesses = next.Accesses.Remove(id) },
            EdgeEntryKinds.Started or EdgeEntryKinds.Refused or EdgeEntryKinds.Accessed => next,
            _ => throw new FormatException($"Line {entry.Sequence} says nothing that this edge knows."),
        };
    }

    private static bool IsConfirmed(EdgeJournalEntry entry) =>
        entry is { Kind: EdgeEntryKinds.Started, Reason: EdgeEntryReasons.ClockConfirmed };

    private EdgeState AfterUse(PresentedUse use)
    {
        string[] over = [.. Capabilities.Where(known => known.Value + Forgotten < LatestAt).Select(known => known.Key)];
        return this with
        {
            Uses = Uses.RemoveRange(over).SetItem(use.Capability, Uses.GetValueOrDefault(use.Capability) + 1),
            Capabilities = Capabilities.RemoveRange(over).SetItem(use.Capability, use.Expires),
            Taken = Taken.RemoveRange(Taken.Where(taken => over.Contains(taken.Value, StringComparer.Ordinal)).Select(taken => taken.Key))
                .SetItem(use.Access.Id, use.Capability),
            Accesses = Accesses
                .RemoveRange(Accesses.Values.Where(access => access.Until + Forgotten < LatestAt).Select(access => access.Id))
                .SetItem(use.Access.Id, use.Access),
        };
    }
}
