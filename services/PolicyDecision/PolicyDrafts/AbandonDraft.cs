using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.PolicyDrafts.Shadow;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>Gives a draft up.</summary>
internal static class AbandonDraft
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    public static Outcome<PolicyDraftEvent> Decide(PolicyDraft state, Command command) => state switch
    {
        PolicyDraft.Abandoned => Outcome.NothingToDo<PolicyDraftEvent>(),
        _ when state.Closed is { } closed => closed,
        _ when !Identifiers.IsText(command.Reason, 1000) => new Refusal("reason_required", "Say in at most 1000 characters why the draft is given up."),
        _ => new PolicyDraftAbandoned(command.Reason),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-drafts/{id}/abandon", (string id, Command command, Commands commands, HttpContext http) =>
            commands.RunAsync(http, PolicyDraft.Streams, id, state => Decide(state, command), alongside: ShadowTable.End(id, commands.Now)))
        .RequireAuthorization("policies.manage");
}
