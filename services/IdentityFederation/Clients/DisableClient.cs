using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Clients;

/// <summary>Takes everything from a client at once, and lets it have tokens again.</summary>
internal static class DisableClient
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    public static Outcome<ClientEvent> Disable(Client state, string reason, DateTimeOffset now) => state switch
    {
        _ when !Identifiers.IsText(reason, 1000) => new Refusal("reason_required", "Say in at most 1000 characters why."),
        Client.Registered client => client.Disabled ? Outcome.NothingToDo<ClientEvent>() : new ClientDisabled(reason, now),
        _ => Client.Absent,
    };

    public static Outcome<ClientEvent> Enable(Client state) => state switch
    {
        Client.Registered client => client.Disabled ? new ClientEnabled() : Outcome.NothingToDo<ClientEvent>(),
        _ => Client.Absent,
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/clients/{id}/disable", (string id, Command command, CommandRunner commands, HttpContext http) =>
            commands.RunAsync(http, Client.Streams, id, state => Disable(state, command.Reason, commands.Now)))
            .RequireAuthorization("clients.manage");
        routes.MapPost("/clients/{id}/enable", (string id, CommandRunner commands, HttpContext http) =>
            commands.RunAsync(http, Client.Streams, id, Enable))
            .RequireAuthorization("clients.manage");
    }
}
