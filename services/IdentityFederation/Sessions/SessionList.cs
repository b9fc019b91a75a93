using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>Which sessions of a person are open.</summary>
internal static class SessionList
{
    /// <summary>A program has no sessions of its own.</summary>
    public static readonly Refusal NobodyAsks = new("person_required", "This is about whoever asks: ask with a token of a person.");

    /// <param name="Id">The session.</param>
    /// <param name="Current">Whether it is the one that the token was given in.</param>
    /// <param name="StartedAt">When they signed in.</param>
    /// <param name="AuthenticatedAt">When they showed last who they are.</param>
    /// <param name="LastSeen">When something happened in it last, as far as this process knows.</param>
    /// <param name="EndsAt">When it ends whatever happens.</param>
    /// <param name="Address">The network address.</param>
    /// <param name="Inside">Whether that is in one of the hospital's networks.</param>
    /// <param name="UserAgent">What the browser says it is.</param>
    /// <param name="Methods">How they showed who they are.</param>
    /// <param name="Context">What that amounts to.</param>
    /// <param name="Provider">The identity provider that said so; null for a local account.</param>
    public sealed record View(
        string Id, bool Current, DateTimeOffset StartedAt, DateTimeOffset AuthenticatedAt, DateTimeOffset LastSeen, DateTimeOffset EndsAt,
        string Address, bool Inside, string? UserAgent, IReadOnlyList<string> Methods, string Context, string? Provider);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/people/{id}/sessions", (string id, OpenSessions sessions, HttpContext http) => Results.Ok(Of(id, sessions, http)))
            .RequireAuthorization("sessions.read");
        routes.MapGet("/me/sessions", (OpenSessions sessions, HttpContext http) =>
            Caller.Person(http) is { } person ? Results.Ok(Of(person, sessions, http)) : Refusals.Answer(NobodyAsks))
            .RequireAuthorization("sessions.own");
    }

    private static object Of(string person, OpenSessions sessions, HttpContext http)
    {
        string? current = http.User.FindFirst("sid")?.Value;
        return new
        {
            sessions = sessions.Of(person).Select(open => new View(
                open.Id, open.Id == current, open.State.StartedAt, open.State.AuthenticatedAt, open.LastSeen, open.State.Bounds.EndsAt,
                open.State.Device.Address, open.State.Device.Inside, open.State.Device.UserAgent, open.State.Proof.Methods,
                open.State.Proof.Context, open.State.Proof.Provider)),
        };
    }
}
