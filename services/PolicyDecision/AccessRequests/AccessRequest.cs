using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.AccessRequests;

internal abstract record AccessRequestEvent;

/// <summary>Somebody who was denied asks for access.</summary>
/// <param name="SubjectType">A Cedar entity type; User.</param>
/// <param name="SubjectId">Who asks.</param>
/// <param name="Action">The action that was denied.</param>
/// <param name="ResourceType">The denied resource's type.</param>
/// <param name="ResourceId">The denied resource's id.</param>
/// <param name="PatientId">Whose data it is: an approval becomes a grant for this patient.</param>
/// <param name="Role">The role that the grant will be of.</param>
/// <param name="Approver">The role of those who may decide.</param>
/// <param name="EvaluationId">The denial in the journal.</param>
/// <param name="Client">The enforcement point that asked.</param>
/// <param name="Until">Until when access is wanted.</param>
/// <param name="DecideBy">When the request expires undecided.</param>
/// <param name="Justification">Why, in the words of whoever asks; empty when they say nothing.</param>
[EventName("access_requested")]
internal sealed record AccessRequested(
    string SubjectType, string SubjectId, string Action, string ResourceType, string ResourceId, string PatientId, string Role, string Approver,
    Guid EvaluationId, string Client, DateTimeOffset Until, DateTimeOffset DecideBy, string Justification) : AccessRequestEvent;

/// <summary>The request was approved; the grant has the request's id.</summary>
[EventName("access_request_approved")]
internal sealed record AccessRequestApproved(DateTimeOffset At, DateTimeOffset Until, string Comment) : AccessRequestEvent;

/// <summary>The request was approved, and the grant was refused all the same: a rule came in between. Final, so that nobody takes the grant once the rule is gone.</summary>
/// <param name="Code">The code of the grant's refusal.</param>
/// <param name="Sentence">Its sentence.</param>
[EventName("access_request_failed")]
internal sealed record AccessRequestFailed(string Code, string Sentence) : AccessRequestEvent;

/// <summary>The request was denied.</summary>
[EventName("access_request_denied")]
internal sealed record AccessRequestDenied(string Comment) : AccessRequestEvent;

/// <summary>Whoever asked does not want it any more.</summary>
[EventName("access_request_cancelled")]
internal sealed record AccessRequestCancelled : AccessRequestEvent;

/// <summary>What has become of a request. It expires without an event: <see cref="AccessRequested.DecideBy"/> says when.</summary>
internal abstract record AccessRequest
{
    private AccessRequest() { }

    public static StreamKind<AccessRequest, AccessRequestEvent> Streams { get; } = new("access-request", new NotRequested(), Evolve);

    public static AccessRequest Evolve(AccessRequest state, AccessRequestEvent @event) => (state, @event) switch
    {
        (NotRequested, AccessRequested e) => new Pending(e),
        (Pending pending, AccessRequestApproved e) => new Approved(pending.Request, e),
        (Approved approved, AccessRequestFailed e) => new Failed(approved.Request, e),
        (Pending pending, AccessRequestDenied e) => new Denied(pending.Request, e.Comment),
        (Pending pending, AccessRequestCancelled) => new Cancelled(pending.Request),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the access request is corrupt."),
    };

    public sealed record NotRequested : AccessRequest;

    /// <summary>Whatever has become of it, this was asked for.</summary>
    public abstract record Asked(AccessRequested Request) : AccessRequest;

    public sealed record Pending(AccessRequested Request) : Asked(Request);

    public sealed record Approved(AccessRequested Request, AccessRequestApproved Approval) : Asked(Request);

    public sealed record Failed(AccessRequested Request, AccessRequestFailed Failure) : Asked(Request);

    public sealed record Denied(AccessRequested Request, string Comment) : Asked(Request);

    public sealed record Cancelled(AccessRequested Request) : Asked(Request);
}
