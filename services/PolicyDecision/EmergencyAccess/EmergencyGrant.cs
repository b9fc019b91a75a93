using AccessGov.Contracts.BreakGlass.V1;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.EmergencyAccess;

/// <summary>The grant of an emergency access (break-glass): one patient, read only, for as long as the role allows.</summary>
internal static class EmergencyGrant
{
    /// <summary>The rule. BreakGlass has asked before; what has changed since is refused here.</summary>
    public static Outcome<GrantEvent> Decide(Grant state, EmergencyAccessInvoked invoked, FactsSnapshot facts)
    {
        SubjectFacts subject = facts.Subjects.GetValueOrDefault(new SubjectKey("User", invoked.UserId), SubjectFacts.None);
        RoleFacts? role = facts.Roles.GetValueOrDefault(invoked.Role);
        return (state, EmergencyEligibility.Refused(subject) ?? Refused(role, invoked)) switch
        {
            (not Grant.NotGiven, _) => Outcome.NothingToDo<GrantEvent>(),
            (_, { } refusal) => refusal,
            _ => new GrantGiven(
                "User", invoked.UserId, invoked.Role, GrantScopeKind.Patient, invoked.Patient, invoked.InvokedAt, invoked.Until, ReadOnly: true,
                $"Emergency access ({invoked.ReasonCode}).", ByEmergency: true),
        };
    }

    private static Refusal? Refused(RoleFacts? role, EmergencyAccessInvoked invoked) => role switch
    {
        null or { EmergencyHoursMax: null } =>
            new Refusal("role_not_for_emergencies", $"The role {invoked.Role} is not taken in an emergency (any more)."),
        { EmergencyHoursMax: { } hours } when invoked.Until - invoked.InvokedAt > TimeSpan.FromHours(hours) =>
            new Refusal("until_too_late", $"{invoked.Role} is taken for {hours} hours at most."),
        _ => null,
    };
}
