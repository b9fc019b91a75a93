using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccessGov.PolicyDecision.Facts;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Relations;

/// <summary>Starts many relations at once, each with its own result. Sending the same again changes nothing.</summary>
internal static class ImportRelations
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command([property: DescribedItems(typeof(StartRelation.Command))] IReadOnlyList<JsonElement> Relations);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/relations/import", (Command command, Imports imports, Commands commands, HttpContext http) =>
            imports.RunAsync<StartRelation.Command, Relation, RelationEvent>(
                http, Relation.Streams, command.Relations, relation => relation.Id(), relation => Known(relation, commands.Facts),
                (state, relation) => StartRelation.Decide(state, relation, commands.Now)))
        .RequireAuthorization("relations.manage")
        .WithBodyLimit(Imports.BodyBytesMax);

    /// <summary>The relation as the facts have it, so that a nightly repetition of everything reads no streams.</summary>
    private static Relation.Started? Known(StartRelation.Command relation, FactsSnapshot facts)
    {
        string id = relation.Id();
        SubjectFacts? person = facts.Subjects.GetValueOrDefault(new SubjectKey("User", relation.User));
        PatientFacts? patient = facts.Patients.GetValueOrDefault(relation.Patient);
        return relation.Kind switch
        {
            RelationKind.CareTeam => Timed(patient?.CareTeam),
            RelationKind.Referral => Timed(patient?.Referrals),
            RelationKind.Family when person?.Family.FirstOrDefault(item => item.RelationId == id) is { } family =>
                new Relation.Started(relation.Kind, relation.User, relation.Patient, family.From, family.Until),
            RelationKind.Self when person?.SelfPatientId is { } self =>
                new Relation.Started(relation.Kind, relation.User, self, DateTimeOffset.MinValue, null),
            _ => null,
        };

        Relation.Started? Timed(ImmutableArray<TimedUser>? users) =>
            users?.FirstOrDefault(item => item.RelationId == id) is { } known
                ? new Relation.Started(relation.Kind, relation.User, relation.Patient, known.From, known.Until)
                : null;
    }
}
