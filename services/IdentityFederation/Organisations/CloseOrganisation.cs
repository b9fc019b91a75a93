using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Organisations;

/// <summary>Ends that people come from an organisation. Not before its last person is gone: nobody is forgotten in a closed house.</summary>
internal static class CloseOrganisation
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    public static Outcome<OrganisationEvent> Decide(Organisation state, Command command) => state switch
    {
        _ when !Identifiers.IsText(command.Reason, 1000) => new Refusal("reason_required", "Say in at most 1000 characters why the organisation is closed."),
        Organisation.Defined => new OrganisationClosed(command.Reason),
        Organisation.Closed => Outcome.NothingToDo<OrganisationEvent>(),
        _ => new Refusal("organisation_unknown", "There is no organisation with this id."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/organisations/{id}/close", (string id, Command command, CommandRunner commands, HttpContext http) => commands.RunAsync(
            http, Organisation.Streams, id, state => Decide(state, command), alongside: OrganisationDirectory.Remove(id)))
        .RequireAuthorization("organisations.manage");
}
