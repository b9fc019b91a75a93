using AccessGov.EventSourcing;

namespace AccessGov.Audit.Retention;

/// <summary>A shredding, proposed or further.</summary>
internal sealed record Shredding(
    Guid Id, string State, string Ground, string? Class, int? Year, string ProposedBy, DateTimeOffset ProposedAt, string? FirstApprover,
    string? SecondApprover,
    DateTimeOffset? DecidedAt, long? Keys, string? Digest, long? Leaves, DateTimeOffset? RecordedAt, long? Leaf, DateTimeOffset? FinishedAt)
{
    public const string Proposed = "proposed";
    public const string Approved = "approved";

    /// <summary>Nobody seals or opens with its keys any more, and nothing leads from a subject to them.</summary>
    public const string Condemned = "condemned";

    /// <summary>The certificate's event is durable.</summary>
    public const string Recorded = "recorded";

    /// <summary>The certificate is in the trail, and the keys are destroyed.</summary>
    public const string Destroyed = "destroyed";

    /// <summary>It was tried to open a leaf, in vain.</summary>
    public const string Done = "done";
    public const string Denied = "denied";

    /// <summary>It was approved, but there was nothing left that might be shredded.</summary>
    public const string Stopped = "stopped";

    /// <summary>The one who proposes what has expired.</summary>
    public const string Service = "audit";

    /// <summary>What is proposed, for those who may shred; null for others, and when the keys are gone.</summary>
    public ShreddingProposal? Proposal { get; init; }

    /// <summary>Whether its keys lead to their subjects still.</summary>
    internal bool IsOpen => State is Proposed or Approved;

    /// <summary>Whether its keys are there still.</summary>
    internal bool HasKeys => IsOpen || State is Condemned or Recorded;
}

/// <summary>
/// How many keys a shredding is about, and how many of them may not be shredded now. A number that is kept because somebody asked for it
/// counts as one that is held or running, though it is no key.
/// </summary>
/// <param name="Keys">All of them.</param>
/// <param name="Held">Under a legal hold.</param>
/// <param name="Running">In the legal period.</param>
/// <param name="IsAsked">Whether there is such a number.</param>
internal sealed record KeyCoverage(long Keys, long Held, long Running, bool IsAsked = false)
{
    /// <summary>What forbids to shred them; null when nothing does.</summary>
    /// <param name="ground">Why they are to be shredded.</param>
    /// <param name="hasException">Whether it is said why it is right although the legal period runs.</param>
    public Refusal? Forbids(string ground, bool hasException) =>
        Keys == 0 && !IsAsked ? new Refusal("nothing_to_shred", "There is no key of it.")
        : Held > 0 && (ground != ShreddingGrounds.Expired || Held == Keys)
            ? new Refusal("legal_hold", "A legal hold covers it: GET /retention lists them.")

        // Art. 17(3)(b) GDPR: what the law demands to keep is not erased because somebody asks, nor because somebody calls it a mistake.
        : Running > 0 && (ground == ShreddingGrounds.Expired || !hasException)
            ? new Refusal("retention_running",
                "The law demands to keep it until the end of its retention class (Art. 17(3)(b) GDPR)"
                + (ground == ShreddingGrounds.Expired ? "." : ", unless exception says what makes it right all the same."))
        : null;
}
