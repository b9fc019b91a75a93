using System.Text.Json;
using System.Text.Json.Serialization;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Grants;

/// <summary>Gives many grants at once, each with its own result.</summary>
internal static class ImportGrants
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command([property: DescribedItems(typeof(GiveGrant.Command))] IReadOnlyList<JsonElement> Grants);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/grants/import", (Command command, Imports imports, Commands commands, HttpContext http) => imports.RunAsync<GiveGrant.Command, Grant, GrantEvent>(
            http, Grant.Streams, command.Grants, _ => Commands.NewId(), _ => null,
            (state, grant) => GiveGrant.Decide(state, grant, commands.Facts, commands.Now),
            grant => DutyClaim.Of(grant, commands.Facts, commands.Now)))
        .RequireAuthorization("grants.manage")
        .WithBodyLimit(Imports.BodyBytesMax);
}
