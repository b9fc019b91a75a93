using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>An identity provider that says whatever a test wants: what no certified one would say, too.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "accessgov";
    public const string Secret = "a secret of the client & more";

    private readonly ConcurrentDictionary<string, Code> codes = new(StringComparer.Ordinal);
    private readonly WebApplication app;

    private sealed record Code(string Challenge, Func<string> IdToken);

    private FakeProvider(TimeProvider clock)
    {
        Clock = clock;
        Issuer = $"http://127.0.0.1:{FreePort.Next()}";
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Issuer);
        app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Answer(Metadata()));
        app.MapGet("/keys", () => Answer(new JsonObject { ["keys"] = new JsonArray(JwkOf(Key)) }));
        app.MapPost("/token", (Delegate)RedeemAsync);
        app.MapGet("/userinfo", () => Answer(UserInfo));
    }

    public string Issuer { get; }

    public TimeProvider Clock { get; }

    /// <summary>The key that it signs with, and shows.</summary>
    public RsaSecurityKey Key { get; set; } = NewKey();

    /// <summary>The file with the client's secret.</summary>
    public string SecretFile { get; } = Path.GetTempFileName();

    /// <summary>Whether it answers 503 to everything.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether its token endpoint takes its time.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether a code is good again and again, for whoever brings it.</summary>
    public bool TakesCodesTwice { get; set; }

    /// <summary>What it says of itself otherwise than it should.</summary>
    public Action<JsonObject> Changes { get; set; } = _ => { };

    public JsonObject UserInfo { get; set; } = [];

    /// <summary>The forms and the authorization headers that came to the token endpoint.</summary>
    public ConcurrentQueue<(IReadOnlyDictionary<string, string> Form, string Authorization)> Asked { get; } = new();

    public static async Task<FakeProvider> StartAsync(TimeProvider? clock = null)
    {
        var provider = new FakeProvider(clock ?? TimeProvider.System);
        await provider.app.StartAsync();
        return provider;
    }

    public static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("n") };

    /// <summary>The settings of a client of it.</summary>
    public IEnumerable<(string, string?)> Settings(string name, string organisation, params (string Name, string? Value)[] more)
    {
        File.WriteAllText(SecretFile, Secret + "\n");
        string section = $"IdentityFederation:IdentityProviders:{name}:";
        return new (string Name, string? Value)[]
        {
            ("Organisation", organisation), ("DisplayName", $"Login of {organisation}"), ("OpenIdConnect:Authority", Issuer),
            ("OpenIdConnect:ClientId", ClientId), ("OpenIdConnect:ClientSecretFile", SecretFile),
        }.Concat(more).Select(setting => (section + setting.Name, setting.Value));
    }

    /// <summary>A code for the request that somebody was sent here with.</summary>
    public string CodeFor(IReadOnlyDictionary<string, string> request, string subject, Action<Dictionary<string, object>>? change = null) =>
        CodeFor(request, () => IdToken(request, subject, change));

    public string CodeFor(IReadOnlyDictionary<string, string> request, Func<string> idToken)
    {
        string code = Guid.NewGuid().ToString("n");
        codes[code] = new Code(request["code_challenge"], idToken);
        return code;
    }

    public string IdToken(IReadOnlyDictionary<string, string> request, string subject, Action<Dictionary<string, object>>? change = null,
        SigningCredentials? signer = null)
    {
        long now = Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Issuer, ["aud"] = ClientId, ["sub"] = subject, ["nonce"] = request["nonce"], ["iat"] = now, ["exp"] = now + 300,
            ["auth_time"] = now,
        };
        change?.Invoke(claims);
        return Sign(claims, signer);
    }

    public string LogoutToken(Action<Dictionary<string, object>>? change = null, string type = "logout+jwt",
        SigningCredentials? signer = null)
    {
        long now = Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Issuer, ["aud"] = ClientId, ["iat"] = now, ["exp"] = now + 120, ["jti"] = Guid.NewGuid().ToString("n"),
            ["events"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>(StringComparer.Ordinal),
            },
        };
        change?.Invoke(claims);
        return Sign(claims, signer, type);
    }

    public string Sign(
        Dictionary<string, object> claims, SigningCredentials? signer = null, string? type = null,
        Dictionary<string, object>? headers = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims, TokenType = type, AdditionalHeaderClaims = headers,
            SigningCredentials = signer ?? new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
        });

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private JsonObject Metadata()
    {
        var metadata = new JsonObject
        {
            ["issuer"] = Issuer, ["authorization_endpoint"] = $"{Issuer}/authorize", ["token_endpoint"] = $"{Issuer}/token",
            ["jwks_uri"] = $"{Issuer}/keys",
            ["userinfo_endpoint"] = $"{Issuer}/userinfo", ["response_types_supported"] = new JsonArray("code"),
            ["subject_types_supported"] = new JsonArray("public"), ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        };
        Changes(metadata);
        return metadata;
    }

    private async Task<IResult> RedeemAsync(HttpContext http)
    {
        IFormCollection form = await http.Request.ReadFormAsync();
        Asked.Enqueue((form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal),
            http.Request.Headers.Authorization.ToString()));
        if (IsDown)
        {
            return Results.StatusCode(503);
        }

        if (IsSilent)
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        bool known = TakesCodesTwice
            ? codes.TryGetValue(form["code"].ToString(), out Code? code) : codes.TryRemove(form["code"].ToString(), out code);
        string challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        return !known || (challenge != code!.Challenge && !TakesCodesTwice)
            ? Results.Json(new { error = "invalid_grant" }, statusCode: 400)
            : Results.Json(new { access_token = "at", token_type = "Bearer", id_token = code.IdToken() });
    }

    private IResult Answer(JsonObject json) => IsDown ? Results.StatusCode(503) : Results.Text(json.ToJsonString(), "application/json");

    private static JsonObject JwkOf(RsaSecurityKey key)
    {
        RSAParameters parts = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA", ["use"] = "sig", ["kid"] = key.KeyId, ["n"] = Base64UrlEncoder.Encode(parts.Modulus),
            ["e"] = Base64UrlEncoder.Encode(parts.Exponent),
        };
    }
}
