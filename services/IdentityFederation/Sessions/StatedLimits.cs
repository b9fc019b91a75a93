using AccessGov.IdentityFederation.Groups;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>Says after how long sessions end, as rules that people can read: made by what sessions are made by.</summary>
internal static class StatedLimits
{
    /// <param name="Network">inside: in one of the hospital's networks; outside: anywhere else, where nothing else is known too.</param>
    /// <param name="Group">The id of the group whose members it is for; null for whoever is in none of these groups.</param>
    /// <param name="GroupName">What that group is called; null where there is no such group.</param>
    /// <param name="IdleSeconds">How long nothing may happen in a session.</param>
    /// <param name="AbsoluteSeconds">How long a session lasts whatever happens.</param>
    public sealed record Rule(string Network, string? Group, string? GroupName, double IdleSeconds, double AbsoluteSeconds);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/session-limits", async (IOptions<SessionLimits> limits, GroupDirectory groups, TimeProvider clock, HttpContext http) =>
        {
            string[] ids = [.. limits.Value.Groups.Keys.Order(StringComparer.Ordinal)];
            IReadOnlyDictionary<string, string> names = await groups.NamesOfAsync(ids, http.RequestAborted);
            DateTimeOffset now = clock.GetUtcNow();
            return Results.Ok(new
            {
                limits.Value.InsideNetworks,
                strictestCounts = true,
                rules = ids.Prepend(null).SelectMany(group => (IEnumerable<Rule>)
                    [Of(limits.Value, inside: true, group, names, now), Of(limits.Value, inside: false, group, names, now)]),
            });
        })
        .RequireAuthorization("sessions.read");

    private static Rule Of(
        SessionLimits limits, bool inside, string? group, IReadOnlyDictionary<string, string> names, DateTimeOffset now)
    {
        SessionBounds bounds = limits.BoundsOf(inside, group is null ? [] : [group], now);
        return new Rule(
            inside ? "inside" : "outside", group, group is null ? null : names.GetValueOrDefault(group),
            bounds.Idle.TotalSeconds, (bounds.EndsAt - now).TotalSeconds);
    }
}
