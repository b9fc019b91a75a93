using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EmergencyCapabilities;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Offline;

/// <summary>Which capabilities somebody has, for security, and which were taken back, for the edges.</summary>
internal static class ShowCapabilities
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/emergency-capabilities", async (
                Capabilities capabilities, TimeProvider clock, string? person, string? station, CancellationToken cancellation) =>
                (person, station) is not ({ } _, null) and not (null, { } _)
                    ? Refusals.Answer(new Refusal("holder_required", "Name the person or the station whose capabilities you want to see."))
                    : Results.Ok(new
                    {
                        capabilities = await capabilities.OfAsync(
                            person is null ? CapabilityHolder.Station : CapabilityHolder.Person, (person ?? station)!, clock.GetUtcNow(),
                            cancellation),
                    }))
            .RequireAuthorization(EndEmergencyAccess.Scope);
        routes.MapGet("/emergency-capabilities/revoked", async (
                Capabilities capabilities, EdgePresence presence, IOptions<OfflineOptions> options, TimeProvider clock, HttpContext http,
                string edge, long? lines) =>
            {
                if (RefusedEdge(edge, options.Value, http) is { } refused)
                {
                    return Refusals.Answer(refused);
                }

                // Read first: a database that takes nothing any more must not keep from edges what was taken back.
                string[] revoked =
                    [.. (await capabilities.RevokedAtAsync(edge, clock.GetUtcNow(), http.RequestAborted)).Select(one => one.Id)];
                await presence.TryHearAsync(edge, lines, http.RequestAborted);
                return Results.Ok(new { revoked });
            })
            .RequireAuthorization(MergeEdgeJournal.Scope);
    }

    /// <summary>Why a caller does not speak for an edge; null when it does.</summary>
    public static Refusal? RefusedEdge(string edge, OfflineOptions options, HttpContext http) =>
        options.Edges.Count == 0 ? IssueCapability.NotConfigured
        : !options.Edges.TryGetValue(edge, out string? client) ? IssueCapability.EdgeUnknown
        : client != Caller.Client(http) ? new Refusal("edge_forbidden", "This is the name of another client's edge.")
        : null;
}
