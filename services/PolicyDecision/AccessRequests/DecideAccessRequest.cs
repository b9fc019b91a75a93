using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>
/// Approves or denies a request. An approval becomes a grant for the patient, of the role that was asked for, until it ends; a grant that
/// would be refused is not approved.
/// </summary>
internal static class DecideAccessRequest
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Comment, [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? Until = null);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Denial(string Comment);

    /// <param name="state">The request.</param>
    /// <param name="command">The comment, and until when at most.</param>
    /// <param name="approves">True to approve, false to deny.</param>
    /// <param name="decider">Who decides; null when the token names nobody.</param>
    /// <param name="facts">Who has which role.</param>
    /// <param name="now">The instant.</param>
    public static Outcome<AccessRequestEvent> Decide(
        AccessRequest state, Command command, bool approves, string? decider, FactsSnapshot facts, DateTimeOffset now) => state switch
    {
        AccessRequest.NotRequested => new Refusal("access_request_unknown", "There is no access request with this id."),

        // Before anything is answered, whatever has become of the request: what follows an approval is for those who may approve.
        AccessRequest.Asked { Request: var request } when RefusedDecider(request, decider, facts, now) is { } refusal => refusal,

        // A retried decision is not an error; another one is.
        AccessRequest.Approved when approves => Outcome.NothingToDo<AccessRequestEvent>(),
        AccessRequest.Denied when !approves => Outcome.NothingToDo<AccessRequestEvent>(),
        AccessRequest.Failed { Failure: var failure } => new Refusal(
            "access_request_over",
            $"The request was approved, and its grant refused: {failure.Sentence} Access is asked for anew with the next denial."),
        AccessRequest.Approved or AccessRequest.Denied or AccessRequest.Cancelled =>
            new Refusal("access_request_over", "The request is decided or cancelled already."),
        AccessRequest.Pending { Request: var request } => request switch
        {
            _ when now >= request.DecideBy =>
                new Refusal("access_request_over", "The request has expired: access is asked for anew with the next denial."),
            _ when !Identifiers.IsText(command.Comment, 1000) => new Refusal("comment_required", "Say in at most 1000 characters why."),
            _ when command.Until <= now => new Refusal("until_before_from", "A grant ends after it begins."),
            _ when approves => Approve(
                request, new AccessRequestApproved(now, command.Until < request.Until ? command.Until.Value : request.Until, command.Comment),
                facts, now),
            _ => new AccessRequestDenied(command.Comment),
        },
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of an access request."),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/access-requests/{id}/approve", ApproveAsync)
            .RequireAuthorization("access-requests.decide").WithTags("Access requests");
        routes.MapPost("/access-requests/{id}/deny", (string id, Denial denial, Commands commands, IEventStore store, HttpContext http) =>
                RunAsync(http, id, new Command(denial.Comment), approves: false, commands, store))
            .RequireAuthorization("access-requests.decide").WithTags("Access requests");
    }

    private static async Task<IResult> ApproveAsync(
        string id, Command command, Commands commands, GiveApprovedAccess give, IEventStore store, HttpContext http)
    {
        IResult approved = await RunAsync(http, id, command, approves: true, commands, store);
        if (approved is IStatusCodeHttpResult { StatusCode: >= 400 })
        {
            return approved;
        }

        // Before the answer, so that whoever approved can evaluate again at once; what a crash leaves undone, ApprovedAccess does.
        try
        {
            GiveApprovedAccess.Result result = await give.GiveAsync(id, commands.Facts, Caller.Metadata(http), http.RequestAborted);
            await commands.TellPositionAsync(http, result.Receipt is { } receipt ? [receipt] : []);
            return result.Refusal is { } refusal ? Commands.Refuse(refusal) : approved;
        }
        catch (Exception e) when (Commands.NotWritten(e) is { } refusal)
        {
            http.Response.Headers.RetryAfter = "1";
            return Commands.Refuse(refusal);
        }
    }

    private static async Task<IResult> RunAsync(
        HttpContext http, string id, Command command, bool approves, Commands commands, IEventStore store)
    {
        (FactsSnapshot facts, DateTimeOffset now) = (commands.Facts, commands.Now);

        // A known Idempotency-Key is answered without the rule, so who may decide is asked before it.
        EventStream stream = await store.LoadAsync(AccessRequest.Streams.StreamId(id), http.RequestAborted);
        return commands.Refused(http) is null
            && stream.Fold(AccessRequest.Streams.Initial, AccessRequest.Streams.Evolve) is AccessRequest.Asked { Request: var request }
            && RefusedDecider(request, Caller.Person(http), facts, now) is { } refusal
                ? Commands.Refuse(refusal)
                : await commands.RunAsync(
                    http, AccessRequest.Streams, id, state => Decide(state, command, approves, Caller.Person(http), facts, now));
    }

    private static Outcome<AccessRequestEvent> Approve(
        AccessRequested request, AccessRequestApproved approval, FactsSnapshot facts, DateTimeOffset now) =>
        GiveApprovedAccess.Foreseen(request, approval, facts, now) is { } refusal ? refusal : approval;

    private static Refusal? RefusedDecider(
        AccessRequested request, string? decider, FactsSnapshot facts, DateTimeOffset now) => decider switch
    {
        null => new Refusal("approver_unknown", "Requests are decided by people: use a token of your own."),
        _ when decider == request.SubjectId => new Refusal("self_approval", "Nobody decides their own request."),
        _ when !MayDecide(request, decider, facts, now) => new Refusal(
            "approver_role_missing",
            $"Requests for {request.Role} are decided by somebody who has the role {request.Approver} for this patient."),
        _ => null,
    };

    /// <summary>The approver's role counts everywhere or for the patient.</summary>
    private static bool MayDecide(AccessRequested request, string who, FactsSnapshot facts, DateTimeOffset now)
    {
        SubjectFacts subject = facts.Subjects.GetValueOrDefault(new SubjectKey("User", who), SubjectFacts.None);
        return subject.Grants.Any(grant => grant.Role == request.Approver && !grant.ReadOnly && grant.IsActive(now)
            && (grant.Scope.Kind == GrantScopeKind.Everywhere || grant.Scope == new GrantScope(GrantScopeKind.Patient, request.PatientId)));
    }
}
