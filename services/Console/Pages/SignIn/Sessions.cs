using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>
/// The sessions of this process: the cookie names one, the tokens stay here, and signing out makes the cookie worthless. They end with the
/// session at IdentityFederation that they belong to, and with the process.
/// </summary>
internal sealed class Sessions(TimeProvider clock) : Microsoft.AspNetCore.Authentication.Cookies.ITicketStore
{
    public const string KeyItem = "session";
    private const int Max = 10_000;

    private readonly ConcurrentDictionary<string, Session> sessions = new(StringComparer.Ordinal);

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        RemoveOver();
        string key = RandomNumberGenerator.GetHexString(64, lowercase: true);
        ticket.Properties.Items[KeyItem] = key;
        sessions[key] = new Session(ticket, Tokens.Of(ticket.Properties));
        return Task.FromResult(key);
    }

    /// <summary>Sessions are not renewed: whoever signs in again has another one.</summary>
    public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.CompletedTask;

    public Task<AuthenticationTicket?> RetrieveAsync(string key) =>
        Task.FromResult(sessions.TryGetValue(key, out Session? session) && EndOf(session) > clock.GetUtcNow() ? session.Ticket : null);

    public Task RemoveAsync(string key)
    {
        sessions.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    /// <summary>The session of a request that is signed in; null when it has ended meanwhile.</summary>
    public Session? Find(AuthenticationProperties? properties) =>
        properties?.Items.TryGetValue(KeyItem, out string? key) == true && sessions.TryGetValue(key!, out Session? session)
            ? session
            : null;

    /// <summary>The session of a request is over.</summary>
    public void Forget(AuthenticationProperties? properties)
    {
        if (properties?.Items.TryGetValue(KeyItem, out string? key) == true)
        {
            sessions.TryRemove(key!, out _);
        }
    }

    /// <summary>Ends all that belong to a session at IdentityFederation, or to a person.</summary>
    public void End(string? sessionId, string? person)
    {
        foreach (KeyValuePair<string, Session> one in sessions)
        {
            if ((sessionId is null || one.Value.ClaimOf("sid") == sessionId) && (person is null || one.Value.ClaimOf("sub") == person))
            {
                sessions.TryRemove(one);
            }
        }
    }

    private static DateTimeOffset EndOf(Session session) => session.Ticket.Properties.ExpiresUtc ?? DateTimeOffset.MinValue;

    /// <summary>Removes the sessions that are over, and when there are too many those that end first.</summary>
    private void RemoveOver()
    {
        DateTimeOffset now = clock.GetUtcNow();
        KeyValuePair<string, Session>[] byEnd = [.. sessions.OrderBy(session => EndOf(session.Value))];
        foreach (KeyValuePair<string, Session> session in byEnd.Where(
            (session, place) => EndOf(session.Value) <= now || place <= byEnd.Length - Max))
        {
            sessions.TryRemove(session);
        }
    }

    /// <summary>Somebody who is signed in.</summary>
    public sealed class Session(AuthenticationTicket ticket, Tokens tokens)
    {
        public AuthenticationTicket Ticket => ticket;

        /// <summary>The newest tokens.</summary>
        public Tokens Tokens { get; set; } = tokens;

        /// <summary>Of those who need fresh tokens at the same time one fetches them: a refresh token is good once.</summary>
        public SemaphoreSlim Refreshing { get; } = new(1);

        public string? ClaimOf(string type) => Ticket.Principal.FindFirst(type)?.Value;
    }
}

/// <summary>What IdentityFederation gave for somebody.</summary>
/// <param name="Access">The access token.</param>
/// <param name="Refresh">What the next one is had for; null when there is none.</param>
/// <param name="Until">How long the access token is good.</param>
/// <param name="Scopes">What it is good for.</param>
/// <param name="MissingClearances">The kinds of clearances for want of which it is good for less than their groups permit.</param>
internal sealed record Tokens(
    string Access, string? Refresh, DateTimeOffset Until, IReadOnlyList<string> Scopes, IReadOnlyList<string> MissingClearances)
{
    /// <summary>Where the properties of a sign-in keep the scopes that were given.</summary>
    public const string ScopeItem = "scope";

    /// <summary>What the tokens' answer calls the clearances that are missing, and where the properties keep them, as JSON.</summary>
    public const string MissingClearancesItem = "missing_clearances";

    public static Tokens Of(AuthenticationProperties properties) => new(
        properties.GetTokenValue("access_token") ?? "", properties.GetTokenValue("refresh_token"),
        DateTimeOffset.TryParse(properties.GetTokenValue("expires_at"), CultureInfo.InvariantCulture, out DateTimeOffset until)
            ? until
            : DateTimeOffset.MinValue,
        ScopesOf(properties.Items.TryGetValue(ScopeItem, out string? scope) ? scope : null),
        properties.Items.TryGetValue(MissingClearancesItem, out string? missing) && missing is not null
            ? JsonSerializer.Deserialize<string[]>(missing) ?? []
            : []);

    /// <summary>The scopes of an answer (RFC 6749, 3.3).</summary>
    public static IReadOnlyList<string> ScopesOf(string? scope) => (scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
