using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.Reviews;

/// <summary>
/// Carries out what reviewers decided, as Recertification tells it: whoever judges need not be somebody who administers, and the client
/// that tells it can take away, and give back what a review took; it can give nobody more than they have or had.
/// </summary>
internal static class ApplyReview
{
    public const string Scope = "reviews.apply";

    /// <param name="Reason">Which review it was, who decided, and why.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Revocation(string Reason);

    /// <param name="Reason">Which review it was, who decided, and why.</param>
    /// <param name="Role">The role that is enough; absent means that it stays the role.</param>
    /// <param name="ReadOnly">Whether reading is enough.</param>
    /// <param name="Until">Until when (exclusive), no later than now; absent means that its end stays.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Replacement(
        string Reason, string? Role = null, bool ReadOnly = false, [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? Until = null);

    /// <param name="Reason">Which review it was, who wants it back, and why.</param>
    /// <param name="RevokedFor">The reason for which the review took it back: what others took back they give back.</param>
    /// <param name="Replacement">The grant that replaced it, and is taken back; absent when none did.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Restoration(string Reason, string RevokedFor, string? Replacement = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/reviewed-grants/{id}/revoke", (string id, Revocation command, Commands commands, HttpContext http) =>
                commands.RunAsync(http, Grant.Streams, id, state => RevokeGrant.Decide(state, new RevokeGrant.Command(command.Reason))))
            .RequireAuthorization(Scope).WithTags("Reviews");
        routes.MapPost("/reviewed-grants/{id}/replace", (string id, Replacement command, ReviewedGrants grants, HttpContext http) =>
                grants.ReplaceAsync(http, id, command))
            .RequireAuthorization(Scope).WithTags("Reviews");
        routes.MapPost("/reviewed-grants/{id}/restore", (string id, Restoration command, ReviewedGrants grants, HttpContext http) =>
                grants.RestoreAsync(http, id, command))
            .RequireAuthorization(Scope).WithTags("Reviews");
    }
}
