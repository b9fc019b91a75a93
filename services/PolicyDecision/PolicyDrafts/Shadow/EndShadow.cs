using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.PolicyDrafts.Shadow;

/// <summary>Ends the run of a draft beside the live set. What was found stays until the draft runs again.</summary>
internal static class EndShadow
{
    public static Outcome<PolicyDraftEvent> Decide(PolicyDraft state) => state switch
    {
        _ when state.Closed is { } closed => closed,
        PolicyDraft.Open { ShadowUntil: null } => Outcome.NothingToDo<PolicyDraftEvent>(),
        _ => new PolicyDraftShadowEnded(),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-drafts/{id}/shadow/end", (string id, Commands commands, HttpContext http) =>
            commands.RunAsync(http, PolicyDraft.Streams, id, Decide, alongside: ShadowTable.End(id, commands.Now)))
        .RequireAuthorization("policies.manage");
}
