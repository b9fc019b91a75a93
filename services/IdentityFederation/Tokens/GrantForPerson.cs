using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clearances;
using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Tokens for people: for a code (RFC 6749, 4.1.3, with PKCE), and for a refresh token, which is another one after each use (RFC 9700,
/// 4.14).
/// </summary>
internal sealed class GrantForPerson(
    Issuance issuance, AuthorizationGrants grants, GrantEnds ends, OpenSessions sessions, AccessTokens tokens, IdTokens idTokens,
    ScopesOfPeople people, ClearanceGate gate, IOptions<IdentityFederationOptions> options, TimeProvider clock)
{
    public const string Code = "authorization_code";
    public const string Refresh = "refresh_token";

    private static readonly IResult NoGrant = OAuthAnswer.Refuse(
        OAuthAnswer.InvalidGrant, "It is not good, or not any more, or not this client's: send the person to the authorization endpoint.");

    public async ValueTask<IResult> ForCodeAsync(HttpContext http, KnownClient client, OAuthForm form)
    {
        if (form["code"] is not { } code || form["redirect_uri"] is not { } redirect || form["code_verifier"] is not { } verifier)
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, "Send code, redirect_uri and code_verifier.");
        }

        await using GrantInUse? use = await grants.OfCodeAsync(code, http.RequestAborted);
        if (use is null || use.Grant.Client != client.Id)
        {
            return NoGrant;
        }

        if (use.Grant.CodeUsed)
        {
            await ends.EndAsync(http, use);
            return NoGrant;
        }

        string challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(verifier)));
        return use.Grant.RedirectUri == redirect && use.Grant.CodeUntil > clock.GetUtcNow()
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(challenge), Encoding.ASCII.GetBytes(use.Grant.Challenge))
            ? await GiveAsync(http, client, form, use, use.Grant.Scopes, use.Grant.Nonce)
            : NoGrant;
    }

    public async ValueTask<IResult> ForRefreshTokenAsync(HttpContext http, KnownClient client, OAuthForm form)
    {
        if (form["refresh_token"] is not { } token)
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, "refresh_token is missing.");
        }

        await using GrantInUse? use = await grants.OfRefreshTokenAsync(token, http.RequestAborted);
        if (use is null || use.Grant.Client != client.Id || !client.State.Definition.OfflineAccess)
        {
            return NoGrant;
        }

        if (use.Shown.IsReused(clock.GetUtcNow()))
        {
            await ends.EndSessionAsync(http, use);
            return NoGrant;
        }

        IReadOnlyList<string> scopes = form["scope"] is { } asked
            ? [.. asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)]
            : use.Grant.Scopes;
        return scopes.Count == 0 || scopes.Except(use.Grant.Scopes, StringComparer.Ordinal).Any()
            ? OAuthAnswer.Refuse(OAuthAnswer.InvalidScope, "Ask for what was granted at first, or for less.")
            : await GiveAsync(http, client, form, use, scopes, nonce: null);
    }

    private async Task<IResult> GiveAsync(
        HttpContext http, KnownClient client, OAuthForm form, GrantInUse use, IReadOnlyList<string> asked, string? nonce)
    {
        AuthorizationGrants.Grant grant = use.Grant;
        if (form["resource"] is { } resource && resource != grant.Audience)
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidTarget, "The person was sent here for another resource.");
        }

        ClientDefinition definition = client.State.Definition;
        OpenSession? session = sessions.Find(grant.SignedIn.Session);
        if (grant.Ended || session is null || grant.IssuedAt <= client.State.VoidUntil
            || !definition.Grants.Contains(ClientGrant.AuthorizationCode)
            || !definition.Audiences.Contains(grant.Audience, StringComparer.Ordinal)
            || await use.StandingOfPersonAsync(clock.GetUtcNow(), http.RequestAborted) is not { } standing)
        {
            return NoGrant;
        }

        (string[] scopes, string[] lacking) = Given(client, grant, asked, standing);
        if (scopes.Length == 0)
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidScope, lacking.Length == 0
                ? "The person may do nothing of what is asked for."
                : $"The person lacks a valid clearance on file ({string.Join(", ", lacking)}): "
                + "once somebody else has filed it, sign in again.");
        }

        if (issuance.Signer is not { } signer || issuance.SignerFor(client) is not { } idTokenSigner)
        {
            return OAuthAnswer.Unavailable(OAuthClients.NotReady);
        }

        AccessTokens.Minted token = tokens.Mint(client, scopes, grant.Audience, signer, grant.SignedIn, standing.AccessEndsAt);
        string? refresh = definition.OfflineAccess && grant.Scopes.Contains(OpenIdScopes.OfflineAccess)
            ? AuthorizationGrants.NewSecret()
            : null;
        DateTimeOffset now = clock.GetUtcNow();
        await use.GaveAsync(token, refresh, now + options.Value.RefreshTokensGoodAgainFor, http.RequestAborted);
        session.Seen(now);
        return Results.Json(Answer(client, grant, scopes, lacking, nonce, token, refresh, idTokenSigner));
    }

    /// <summary>
    /// What is given of what is asked for, and the clearances for want of which there is less of it. What the client may not ask for any
    /// more, or the person may not have any more, is not given on and on.
    /// </summary>
    private (string[] Scopes, string[] Lacking) Given(
        KnownClient client, AuthorizationGrants.Grant grant, IReadOnlyList<string> asked, GrantInUse.Standing standing)
    {
        string[] known = [.. asked.Where(scope =>
            OpenIdScopes.All.Contains(scope) || client.State.Definition.Scopes.Contains(scope, StringComparer.Ordinal))];
        string[] permitted = people.Given(known, standing.Scopes, grant.SignedIn.Context);
        string[] lacking = gate.LackingOf(standing.Clearances);
        string[] scopes = lacking.Length == 0 ? permitted : people.Given(known, [], grant.SignedIn.Context);
        if (scopes.Length == permitted.Length)
        {
            return (scopes, []);
        }

        gate.Held(grant.SignedIn.Person, client.Id, lacking);
        return (scopes, lacking);
    }

    private Dictionary<string, object> Answer(
        KnownClient client, AuthorizationGrants.Grant grant, string[] scopes, string[] lacking, string? nonce, AccessTokens.Minted token,
        string? refresh, SigningCredentials signer)
    {
        var answer = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["access_token"] = token.Text,
            ["token_type"] = "Bearer",
            ["expires_in"] = token.LastsSeconds,
            ["scope"] = string.Join(' ', scopes),
        };
        if (lacking.Length > 0)
        {
            // A member of our own, which other clients ignore (RFC 6749, 5.1): so that whoever is signed in learns why there is less.
            answer["missing_clearances"] = lacking;
        }

        if (scopes.Contains(OpenIdScopes.OpenId))
        {
            answer["id_token"] = idTokens.Mint(client, grant.SignedIn, nonce, token.Text, signer);
        }

        if (refresh is not null)
        {
            answer["refresh_token"] = refresh;
        }

        return answer;
    }
}
