using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Dormancy;

/// <summary>Lets a person sign in again whose account was locked because nobody used it.</summary>
internal static class UnlockPerson
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    /// <param name="state">The person.</param>
    /// <param name="id">Their id.</param>
    /// <param name="reason">Why they may come in again.</param>
    /// <param name="by">Who commands.</param>
    /// <param name="now">The time.</param>
    public static Outcome<PersonEvent> Decide(Person state, string id, string reason, string? by, DateTimeOffset now) => state switch
    {
        _ when !Identifiers.IsText(reason, 1000) => Refusals.NoReason,

        // Whoever is at it may be somebody else than the person.
        _ when by == id => new Refusal("self_unlock", "Somebody else than the locked person unlocks them."),
        Person.Provisioned person => person.Locked ? new PersonUnlocked(reason, now) : Outcome.NothingToDo<PersonEvent>(),
        _ => Person.Absent(state),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/people/{id}/unlock", (string id, Command command, PersonCommands people, TimeProvider clock, HttpContext http) =>
            people.RunAsync(http, id, state => Decide(state, id, command.Reason, Caller.Person(http), clock.GetUtcNow())))
        .RequireAuthorization("people.manage");
}
