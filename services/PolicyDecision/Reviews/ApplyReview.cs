using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.Reviews;

/// <summary>
/// Carries out what reviewers decided, as Recertification tells it: whoever judges need not be somebody who administers, and the client
/// that tells it is trusted with just this. The rules of giving and revoking hold as for everybody else.
/// </summary>
internal static class ApplyReview
{
    public const string Scope = "reviews.apply";

    /// <param name="Reason">Which review it was, who decided, and why.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Revocation(string Reason);

    /// <param name="SubjectId">The person.</param>
    /// <param name="Role">The role's id.</param>
    /// <param name="Scope">Where it holds.</param>
    /// <param name="Reason">Which review it was, who decided, and why.</param>
    /// <param name="Until">Until when (exclusive); absent means without end.</param>
    /// <param name="ReadOnly">Whether it reads only.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Replacement(
        string SubjectId, string Role, GiveGrant.Scope Scope, string Reason,
        [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? Until = null, bool ReadOnly = false);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/reviewed-grants/{id}/revoke", (string id, Revocation command, Commands commands, HttpContext http) =>
                commands.RunAsync(http, Grant.Streams, id, state => RevokeGrant.Decide(state, new RevokeGrant.Command(command.Reason))))
            .RequireAuthorization(Scope).WithTags("Reviews");
        routes.MapPost("/reviewed-grants", (Replacement command, Commands commands, HttpContext http) =>
            {
                var grant = new GiveGrant.Command(
                    command.SubjectId, command.Role, command.Scope, command.Reason, Until: command.Until, ReadOnly: command.ReadOnly);
                return commands.RunAsync(
                    http, Grant.Streams, Commands.NewId(), state => GiveGrant.Decide(state, grant, commands.Facts, commands.Now),
                    (id, _) => Results.Created($"/grants/{id}", new { id }), DutyClaim.Of(grant, commands.Facts, commands.Now));
            })
            .RequireAuthorization(Scope).WithTags("Reviews");
    }
}
