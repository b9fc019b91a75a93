using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>
/// The sessions of this process: the cookie names one, the access token stays here, and signing out makes the cookie worthless. They end with the token, and
/// with the process.
/// </summary>
internal sealed class Sessions(TimeProvider clock) : ITicketStore
{
    private const int Max = 10_000;

    private readonly ConcurrentDictionary<string, AuthenticationTicket> tickets = new(StringComparer.Ordinal);

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        RemoveOver();
        string key = RandomNumberGenerator.GetHexString(64, lowercase: true);
        tickets[key] = ticket;
        return Task.FromResult(key);
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        // A session that was signed out meanwhile does not come back.
        if (tickets.TryGetValue(key, out AuthenticationTicket? present))
        {
            tickets.TryUpdate(key, ticket, present);
        }

        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) =>
        Task.FromResult(tickets.TryGetValue(key, out AuthenticationTicket? ticket) && EndOf(ticket) > clock.GetUtcNow() ? ticket : null);

    public Task RemoveAsync(string key)
    {
        tickets.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    private static DateTimeOffset EndOf(AuthenticationTicket ticket) => ticket.Properties.ExpiresUtc ?? DateTimeOffset.MinValue;

    /// <summary>Removes the sessions that are over, and when there are too many those that end first.</summary>
    private void RemoveOver()
    {
        DateTimeOffset now = clock.GetUtcNow();
        KeyValuePair<string, AuthenticationTicket>[] byEnd = [.. tickets.OrderBy(session => EndOf(session.Value))];
        foreach (KeyValuePair<string, AuthenticationTicket> session in byEnd.Where((session, place) => EndOf(session.Value) <= now || place <= byEnd.Length - Max))
        {
            tickets.TryRemove(session);
        }
    }
}
