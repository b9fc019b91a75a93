using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Offline;

/// <summary>An emergency access that was taken at an edge, as its journal tells and as was found by looking at it again.</summary>
/// <param name="Person">Whose it is: a person, the station at which somebody said who they are, or the edge where nobody knows.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed record OfflineUse(
    string Person, string Patient, string Role, string InvokerRole, string ReasonCode, string Reason, bool Practice, DateTimeOffset At,
    DateTimeOffset Until, OfflineOrigin Origin)
{
    public static readonly Refusal CaseTaken = new("case_taken", "There is a case with this id already.");
    public static readonly Refusal CaseUnknown = new("case_unknown", "No such case came from this edge.");

    /// <summary>The rule: what happened is a case, whatever is found. It must be judged so long after somebody could know of it.</summary>
    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, OfflineUse use, EmergencyRules rules) => state switch
    {
        EmergencyGrant.NotInvoked => new EmergencyAccessInvoked(
            use.Person, use.Patient, null, use.Role, use.InvokerRole, use.ReasonCode, use.Reason, use.At, use.Until,
            use.Origin.ReceivedAt + rules.ReviewWithin, use.Practice, use.Origin.Station, use.Origin),
        _ => CaseTaken,
    };

    /// <summary>What was opened under it.</summary>
    public static Outcome<EmergencyGrantEvent> Opened(
        EmergencyGrant state, string edge, string action, string? study, string? address, DateTimeOffset at) =>
        CaseOf(state) is { Offline.Edge: var from } about && from == edge
            ? new EmergencyImagesOpenedOffline(about.Clinician, about.Patient, action, study, address, at)
            : CaseUnknown;

    /// <summary>It is over there. One that is over here already stays as it is.</summary>
    public static Outcome<EmergencyGrantEvent> Ended(EmergencyGrant state, string edge, string cause, string? reason, DateTimeOffset at) =>
        CaseOf(state) is not { Offline.Edge: var from } about || from != edge ? CaseUnknown
        : state is not EmergencyGrant.Active ? Outcome.NothingToDo<EmergencyGrantEvent>()
        : at >= about.Until ? new EmergencyAccessEnded(EndCauses.Expired, null, about.Until)
        : new EmergencyAccessEnded(cause, reason, at);

    private static EmergencyCase? CaseOf(EmergencyGrant state) => state switch
    {
        EmergencyGrant.Open open => open.Case,
        EmergencyGrant.Reviewed reviewed => reviewed.Case,
        _ => null,
    };
}
