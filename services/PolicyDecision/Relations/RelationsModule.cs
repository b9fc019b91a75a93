using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Relations;

/// <summary>The wiring of the relations.</summary>
internal static class RelationsModule
{
    public static void AddRelations(this IServiceCollection services) => services.AddSubscription<RelationList>();

    public static void MapRelations(this IEndpointRouteBuilder routes)
    {
        StartRelation.Map(routes);
        ImportRelations.Map(routes);
        EndRelation.Map(routes);
        RelationList.Map(routes);
    }
}
