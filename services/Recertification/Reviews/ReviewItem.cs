using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

internal abstract record ReviewItemEvent;

/// <summary>Somebody is asked whether a person still needs a grant, which was so then.</summary>
/// <param name="Campaign">In which campaign.</param>
/// <param name="Grant">The grant.</param>
/// <param name="Person">Whose it is.</param>
/// <param name="Role">The role's id.</param>
/// <param name="RoleDescription">What the role is for.</param>
/// <param name="ScopeKind">Where it holds: everywhere, site, department, patient.</param>
/// <param name="ScopeId">The site, department or patient; null for everywhere.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until when (exclusive); null means without end.</param>
/// <param name="ReadOnly">Whether it reads only.</param>
/// <param name="Source">How it came: group, request, direct.</param>
/// <param name="Reason">Why, in the words of whoever gave it.</param>
/// <param name="GivenBy">Who gave it; null when that is not known.</param>
/// <param name="GivenAt">When.</param>
/// <param name="Risk">Its risk class.</param>
/// <param name="Facts">What it gives, and what of it was used.</param>
/// <param name="Assignment">Who judges.</param>
/// <param name="Recommendation">What is advised.</param>
/// <param name="At">When.</param>
[EventName("review_item_opened")]
internal sealed record ReviewItemOpened(
    string Campaign, string Grant, string Person, string Role, string RoleDescription, string ScopeKind, string? ScopeId,
    DateTimeOffset From, DateTimeOffset? Until, bool ReadOnly, string Source, string Reason, string? GivenBy, DateTimeOffset GivenAt,
    RiskClass Risk, ItemFacts Facts, Assignment Assignment, Recommendation Recommendation, DateTimeOffset At) : ReviewItemEvent;

/// <summary>What somebody needs to know who judges.</summary>
/// <param name="Actions">What the grant gives.</param>
/// <param name="Lost">What of it no other grant of the person gives: what revoking takes away.</param>
/// <param name="Use">What the person did of it, by action.</param>
/// <param name="UsedSince">From when on use was counted.</param>
/// <param name="Holders">How many people hold the role.</param>
/// <param name="Conflicts">The rules of separated duties that the person's grants break with it.</param>
/// <param name="Emergencies">How often the person took emergency access since then.</param>
/// <param name="Department">Where the person works; null when that is not known.</param>
/// <param name="Changes">What is different since it was certified (see <see cref="Reviews.Changes"/>); null where nobody has looked.</param>
/// <param name="CertifiedBy">Who left it the last time; null when nobody did.</param>
/// <param name="CertifiedAt">When; null when never.</param>
internal sealed record ItemFacts(
    IReadOnlyList<string> Actions, IReadOnlyList<string> Lost, IReadOnlyList<ItemUse> Use, DateTimeOffset UsedSince, int Holders,
    IReadOnlyList<string> Conflicts, int Emergencies, string? Department = null, IReadOnlyList<string>? Changes = null,
    string? CertifiedBy = null, DateTimeOffset? CertifiedAt = null);

/// <summary>What was done of what a grant gives.</summary>
internal sealed record ItemUse(string Action, int Times, int Studies, DateTimeOffset Last);

/// <summary>What a reviewer says of a grant.</summary>
internal enum Verdict
{
    /// <summary>The person needs it.</summary>
    Keep,

    /// <summary>The person needs it for some time.</summary>
    KeepUntil,

    /// <summary>Another role, or reading only, is enough.</summary>
    Reduce,

    /// <summary>The person does not need it.</summary>
    Revoke,
}

/// <summary>A reviewer decided.</summary>
/// <param name="By">Who.</param>
/// <param name="Verdict">What.</param>
/// <param name="Until">Until when it is kept; null otherwise.</param>
/// <param name="Role">The role that is enough; null when it stays the role.</param>
/// <param name="ReadOnly">Whether reading is enough.</param>
/// <param name="Justification">Why; null where nobody asked for it.</param>
/// <param name="Final">Whether nobody else is asked: it is carried out now.</param>
/// <param name="At">When.</param>
[EventName("review_item_decided")]
internal sealed record ReviewItemDecided(
    string By, Verdict Verdict, DateTimeOffset? Until, string? Role, bool ReadOnly, string? Justification, bool Final, DateTimeOffset At)
    : ReviewItemEvent;

/// <summary>A reviewer said that it is not theirs to judge, and the next one is asked.</summary>
[EventName("review_item_passed_on")]
internal sealed record ReviewItemPassedOn(string By, string To, string Note, DateTimeOffset At) : ReviewItemEvent;

/// <summary>Whoever runs the campaign asks somebody else instead.</summary>
[EventName("review_item_reassigned")]
internal sealed record ReviewItemReassigned(string By, string To, string Note, DateTimeOffset At) : ReviewItemEvent;

/// <summary>A reviewer asks the person what they need it for.</summary>
[EventName("review_item_person_asked")]
internal sealed record ReviewItemPersonAsked(string By, string Question, DateTimeOffset At) : ReviewItemEvent;

/// <summary>The person answered.</summary>
[EventName("review_item_person_answered")]
internal sealed record ReviewItemPersonAnswered(string Answer, DateTimeOffset At) : ReviewItemEvent;

/// <summary>What was decided holds in PolicyDecision.</summary>
/// <param name="Verdict">What was carried out.</param>
/// <param name="NewGrant">The grant that replaces it; null when none does.</param>
/// <param name="Probe">What PolicyDecision answers now; null where nothing could be asked that shows it.</param>
/// <param name="At">When.</param>
[EventName("review_item_applied")]
internal sealed record ReviewItemApplied(Verdict Verdict, string? NewGrant, ProbeDecision? Probe, DateTimeOffset At) : ReviewItemEvent;

/// <summary>A question that PolicyDecision was asked after it was carried out, and its answer.</summary>
/// <param name="Action">What the person would do.</param>
/// <param name="ResourceType">With a thing of this type.</param>
/// <param name="Permitted">Whether they may.</param>
/// <param name="Evaluation">The decision's id in the journal; null when it was not told.</param>
/// <param name="AtPosition">The facts were at least as new as this.</param>
internal sealed record ProbeDecision(string Action, string ResourceType, bool Permitted, string? Evaluation, long AtPosition);

/// <summary>Why what was decided is not carried out, besides the refusals of PolicyDecision.</summary>
internal static class Faults
{
    /// <summary>PolicyDecision gives no answer: what it did, if anything, is found out by asking again.</summary>
    public const string Unavailable = "policy_decision_unavailable";

    /// <summary>It is carried out, and PolicyDecision still permits what it was to end.</summary>
    public const string StillPermitted = "still_permitted";
}

/// <summary>What was decided cannot be carried out; it is tried again until it can.</summary>
/// <param name="Fault">Why: a refusal of PolicyDecision, or one of ours.</param>
/// <param name="Sentence">What it says.</param>
/// <param name="Owner">Who sees to it; null when nobody is named.</param>
/// <param name="At">When it was found.</param>
[EventName("review_item_not_applied")]
internal sealed record ReviewItemNotApplied(string Fault, string Sentence, string? Owner, DateTimeOffset At) : ReviewItemEvent;

/// <summary>Somebody wants the person to have it again.</summary>
[EventName("review_item_restore_asked")]
internal sealed record ReviewItemRestoreAsked(string By, string Reason, DateTimeOffset At) : ReviewItemEvent;

/// <summary>The person has it again.</summary>
/// <param name="NewGrant">By this grant.</param>
/// <param name="At">When.</param>
[EventName("review_item_restored")]
internal sealed record ReviewItemRestored(string NewGrant, DateTimeOffset At) : ReviewItemEvent;

/// <summary>Nobody needs to decide any more.</summary>
/// <param name="Cause">person_left or campaign_cancelled.</param>
/// <param name="At">When.</param>
[EventName("review_item_closed")]
internal sealed record ReviewItemClosed(string Cause, DateTimeOffset At) : ReviewItemEvent;

/// <summary>A grant of somebody in a campaign: asked, decided by itself, and carried out.</summary>
internal abstract record ReviewItem
{
    private ReviewItem() { }

    public static StreamKind<ReviewItem, ReviewItemEvent> Streams { get; } = new("review-item", new NotOpened(), Evolve);

    /// <summary>The id of the item of a grant in a campaign: always the same, so that nobody is asked twice.</summary>
    public static string IdOf(string campaign, string grant) => $"{campaign}.{grant}";

    public static ReviewItem Evolve(ReviewItem state, ReviewItemEvent @event) => (state, @event) switch
    {
        (NotOpened, ReviewItemOpened e) => new Open(e, e.Assignment, First: null, Question: false),
        (Open o, ReviewItemPassedOn e) => o with { Asked = o.Asked with { Reviewer = e.To, Next = [.. o.Asked.Next.Skip(1)] } },
        (Open o, ReviewItemReassigned e) => o with { Asked = o.Asked with { Reviewer = e.To } },
        (Open o, ReviewItemPersonAsked) => o with { Question = true },
        (Open o, ReviewItemPersonAnswered) => o with { Question = false },
        (Open o, ReviewItemDecided { Final: false } e) => o with { Asked = new Assignment(o.Asked.Second, null, o.Asked.Next), First = e },
        (Open o, ReviewItemDecided e) => new Decided(o.About, e, Fault: null),
        (Open o, ReviewItemClosed) => new Closed(o.About),
        (Decided d, ReviewItemDecided { Final: false } e) =>
            new Open(d.About, new Assignment(d.About.Assignment.Second, null, d.About.Assignment.Next), e, Question: false),
        (Decided d, ReviewItemDecided e) => new Decided(d.About, e, Fault: null),
        (Decided d, ReviewItemNotApplied e) => d with { Fault = e.Fault },
        (Decided d, ReviewItemApplied e) => new Applied(d.About, d.Decision, e),
        (Applied a, ReviewItemRestoreAsked e) => new Restoring(a.About, a.Decision, a.How, e, Fault: null),
        (Restoring r, ReviewItemNotApplied e) => r with { Fault = e.Fault },
        (Restoring r, ReviewItemRestored) => new Restored(r.About, r.Decision, r.Wanted.By),
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the item is corrupt."),
    };

    /// <summary>Nobody was asked.</summary>
    public sealed record NotOpened : ReviewItem;

    /// <summary>Somebody is asked.</summary>
    /// <param name="About">What it is.</param>
    /// <param name="Asked">Who is asked now, and who after them.</param>
    /// <param name="First">What the first of two reviewers decided; null before that, and where one is enough.</param>
    /// <param name="Question">Whether the person was asked something and has not answered.</param>
    public sealed record Open(ReviewItemOpened About, Assignment Asked, ReviewItemDecided? First, bool Question) : ReviewItem;

    /// <summary>It is decided, and not carried out yet.</summary>
    /// <param name="About">What it is.</param>
    /// <param name="Decision">What was decided.</param>
    /// <param name="Fault">Why it cannot be carried out; null as long as nobody knows of anything.</param>
    public sealed record Decided(ReviewItemOpened About, ReviewItemDecided Decision, string? Fault) : ReviewItem;

    /// <summary>What was decided holds.</summary>
    public sealed record Applied(ReviewItemOpened About, ReviewItemDecided Decision, ReviewItemApplied How) : ReviewItem;

    /// <summary>The person is to have it again.</summary>
    public sealed record Restoring(
        ReviewItemOpened About, ReviewItemDecided Decision, ReviewItemApplied How, ReviewItemRestoreAsked Wanted, string? Fault) : ReviewItem;

    /// <summary>The person has it again.</summary>
    /// <param name="About">What it is.</param>
    /// <param name="Decision">What was decided.</param>
    /// <param name="By">Who gave it back.</param>
    public sealed record Restored(ReviewItemOpened About, ReviewItemDecided Decision, string By) : ReviewItem;

    /// <summary>Nobody needs to decide any more.</summary>
    public sealed record Closed(ReviewItemOpened About) : ReviewItem;
}
