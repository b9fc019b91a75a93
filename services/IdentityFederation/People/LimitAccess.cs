using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.People;

/// <summary>
/// Says when a person's access ends by itself, or that it does not: how somebody from outside is let in for longer, or for a while.
/// </summary>
internal static class LimitAccess
{
    /// <param name="EndsAt">When; null when it does not end by itself.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(DateTimeOffset? EndsAt);

    public static Outcome<PersonEvent> Decide(Person state, Command command, string source, DateTimeOffset now) => state switch
    {
        _ when command.EndsAt <= now =>
            new Refusal("access_end_past", "endsAt is a time to come; deactivate whoever is not to come in from now on."),
        Person.Provisioned person => person.AccessEndsAt == command.EndsAt
            ? Outcome.NothingToDo<PersonEvent>()
            : new PersonAccessLimited(command.EndsAt, source),
        _ => Person.Absent(state),
    };

    /// <summary>The end has come.</summary>
    public static Outcome<PersonEvent> End(Person state, DateTimeOffset now) => state is Person.Provisioned { AccessEndsAt: { } end }
        && end <= now
        ? EndPerson.Deactivate(state, "The time for which access was given is over.", Person.Federation)
        : Outcome.NothingToDo<PersonEvent>();

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/people/{id}/limit-access",
            (string id, Command command, PersonCommands people, CommandRunner commands, HttpContext http) =>
            people.RunAsync(http, id, state => Decide(state, command, PersonCommands.Console, commands.Now)))
        .RequireAuthorization("people.manage");
}
