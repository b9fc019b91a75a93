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

/// <summary>Which denials can be remedied by asking: those where a role that may be asked for, granted for the patient, would make the difference. Computed by judging again.</summary>
internal sealed class RequestableDenials(BindingTokens tokens, IOptions<PolicyDecisionOptions> options)
{
    /// <summary>So long after the denial access can be asked for.</summary>
    public static readonly TimeSpan OfferFor = TimeSpan.FromMinutes(10);

    private readonly string endpoint = RequestAccess.EndpointOf(options.Value);
    private readonly string? form = options.Value.ConsoleUrl is { } console ? PolicyDecisionOptions.RootOf(console) : null;

    /// <summary>The role that would make the difference, the first by id; null when none does.</summary>
    public static RoleFacts? Remedy(EvaluationQuestion question, FactsSnapshot snapshot, StudyFacts? study, string? patientId, DateTimeOffset now, RoleEntities roles)
    {
        if (patientId is null || question.SubjectType != "User")
        {
            return null;
        }

        foreach (RoleFacts role in snapshot.RequestableRoles)
        {
            if (new HospitalCase(question, snapshot, study, now, roles, asIfGranted: role).Judge().Permitted)
            {
                return role;
            }
        }

        return null;
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
