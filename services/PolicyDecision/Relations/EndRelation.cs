using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Relations;

/// <summary>Says that a person is no longer related to a patient.</summary>
internal static class EndRelation
{
    public static Outcome<RelationEvent> Decide(Relation state) => state switch
    {
        Relation.Started started => new RelationEnded(started.Kind, started.User, started.Patient),
        Relation.Ended => Outcome.NothingToDo<RelationEvent>(),
        _ => new Refusal("relation_unknown", "There is no relation with this id."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/relations/{id}/end", (string id, Commands commands, HttpContext http) => commands.RunAsync(http, Relation.Streams, id, Decide))
        .RequireAuthorization("relations.manage");
}
