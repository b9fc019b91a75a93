using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Groups;

namespace AccessGov.IdentityFederation.People;

/// <summary>Says who a person is at an identity provider, by issuer and subject: an e-mail address proves nothing.</summary>
internal static class LinkIdentity
{
    private const int IdentitiesMax = 20;

    /// <param name="Issuer">The provider's issuer identifier: an https URL, or a SAML entity id.</param>
    /// <param name="Subject">Who the person is there, exactly as written.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Issuer, string Subject);

    public static Outcome<PersonEvent> Link(Person state, Command command) => state switch
    {
        _ when !Identifiers.IsForeign(command.Subject) || !Identifiers.IsForeign(command.Issuer) || !Uri.IsWellFormedUriString(command.Issuer, UriKind.Absolute) =>
            new Refusal("identity_malformed", "An identity is the issuer's URI and the subject that it names, both without blanks around them."),
        Person.Provisioned person when person.Identities.Contains(new LinkedIdentity(command.Issuer, command.Subject)) => Outcome.NothingToDo<PersonEvent>(),
        Person.Provisioned { Identities.Count: >= IdentitiesMax } => new Refusal("too_many_identities", $"A person has at most {IdentitiesMax} identities: unlink one."),
        Person.Provisioned => new IdentityLinked(command.Issuer, command.Subject),
        _ => Person.Absent(state),
    };

    public static Outcome<PersonEvent> Unlink(Person state, Command command) => state switch
    {
        Person.Provisioned person => person.Identities.Contains(new LinkedIdentity(command.Issuer, command.Subject))
            ? new IdentityUnlinked(command.Issuer, command.Subject)
            : new Refusal("identity_unknown", "The person has no such identity."),
        _ => Person.Absent(state),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/people/{id}/identities", async (string id, Command command, PersonCommands people, GroupDirectory groups, HttpContext http) =>
            await Outranked.ByAsync(http, groups, id) is { } refusal
                ? Refusals.Answer(refusal)
                : await people.RunAsync(http, id, state => Link(state, command))).RequireAuthorization("people.manage");
        routes.MapPost("/people/{id}/identities/unlink", (string id, Command command, PersonCommands people, HttpContext http) =>
            people.RunAsync(http, id, state => Unlink(state, command))).RequireAuthorization("people.manage");
    }
}
