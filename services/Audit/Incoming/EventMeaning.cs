using System.Collections.Frozen;

namespace AccessGov.Audit.Incoming;

/// <summary>What an event of another service means to the trail.</summary>
/// <param name="Action">One of AuditActions.</param>
/// <param name="Person">The member that names whom it is about; null means whoever its stream is named after, or the actor.</param>
/// <param name="Patient">The member that names the patient concerned; then the event is sealed under the patient's key.</param>
/// <param name="About">Whether the stream's id is the person whom it is about.</param>
/// <param name="Outcome">How what it tells ended.</param>
/// <param name="At">The member that says when it happened; null means when it was recorded.</param>
/// <param name="Opened">
/// Whether it tells of images that somebody opened: its members Action, Study and Address say what they did to which and from where, and
/// the person did it.
/// </param>
/// <param name="Reason">The member that says why, as a code.</param>
internal sealed record EventMeaning(string Action, string? Person = null, string? Patient = null, bool About = false,
    string Outcome = Ingest.AuditOutcomes.Success, string? At = null, bool Opened = false, string? Reason = null)
{
    /// <summary>Every event of every service that has a feed; a test compares it with their sources.</summary>
    public static FrozenDictionary<string, FrozenDictionary<string, EventMeaning>> Known { get; } =
        new Dictionary<string, FrozenDictionary<string, EventMeaning>>(StringComparer.Ordinal)
        {
            ["policy-decision"] = PolicyDecisionEvents.Meanings,
            ["identity-federation"] = IdentityFederationEvents.Meanings,
            ["break-glass"] = BreakGlassEvents.Meanings,
            ["recertification"] = RecertificationEvents.Meanings,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What it means; null when nobody has said.</summary>
    public static EventMeaning? Find(string service, string name) =>
        Known.TryGetValue(service, out FrozenDictionary<string, EventMeaning>? events)
            && events.TryGetValue(name, out EventMeaning? meaning) ? meaning : null;
}
