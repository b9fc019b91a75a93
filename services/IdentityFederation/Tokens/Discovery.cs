using System.Security.Cryptography;
using System.Text.Json;
using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Sessions;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>What others read to know this issuer: its description (RFC 8414) and its public keys (RFC 7517).</summary>
internal static class Discovery
{
    private const string KeysPath = "/oauth/jwks";
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] AuthenticationMethods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
    private static readonly string[] MethodsOfAll = [.. AuthenticationMethods, "none"];
    private static readonly string[] Claims =
    [
        "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash", "preferred_username", "name", "given_name",
        "family_name", "email", "email_verified",
    ];

    private static readonly string[] AssertionAlgorithms = [ClientKey.Es256, ClientKey.Rs256];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (string name in new[] { "openid-configuration", "oauth-authorization-server" })
        {
            routes.MapMethods($"/.well-known/{name}", Read, (Issuance issuance, HttpContext http) =>
                    Cacheable(http, "application/json", Describe(issuance.Issuer)))
                .AllowAnonymous().RequireCors(BrowserClients.Policy).WithTags("OAuth");
        }

        routes.MapMethods(KeysPath, Read, (Issuance issuance, TimeProvider clock, HttpContext http) => issuance.Ring.Keys.Count == 0
                ? OAuthAnswer.Unavailable(OAuthClients.NotReady)
                : Cacheable(http, "application/jwk-set+json", new
                {
                    keys = issuance.Ring.ShownAt(clock.GetUtcNow()).Select(key => Shown(key.Key)),
                }))
            .AllowAnonymous().RequireCors(BrowserClients.Policy).WithTags("OAuth");
    }

    private static object Describe(string issuer) => new
    {
        issuer,
        authorization_endpoint = issuer + Authorize.Path,
        token_endpoint = issuer + GrantToken.Path,
        jwks_uri = issuer + KeysPath,
        introspection_endpoint = issuer + "/oauth/introspect",
        revocation_endpoint = issuer + "/oauth/revoke",
        userinfo_endpoint = issuer + TellClaims.Path,
        end_session_endpoint = issuer + RequestSignOut.Path,
        grant_types_supported = new[] { GrantToken.ClientCredentials, GrantForPerson.Code, GrantForPerson.Refresh },
        response_types_supported = new[] { "code" },
        response_modes_supported = AuthorizationRequests.Modes.Keys,
        code_challenge_methods_supported = new[] { "S256" },
        authorization_response_iss_parameter_supported = true,
        prompt_values_supported = new[] { "none", "login" },
        acr_values_supported = AuthenticationContexts.All,
        scopes_supported = OpenIdScopes.All,
        claims_supported = Claims,
        subject_types_supported = new[] { "public" },
        id_token_signing_alg_values_supported = ClientDefinition.IdTokenAlgorithms,
        request_parameter_supported = false,
        request_uri_parameter_supported = false,
        claims_parameter_supported = false,
        backchannel_logout_supported = true,
        backchannel_logout_session_supported = true,
        token_endpoint_auth_methods_supported = MethodsOfAll,
        token_endpoint_auth_signing_alg_values_supported = AssertionAlgorithms,
        introspection_endpoint_auth_methods_supported = AuthenticationMethods,
        introspection_endpoint_auth_signing_alg_values_supported = AssertionAlgorithms,
        revocation_endpoint_auth_methods_supported = MethodsOfAll,
        revocation_endpoint_auth_signing_alg_values_supported = AssertionAlgorithms,
    };

    private static object Shown(KeyMaterial key) => key.Algorithm == ClientKey.Rs256
        ? new { kty = "RSA", use = "sig", alg = key.Algorithm, kid = key.KeyId, n = key.N, e = key.E }
        : new { kty = "EC", crv = "P-256", use = "sig", alg = key.Algorithm, kid = key.KeyId, x = key.X, y = key.Y };

    private static IResult Cacheable(HttpContext http, string contentType, object document)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(document);
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "public, max-age=300";

        // Who may read it from a page of another origin is told in the headers: what is kept for one is not good for another.
        http.Response.Headers.Append("Vary", "Origin");
        return http.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries)
            .Any(known => known == tag || known == "*")
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(body, contentType);
    }
}
