using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>Hears from IdentityFederation that a session is over (OpenID Connect Back-Channel Logout 1.0), and ends it here.</summary>
internal sealed class EndedSessions(Sessions sessions, IOptionsMonitor<OpenIdConnectOptions> options)
{
    public const string Path = "/backchannel-logout";
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";
    private const int BodyBytesMax = 16 * 1024;

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(Path, async (HttpContext http, EndedSessions ended) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            IFormCollection? form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : null;
            return form?["logout_token"] is [{ Length: > 0 } token] && await ended.TakeAsync(token, http.RequestAborted)
                ? Results.Ok()
                : Results.Json(new { error = "invalid_request", error_description = "There is no good logout token." }, statusCode: StatusCodes.Status400BadRequest);
        })
        .AllowAnonymous().DisableAntiforgery().ExcludeFromDescription().WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BodyBytesMax));

    /// <summary>Whether it was a logout token for us.</summary>
    private async Task<bool> TakeAsync(string text, CancellationToken cancellation)
    {
        OpenIdConnectOptions openId = options.Get(SignInModule.OpenId);
        OpenIdConnectConfiguration issuer = await openId.ConfigurationManager!.GetConfigurationAsync(cancellation);
        TokenValidationResult result = await handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = issuer.Issuer, ValidAudience = openId.ClientId, IssuerSigningKeys = issuer.SigningKeys, ValidTypes = ["logout+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256],
        });
        if (result is { Exception: SecurityTokenSignatureKeyNotFoundException })
        {
            // The issuer has another key: what it sends again is checked with that.
            openId.ConfigurationManager.RequestRefresh();
        }

        if (result is not { IsValid: true, SecurityToken: JsonWebToken token } || token.TryGetPayloadValue("nonce", out string? _)
            || !token.TryGetPayloadValue("events", out System.Text.Json.JsonElement events) || !events.TryGetProperty(Event, out _))
        {
            return false;
        }

        string? session = token.TryGetPayloadValue("sid", out string? sid) ? sid : null;
        string? person = token.Subject is { Length: > 0 } subject ? subject : null;
        if (session is null && person is null)
        {
            return false;
        }

        sessions.End(session, person);
        return true;
    }
}
