using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>Approves or denies a request. An approval becomes a grant for the patient, of the role that was asked for, until it ends.</summary>
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

        // A retried decision is not an error; another one is.
        AccessRequest.Approved when approves => Outcome.NothingToDo<AccessRequestEvent>(),
        AccessRequest.Denied when !approves => Outcome.NothingToDo<AccessRequestEvent>(),
        AccessRequest.Approved or AccessRequest.Denied or AccessRequest.Cancelled =>
            new Refusal("access_request_over", "The request is decided or cancelled already."),
        AccessRequest.Pending { Request: var request } => (request, decider) switch
        {
            _ when now >= request.DecideBy => new Refusal("access_request_over", "The request has expired: access is asked for anew with the next denial."),
            (_, null) => new Refusal("approver_unknown", "Requests are decided by people: use a token of your own."),
            _ when decider == request.SubjectId => new Refusal("self_approval", "Nobody decides their own request."),
            _ when !MayDecide(request, decider, facts, now) => new Refusal("approver_role_missing", $"Requests for {request.Role} are decided by somebody who has the role {request.Approver} for this patient."),
            _ when !Identifiers.IsText(command.Comment, 1000) => new Refusal("comment_required", "Say in at most 1000 characters why."),
            _ when command.Until <= now => new Refusal("until_before_from", "A grant ends after it begins."),
            _ when approves => new AccessRequestApproved(now, command.Until < request.Until ? command.Until.Value : request.Until, command.Comment),
            _ => new AccessRequestDenied(command.Comment),
        },
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of an access request."),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/access-requests/{id}/approve", async (string id, Command command, Commands commands, IEventStore store, HttpContext http) =>
            {
                IResult approved = await RunAsync(http, id, command, approves: true, commands);
                // Before the answer, so that whoever approved can evaluate again at once; what a crash leaves undone, ApprovedAccess does.
                return AccessRequest.Streams.Fold(await store.LoadAsync(AccessRequest.Streams.StreamId(id), http.RequestAborted)) is AccessRequest.Approved done
                    && approved is not IStatusCodeHttpResult { StatusCode: >= 400 }
                    ? await GrantAsync(http, id, done, commands)
                    : approved;
            })
            .RequireAuthorization("access-requests.decide").WithTags("Access requests");
        routes.MapPost("/access-requests/{id}/deny", (string id, Denial denial, Commands commands, HttpContext http) =>
                RunAsync(http, id, new Command(denial.Comment), approves: false, commands))
            .RequireAuthorization("access-requests.decide").WithTags("Access requests");
    }

    private static Task<IResult> RunAsync(HttpContext http, string id, Command command, bool approves, Commands commands)
    {
        DateTimeOffset now = commands.Now;
        FactsSnapshot facts = commands.Facts;
        return commands.RunAsync(
            http, AccessRequest.Streams, id, state => Decide(state, command, approves, http.User.FindFirst("sub")?.Value, facts, now));
    }

    private static Task<IResult> GrantAsync(HttpContext http, string id, AccessRequest.Approved approved, Commands commands)
    {
        GiveGrant.Command grant = ApprovedAccess.GrantOf(id, approved);
        return commands.RunAsync(
            http, Grant.Streams, id, state => GiveGrant.Decide(state, grant, commands.Facts, commands.Now), alongside: DutyClaim.Of(grant, commands.Facts, commands.Now));
    }

    /// <summary>The approver's role counts everywhere or for the patient.</summary>
    private static bool MayDecide(AccessRequested request, string who, FactsSnapshot facts, DateTimeOffset now)
    {
        SubjectFacts subject = facts.Subjects.GetValueOrDefault(new SubjectKey("User", who), SubjectFacts.None);
        return subject.Grants.Any(grant => grant.Role == request.Approver && !grant.ReadOnly && grant.IsActive(now)
            && (grant.Scope.Kind == GrantScopeKind.Everywhere || grant.Scope == new GrantScope(GrantScopeKind.Patient, request.PatientId)));
    }
}
