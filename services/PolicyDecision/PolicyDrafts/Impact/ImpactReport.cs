using System.Text.Json.Nodes;
using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>Recorded decisions were asked again under the text with this hash.</summary>
/// <param name="Hash">The text.</param>
/// <param name="From">The first instant.</param>
/// <param name="To">The instant after the last one.</param>
/// <param name="Sample">The share of the decisions.</param>
/// <param name="Decisions">How many were asked again.</param>
/// <param name="NotByPolicies">How many were left out, because no policy decided them (a study was unknown, something was out of order).</param>
/// <param name="NotReproduced">How many were decided otherwise than recorded also under the set that decided; nothing is concluded from them.</param>
/// <param name="NotReproducedExamples">A few of these.</param>
/// <param name="UnreadableBatches">How many batches of the journal somebody changed.</param>
/// <param name="AllowToDeny">How many the draft closes.</param>
/// <param name="DenyToAllow">How many the draft opens.</param>
/// <param name="Groups">Both, the largest first.</param>
[EventName("policy_draft_impact_assessed")]
internal sealed record PolicyDraftImpactAssessed(
    string Hash, DateTimeOffset From, DateTimeOffset To, double Sample, long Decisions, long NotByPolicies, long NotReproduced,
    IReadOnlyList<Guid> NotReproducedExamples, int UnreadableBatches, long AllowToDeny, long DenyToAllow, IReadOnlyList<ImpactGroup> Groups) : PolicyDraftEvent;

/// <summary>Decisions that change alike.</summary>
/// <param name="Change">allow_to_deny or deny_to_allow.</param>
/// <param name="Role">The roles that the subjects held then.</param>
/// <param name="Department">The department of the studies; empty where it was none.</param>
/// <param name="Policy">The draft's policy that decides; "without ..." where none permits any more.</param>
/// <param name="Count">How many.</param>
/// <param name="Examples">A few of them.</param>
/// <param name="Explanation">Why the first of them is decided so under the draft, without what tells about patients; of the first groups only.</param>
internal sealed record ImpactGroup(string Change, string Role, string Department, string Policy, long Count, IReadOnlyList<Guid> Examples, JsonNode? Explanation)
{
    public const string AllowToDeny = "allow_to_deny";
    public const string DenyToAllow = "deny_to_allow";
}
