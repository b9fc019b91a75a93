using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>The reason codes of decisions that do not come from a policy's own text, with their sentence for users.</summary>
internal static class Reasons
{
    public const string Permitted = "permitted";
    public const string Forbidden = "forbidden";
    public const string NotPermitted = "not_permitted";
    public const string PolicyError = "policy_error";
    public const string StudyUnknown = "study_unknown";
    public const string StudyIndexUnavailable = "study_index_unavailable";
    public const string JournalUnavailable = "journal_unavailable";
    public const string FactsStale = "facts_stale";
    public const string NoPolicies = "no_policies";
    public const string OperationUnknown = "operation_unknown";
    public const string SubjectSuspended = "subject_suspended";
    public const string SubjectInactive = "subject_inactive";
    public const string SubjectLocked = "subject_locked";
    public const string ObligationUnsupported = "obligation_unsupported";

    // Not a decision's, whose reason in the journal is not_permitted: why an approval that was presented does not permit (AuthZEN access
    // request and approval profile).
    public const string ApprovalExpired = "approval_expired";
    public const string ApprovalFailed = "approval_failed";
    public const string ApprovalUnverifiable = "approval_unverifiable";
    public const string OutOfScope = "out_of_scope";
    public const string GrantPending = "grant_pending";
    public const string PolicyDenied = "policy_denied";

    /// <summary>Not a decision's: what was found is in the answer of a search, which the journal remembers.</summary>
    public const string Searched = "searched";

    /// <summary>What the user reads: why, and what to do next.</summary>
    public static string Text(string reason) => reason switch
    {
        Permitted => "The policies permit this.",
        NotPermitted => "None of your roles permits this. Ask the PACS administrator if your work needs it.",
        Forbidden => "A rule forbids this. Ask the PACS administrator if you think it should not.",
        PolicyError => "A rule could not be applied, so this is refused to be safe. Tell the PACS administrator.",
        StudyUnknown => "This study is not known here yet. Try again in a minute; if it stays so, ask the PACS administrator.",
        StudyIndexUnavailable => "What study this is cannot be looked up now. Try again in a minute.",
        JournalUnavailable => "Decisions cannot be recorded now, so none is permitted. Try again in a minute.",
        FactsStale => "What is known here may be out of date, so nothing is permitted. Try again in a minute.",
        NoPolicies => "No policies are published yet. Ask the PACS administrator.",
        OperationUnknown => "This operation of the archive is not known here. Ask the PACS administrator.",
        SubjectSuspended => "Your access is suspended. Ask the security office, which can say why and lift it.",
        SubjectInactive => "Your account is not active, so nothing is permitted. Ask the service desk if you work here.",
        SubjectLocked => "Your account was not used for long and is locked, so nothing is permitted. Ask the service desk to unlock it.",
        ObligationUnsupported => "This is permitted only along with something that the program you use cannot do. Use another one, or ask the PACS administrator.",
        _ => "This was refused. Ask the PACS administrator.",
    };
}

/// <summary>What the policies say of one question.</summary>
/// <param name="Permitted">The decision.</param>
/// <param name="Reason">A code of <see cref="Reasons"/>.</param>
/// <param name="Text">A sentence for the user.</param>
/// <param name="Policies">The determining policies.</param>
/// <param name="Errors">The policies whose evaluation had an error.</param>
internal sealed record Verdict(bool Permitted, string Reason, string Text, IReadOnlyList<string> Policies, IReadOnlyList<string> Errors)
{
    /// <summary>What the policies demand along with the decision.</summary>
    public IReadOnlyList<ObligationTemplate> Obligations { get; init; } = [];

    /// <summary>What the policy says beside <see cref="Text"/>; null when nothing.</summary>
    public ReasonTexts? Texts { get; init; }

    public static Verdict Refused(string reason) => new(Permitted: false, reason, Reasons.Text(reason), [], []);
}
