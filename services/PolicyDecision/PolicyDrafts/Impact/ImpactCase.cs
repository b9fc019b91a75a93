using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>A recorded decision with the facts as they were, under the set that decided it and under the draft.</summary>
/// <param name="Recorded">The decision.</param>
/// <param name="Live">The facts, with the set that was in force.</param>
/// <param name="Draft">The same facts with the draft.</param>
/// <param name="Study">The study as it was; null when it is none or was not known.</param>
internal sealed record ImpactCase(RecordedDecision Recorded, FactsSnapshot Live, FactsSnapshot Draft, StudyFacts? Study)
{
    /// <summary>Decides twice. Pure, so that many threads may.</summary>
    public ImpactOutcome Judge(RoleEntities roles)
    {
        (Verdict live, Verdict draft) = (Judge(Live, roles), Judge(Draft, roles));
        bool same = Recorded.PolicySet == Live.Policies?.Hash && live.Permitted == Recorded.Permitted && live.Reason == Recorded.Reason
            && live.Policies.SequenceEqual(Recorded.Policies, StringComparer.Ordinal);
        return new ImpactOutcome(this, same, live, draft);
    }

    /// <summary>Decides under the draft alone.</summary>
    public Verdict JudgeDraft(RoleEntities roles) => Judge(Draft, roles);

    public HospitalCase UnderDraft(RoleEntities roles) => new(Recorded.Question, Draft, Study, Recorded.At, roles);

    /// <summary>The roles that the subject held at that instant, one after the other.</summary>
    public string Roles()
    {
        var key = new SubjectKey(Recorded.Question.SubjectType, Recorded.Question.SubjectId);
        IEnumerable<string> held = Live.Subjects.GetValueOrDefault(key, SubjectFacts.None).Grants.Where(grant => grant.IsActive(Recorded.At)).Select(grant => grant.Role);
        return string.Join(", ", held.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    private Verdict Judge(FactsSnapshot facts, RoleEntities roles)
    {
        if ((Recorded.Question.RefusedAs ?? HospitalCase.RefusedAs(Recorded.Question, Study)) is { } known)
        {
            return Verdict.Refused(known);
        }

        var hospitalCase = new HospitalCase(Recorded.Question, facts, Study, Recorded.At, roles);
        Verdict verdict = hospitalCase.Judge();
        return verdict.Permitted && !DecisionObligations.Fit(
            DecisionObligations.Of(verdict, Recorded.Question, Recorded.Id, Recorded.At, hospitalCase.Context.Emergency), Recorded.Question.Support)
            ? Verdict.Refused(Reasons.ObligationUnsupported) with { Policies = verdict.Policies, Errors = verdict.Errors }
            : verdict;
    }
}

/// <summary>What became of a recorded decision.</summary>
/// <param name="Case">The decision.</param>
/// <param name="Reproduced">Whether deciding again gave what is recorded: only then a difference is the draft's.</param>
/// <param name="Live">What is decided under the set that decided.</param>
/// <param name="Draft">What is decided under the draft.</param>
internal readonly record struct ImpactOutcome(ImpactCase Case, bool Reproduced, Verdict Live, Verdict Draft);
