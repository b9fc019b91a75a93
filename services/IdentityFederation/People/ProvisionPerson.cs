using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.People;

/// <summary>Makes a person known here.</summary>
internal static class ProvisionPerson
{
    /// <param name="Organisation">Where the person comes from.</param>
    /// <param name="Profile">What is known of them.</param>
    /// <param name="Id">The id that other systems know the person by already; a new one unless given.</param>
    /// <param name="Active">Whether they work here already.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Organisation, PersonProfile Profile, string? Id = null, bool Active = true);

    public static Outcome<PersonEvent> Decide(Person state, string id, Command command, string source) => state switch
    {
        _ when !Identifiers.IsOwn(id) => new Refusal("person_malformed", "A person's id is 1 to 64 lower case letters, digits and inner hyphens."),
        _ when PersonProfile.Malformed(command.Profile) is { } refusal => refusal,
        Person.Unknown => new PersonProvisioned(command.Organisation, command.Profile, command.Active, source),

        // A retried command is not an error.
        Person.Provisioned person when person.Organisation == command.Organisation && person.Profile == command.Profile && person.Active == command.Active =>
            Outcome.NothingToDo<PersonEvent>(),
        Person.Provisioned => new Refusal("person_taken", "Another person has this id."),
        _ => Person.Absent(state),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/people", (Command command, PersonCommands people, HttpContext http) =>
        {
            string chosen = command.Id ?? CommandRunner.NewId();
            return people.RunAsync(http, chosen, state => Decide(state, chosen, command, PersonCommands.Console), (id, _) => Results.Created($"/people/{id}", new { id }));
        })
        .RequireAuthorization("people.manage");
}
