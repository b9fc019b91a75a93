using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.People;

/// <summary>Security keeps a person out at once, and lets them in again. The person keeps what they were given.</summary>
internal static class SuspendPerson
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    public static Outcome<PersonEvent> Suspend(Person state, string reason) => state switch
    {
        _ when !Identifiers.IsText(reason, 1000) => Refusals.NoReason,
        Person.Provisioned person => person.Suspended ? Outcome.NothingToDo<PersonEvent>() : new PersonSuspended(reason),
        _ => Person.Absent(state),
    };

    /// <param name="state">The person.</param>
    /// <param name="id">Their id.</param>
    /// <param name="reason">Why they may come in again.</param>
    /// <param name="by">Who commands.</param>
    public static Outcome<PersonEvent> Reinstate(Person state, string id, string reason, string? by) => state switch
    {
        _ when !Identifiers.IsText(reason, 1000) => Refusals.NoReason,

        // Nobody lifts their own suspension.
        _ when by == id => new Refusal("self_reinstatement", "Somebody else than the suspended person reinstates them."),
        Person.Provisioned person => person.Suspended ? new PersonReinstated(reason) : Outcome.NothingToDo<PersonEvent>(),
        _ => Person.Absent(state),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/people/{id}/suspend", (string id, Command command, PersonCommands people, HttpContext http) =>
            people.RunAsync(http, id, state => Suspend(state, command.Reason))).RequireAuthorization("people.suspend");
        routes.MapPost("/people/{id}/reinstate", (string id, Command command, PersonCommands people, HttpContext http) =>
            people.RunAsync(http, id, state => Reinstate(state, id, command.Reason, Caller.Person(http)))).RequireAuthorization("people.suspend");
    }
}
