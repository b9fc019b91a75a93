using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.People;

/// <summary>Says anew what is known of a person.</summary>
internal static class ChangePerson
{
    public static Outcome<PersonEvent> Decide(Person state, PersonProfile profile, string source) => state switch
    {
        _ when PersonProfile.Malformed(profile) is { } refusal => refusal,
        Person.Provisioned person => person.Profile == profile ? Outcome.NothingToDo<PersonEvent>() : new PersonChanged(profile, source),
        _ => Person.Absent(state),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/people/{id}/profile", (string id, PersonProfile profile, PersonCommands people, HttpContext http) =>
            people.RunAsync(http, id, state => Decide(state, profile, PersonCommands.Console)))
        .RequireAuthorization("people.manage");
}
