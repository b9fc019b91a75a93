using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>The access token of whoever is signed in, fetched anew before it is over (RFC 6749, 6).</summary>
internal sealed class PersonsTokens(Sessions sessions, IOptionsMonitor<OpenIdConnectOptions> options, TimeProvider clock)
{
    // A call that begins now is answered before the token is over.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(60);

    /// <summary>The token; null when nobody is signed in any more.</summary>
    /// <exception cref="SignInUnreachableException">A fresh one is needed, and IdentityFederation does not answer.</exception>
    public async Task<string?> GetAsync(HttpContext http, CancellationToken cancellation)
    {
        if (sessions.Find((await http.AuthenticateAsync()).Properties) is not { } session)
        {
            return null;
        }

        if (IsFresh(session))
        {
            return session.Tokens.Access;
        }

        await session.Refreshing.WaitAsync(cancellation);
        try
        {
            if (!IsFresh(session))
            {
                session.Tokens = await RefreshAsync(session.Tokens, cancellation)
                    ?? session.Tokens with { Access = "", Refresh = null, Scopes = [], MissingClearances = [] };
            }

            return session.Tokens.Access.Length > 0 ? session.Tokens.Access : null;
        }
        finally
        {
            session.Refreshing.Release();
        }
    }

    private bool IsFresh(Sessions.Session session) => session.Tokens.Refresh is null || session.Tokens.Until - Ahead > clock.GetUtcNow();

    /// <summary>Null when the session is over there.</summary>
    private async Task<Tokens?> RefreshAsync(Tokens tokens, CancellationToken cancellation)
    {
        OpenIdConnectOptions openId = options.Get(SignInModule.OpenId);
        try
        {
            OpenIdConnectConfiguration issuer = await openId.ConfigurationManager!.GetConfigurationAsync(cancellation);
            DateTimeOffset asked = clock.GetUtcNow();
            using var form = new FormUrlEncodedContent(
            [
                new("grant_type", "refresh_token"), new("refresh_token", tokens.Refresh!),
                new("client_id", openId.ClientId!), new("client_secret", openId.ClientSecret!),
            ]);

            // What was sent is good once: whoever closes the page does not leave the session without its answer.
            using HttpResponseMessage answer = await SendAsync(openId.Backchannel, new Uri(issuer.TokenEndpoint), form);
            if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
            {
                return null;
            }

            Answer told = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Answer>(CancellationToken.None))!;
            return new Tokens(
                told.AccessToken, told.RefreshToken, asked.AddSeconds(told.ExpiresIn), Tokens.ScopesOf(told.Scope),
                told.MissingClearances ?? []);
        }
        catch (Exception away) when (SignInUnreachableException.IsReason(away) && !cancellation.IsCancellationRequested)
        {
            throw new SignInUnreachableException(away);
        }
    }

    /// <summary>An answer that was lost is asked for once more, at once: the same refresh token is good again for moments only.</summary>
    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, Uri address, FormUrlEncodedContent form)
    {
        try
        {
            return await http.PostAsync(address, form, CancellationToken.None);
        }
        catch (Exception lost) when (SignInUnreachableException.IsReason(lost))
        {
            return await http.PostAsync(address, form, CancellationToken.None);
        }
    }

    private sealed record Answer(
        [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("refresh_token")] string? RefreshToken,
        [property: JsonPropertyName("expires_in")] long ExpiresIn, [property: JsonPropertyName("scope")] string? Scope,
        [property: JsonPropertyName(Tokens.MissingClearancesItem)] IReadOnlyList<string>? MissingClearances);
}

/// <summary>IdentityFederation does not answer.</summary>
internal sealed class SignInUnreachableException(Exception reason) : Exception("IdentityFederation does not answer.", reason)
{
    /// <summary>Whether an exception says so: the connection's, the time's, or the library's that reads the issuer's description.</summary>
    public static bool IsReason(Exception exception) => exception is HttpRequestException or IOException or TaskCanceledException
        || (exception is InvalidOperationException { Message: var message } && message.StartsWith("IDX20803", StringComparison.Ordinal));
}
