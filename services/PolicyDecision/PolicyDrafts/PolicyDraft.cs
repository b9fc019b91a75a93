using System.Collections.Immutable;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.PolicyDrafts.Impact;

namespace AccessGov.PolicyDecision.PolicyDrafts;

internal abstract record PolicyDraftEvent;

/// <summary>Somebody proposes a text for a policy set.</summary>
/// <param name="By">Who wrote it.</param>
/// <param name="PolicySet">The set's name.</param>
/// <param name="BaseVersion">The version in force that it is written upon; 0 when there is none.</param>
/// <param name="Hash">SHA-256 of the files.</param>
/// <param name="Files">The whole text.</param>
/// <param name="Comment">What it is for.</param>
[EventName("policy_draft_written")]
internal sealed record PolicyDraftWritten(string By, string PolicySet, int BaseVersion, string Hash, IReadOnlyList<PolicyFile> Files, string Comment) : PolicyDraftEvent;

/// <summary>The draft has another text: what was checked and approved before is void.</summary>
[EventName("policy_draft_rewritten")]
internal sealed record PolicyDraftRewritten(string By, int BaseVersion, string Hash, IReadOnlyList<PolicyFile> Files, string Comment) : PolicyDraftEvent;

/// <summary>The text with this hash was checked; of the findings the first ones are kept.</summary>
[EventName("policy_draft_checked")]
internal sealed record PolicyDraftChecked(
    string Hash, bool Passed, int Cases, int ErrorCount, int WarningCount, IReadOnlyList<PolicyFault> Errors, IReadOnlyList<PolicyFault> Warnings) : PolicyDraftEvent;

/// <summary>A second person has read the text with this hash and wants it in force.</summary>
[EventName("policy_draft_approved")]
internal sealed record PolicyDraftApproved(string By, string Hash) : PolicyDraftEvent;

/// <summary>The text with this hash decides beside the live set, until an instant, and changes nothing.</summary>
[EventName("policy_draft_shadow_started")]
internal sealed record PolicyDraftShadowStarted(string Hash, DateTimeOffset Until) : PolicyDraftEvent;

[EventName("policy_draft_shadow_ended")]
internal sealed record PolicyDraftShadowEnded : PolicyDraftEvent;

[EventName("policy_draft_abandoned")]
internal sealed record PolicyDraftAbandoned(string Reason) : PolicyDraftEvent;

/// <summary>The stream of the policy set has the draft as this version. That one is the truth; this event follows it.</summary>
[EventName("policy_draft_published")]
internal sealed record PolicyDraftPublished(int Version, string Hash) : PolicyDraftEvent;

/// <summary>A draft of a policy set.</summary>
internal abstract record PolicyDraft
{
    private PolicyDraft() { }

    public static StreamKind<PolicyDraft, PolicyDraftEvent> Streams { get; } = new("policy-draft", new NotWritten(), Evolve);

    /// <summary>Why nothing can be done with the draft any more; null when something can.</summary>
    public Refusal? Closed => this switch
    {
        NotWritten => new Refusal("policy_draft_unknown", "There is no draft with this id."),
        Abandoned => new Refusal("draft_abandoned", "The draft was abandoned: write another one."),
        Published published => new Refusal("draft_published", $"The draft is published as version {published.Version}: write another one."),
        _ => null,
    };

    public static PolicyDraft Evolve(PolicyDraft state, PolicyDraftEvent @event) => (state, @event) switch
    {
        (NotWritten, PolicyDraftWritten e) => new Open(e.PolicySet, e.BaseVersion, e.Hash, e.Files, e.Comment, [e.By], null, null),
        (Open open, PolicyDraftRewritten e) =>
            new Open(open.PolicySet, e.BaseVersion, e.Hash, e.Files, e.Comment, open.Writers.Add(e.By), null, null) { Assessed = open.Assessed },
        (Open open, PolicyDraftChecked e) => e.Hash == open.Hash ? open with { CheckPassed = e.Passed } : open,
        (Open open, PolicyDraftApproved e) => e.Hash == open.Hash ? open with { ApprovedBy = e.By } : open,
        (Open open, PolicyDraftImpactAssessed e) => open with { Assessed = open.Assessed.Add(e.Hash) },
        (Open open, PolicyDraftShadowStarted e) => open with { ShadowUntil = e.Until },
        (Open open, PolicyDraftShadowEnded) => open with { ShadowUntil = null },
        (Open, PolicyDraftAbandoned) => new Abandoned(),

        // The set's stream decides: what was written here in the meantime came too late.
        (Open or Abandoned or Published, PolicyDraftPublished e) => new Published(e.Version, e.Hash),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the draft is corrupt."),
    };

    public sealed record NotWritten : PolicyDraft;

    /// <param name="PolicySet">The set's name.</param>
    /// <param name="BaseVersion">The version in force that it is written upon.</param>
    /// <param name="Hash">SHA-256 of the files.</param>
    /// <param name="Files">The whole text.</param>
    /// <param name="Comment">What it is for.</param>
    /// <param name="Writers">Everybody who ever wrote some text of it: none of them is a second person.</param>
    /// <param name="CheckPassed">How the last check of this text ended; null when it was not checked.</param>
    /// <param name="ApprovedBy">Who approved this text; null when nobody did.</param>
    public sealed record Open(
        string PolicySet, int BaseVersion, string Hash, IReadOnlyList<PolicyFile> Files, string Comment, ImmutableHashSet<string> Writers, bool? CheckPassed,
        string? ApprovedBy) : PolicyDraft
    {
        /// <summary>The hashes of the texts whose impact was assessed: what is known of a text stays known when it comes back.</summary>
        public ImmutableHashSet<string> Assessed { get; init; } = [];

        /// <summary>Whether what this text changes is unknown and could be known: a first version has nothing to be compared with.</summary>
        public bool LacksImpact => BaseVersion > 0 && !Assessed.Contains(Hash);

        /// <summary>Until when it runs beside the live set; null when nobody let this text, or it was ended.</summary>
        public DateTimeOffset? ShadowUntil { get; init; }
    }

    public sealed record Abandoned : PolicyDraft;

    public sealed record Published(int Version, string Hash) : PolicyDraft;
}
