using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.People;

/// <summary>A person does not work here any more: for now (inactive, may come back) or for good (deprovisioned).</summary>
internal static class EndPerson
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    public static Outcome<PersonEvent> Deactivate(Person state, string reason, string source) => state switch
    {
        _ when !Identifiers.IsText(reason, 1000) => Refusals.NoReason,
        Person.Provisioned person => person.Active ? new PersonDeactivated(reason, source) : Outcome.NothingToDo<PersonEvent>(),
        _ => Person.Absent(state),
    };

    public static Outcome<PersonEvent> Reactivate(Person state, string source) => state switch
    {
        Person.Provisioned person => person.Active ? Outcome.NothingToDo<PersonEvent>() : new PersonReactivated(source),
        _ => Person.Absent(state),
    };

    public static Outcome<PersonEvent> Deprovision(Person state, string reason, string source) => state switch
    {
        _ when !Identifiers.IsText(reason, 1000) => Refusals.NoReason,
        Person.Provisioned => new PersonDeprovisioned(reason, source),
        Person.Deprovisioned => Outcome.NothingToDo<PersonEvent>(),
        _ => Person.Absent(state),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/people/{id}/deactivate", (string id, Command command, PersonCommands people, HttpContext http) =>
            people.RunAsync(http, id, state => Deactivate(state, command.Reason, PersonCommands.Console))).RequireAuthorization("people.manage");
        routes.MapPost("/people/{id}/reactivate", (string id, PersonCommands people, HttpContext http) =>
            people.RunAsync(http, id, state => Reactivate(state, PersonCommands.Console))).RequireAuthorization("people.manage");
        routes.MapPost("/people/{id}/deprovision", (string id, Command command, PersonCommands people, HttpContext http) =>
            people.RunAsync(http, id, state => Deprovision(state, command.Reason, PersonCommands.Console))).RequireAuthorization("people.manage");
    }
}
