using System.Collections.Immutable;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>What a denial says of how access can be asked for (AuthZEN access request and approval profile, requestable denial context).</summary>
/// <param name="Role">The role that an approval would give; the profile's template.</param>
/// <param name="ExpiresAt">Until when it can be asked for.</param>
/// <param name="BindingToken">To be returned unchanged.</param>
/// <param name="Endpoint">Where requests go.</param>
/// <param name="FormUrl">The page for people; null when there is no console.</param>
internal sealed record AccessRequestOffer(string Role, DateTimeOffset ExpiresAt, string BindingToken, string Endpoint, string? FormUrl);

/// <summary>What a denial says of how access can be had at once in an emergency (break-glass), reviewed afterwards.</summary>
/// <param name="Role">The role that the emergency gives for the patient.</param>
/// <param name="HoursMax">For how long at most.</param>
/// <param name="ExpiresAt">Until when it can be invoked upon this denial.</param>
/// <param name="BindingToken">To be returned unchanged.</param>
/// <param name="FormUrl">The page where it is invoked.</param>
internal sealed record BreakGlassOffer(string Role, int HoursMax, DateTimeOffset ExpiresAt, string BindingToken, string FormUrl);

/// <summary>
/// Which denials can be remedied: those where a role that may be asked for, or taken in an emergency, would make the difference if it were granted for the patient.
/// Computed by judging again.
/// </summary>
internal sealed class RequestableDenials(BindingTokens tokens, IOptions<PolicyDecisionOptions> options)
{
    /// <summary>So long after the denial access can be asked for.</summary>
    public static readonly TimeSpan OfferFor = TimeSpan.FromMinutes(10);

    private readonly string endpoint = RequestAccess.EndpointOf(options.Value);
    private readonly string? breakGlass = options.Value.BreakGlassUrl is { } page ? PolicyDecisionOptions.RootOf(page) : null;
    private readonly string? form = options.Value.ConsoleUrl is { } console ? PolicyDecisionOptions.RootOf(console) : null;

    /// <summary>The role that may be asked for and would make the difference, the first by id; null when none does.</summary>
    public static RoleFacts? Remedy(EvaluationQuestion question, FactsSnapshot snapshot, StudyFacts? study, string? patientId, DateTimeOffset now, RoleEntities roles) =>
        patientId is null || question.SubjectType != "User" ? null
            : snapshot.RequestableRoles.FirstOrDefault(role => new HospitalCase(question, snapshot, study, now, roles, asIfGranted: role).Judge().Permitted);

    /// <summary>How an emergency can be invoked upon a denial; null when the subject may invoke none, or it would not help.</summary>
    public BreakGlassOffer? BreakGlassOf(
        Verdict verdict, EvaluationQuestion question, FactsSnapshot snapshot, StudyFacts? study, string? patientId, Guid evaluation, DateTimeOffset now, RoleEntities roles)
    {
        if (breakGlass is null || verdict.Reason != Reasons.NotPermitted || snapshot.EmergencyRoles.IsEmpty || !tokens.Signs || patientId is null || question.SubjectType != "User")
        {
            return null;
        }

        ImmutableArray<GrantFact> grants = snapshot.Subjects.GetValueOrDefault(new SubjectKey(question.SubjectType, question.SubjectId), SubjectFacts.None).Grants;
        RoleFacts? taken = snapshot.EmergencyRoles.FirstOrDefault(role =>
            grants.Any(grant => grant.IsActive(now) && role.EmergencyInvokers.Contains(grant.Role, StringComparer.Ordinal) && snapshot.Roles.ContainsKey(grant.Role))
            && new HospitalCase(question, snapshot, study, now, roles, asIfGranted: role).Judge().Permitted);
        DateTimeOffset expiresAt = now + OfferFor;
        string token = taken is null ? "" : tokens.Sign(question, evaluation, expiresAt);
        return taken is null ? null : new BreakGlassOffer(taken.Id, taken.EmergencyHoursMax!.Value, expiresAt, token, $"{breakGlass}?denial={token}");
    }

    /// <summary>The offer that goes with a denial; null when access cannot be asked for.</summary>
    public AccessRequestOffer? Of(
        Verdict verdict, EvaluationQuestion question, FactsSnapshot snapshot, StudyFacts? study, string? patientId, Guid evaluation, DateTimeOffset now, RoleEntities roles)
    {
        if (verdict.Reason != Reasons.NotPermitted || snapshot.RequestableRoles.IsEmpty || !tokens.Signs
            || Remedy(question, snapshot, study, patientId, now, roles) is not { } role)
        {
            return null;
        }

        DateTimeOffset expiresAt = now + OfferFor;
        return new AccessRequestOffer(
            role.Id, expiresAt, tokens.Sign(question, evaluation, expiresAt), endpoint, form is null ? null : $"{form}/access-requests/new?evaluation={evaluation}");
    }
}
