using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Relations;

/// <summary>Says that a person is related to a patient.</summary>
internal static class StartRelation
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        RelationKind Kind, string User, string Patient, [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? From = null,
        [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? Until = null)
    {
        public string Id() => Relation.IdOf(Kind, User, Patient);
    }

    public static Outcome<RelationEvent> Decide(Relation state, Command command, DateTimeOffset now)
    {
        DateTimeOffset from = command.From ?? now;
        return state switch
        {
            _ when !Identifiers.IsForeign(command.User) =>
                new Refusal("user_malformed", $"A user's id is 1 to {Identifiers.LengthMax} characters, without control characters or surrounding blanks."),
            _ when !Identifiers.IsForeign(command.Patient) =>
                new Refusal("patient_malformed", $"A patient's id is 1 to {Identifiers.LengthMax} characters, without control characters or surrounding blanks."),
            _ when command.Kind == RelationKind.Self && (command.From is not null || command.Until is not null) =>
                new Refusal("self_is_for_good", "A person does not stop being that patient: leave out from and until."),
            _ when command.Until <= from => new Refusal("until_before_from", "A relation ends after it begins."),

            Relation.Started started when started.Patient != command.Patient =>
                new Refusal("self_taken", "The person is another patient already: end that relation first."),

            // Told without bounds, a relation that holds already goes on as it is.
            Relation.Started started when started.Until == command.Until && (command.From is null || command.From == started.From) =>
                Outcome.NothingToDo<RelationEvent>(),

            Relation.Started started =>
                new RelationStarted(command.Kind, command.User, command.Patient, command.From ?? started.From, command.Until),

            _ => new RelationStarted(command.Kind, command.User, command.Patient, from, command.Until),
        };
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/relations", (Command command, Commands commands, HttpContext http) => commands.RunAsync(
            http, Relation.Streams, command.Id(), state => Decide(state, command, commands.Now), (id, _) => Results.Ok(new { id })))
        .RequireAuthorization("relations.manage");
}
