using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Uses;

namespace AccessGov.Edge.Journal;

/// <summary>What a line about a use says, read from the tokens in it, which were found good before the line was written.
/// Immutable.</summary>
/// <param name="Capability">The capability's id.</param>
/// <param name="Expires">Until when it may be used.</param>
/// <param name="Access">What was begun.</param>
internal sealed record PresentedUse(string Capability, DateTimeOffset Expires, ActiveAccess Access)
{
    /// <param name="capability">What was promised.</param>
    /// <param name="use">What was asked for.</param>
    /// <param name="at">When it reached the edge: from then on it lasts, as BreakGlass says of the line as well.</param>
    public static PresentedUse Of(EmergencyCapability capability, EmergencyUse use, DateTimeOffset at) => new(
        capability.Id, capability.Expires,
        new ActiveAccess(
            use.Id.ToString(), $"{capability.Holder.Kind}:{capability.Holder.Id}", use.SaidToBe ?? capability.Holder.Id, use.Patient,
            use.Practice, at + capability.Duration));

    /// <exception cref="FormatException">It is no such line.</exception>
    public static PresentedUse Of(EdgeJournalEntry entry) =>
        CapabilityTokens.Unproved(entry.Capability ?? "") is { } capability && UseTokens.Unproved(entry.Use ?? "") is { } use
        && use.Id.ToString() == entry.Case
            ? Of(capability, use, entry.At)
            : throw new FormatException($"Line {entry.Sequence} holds no use of a capability.");
}
