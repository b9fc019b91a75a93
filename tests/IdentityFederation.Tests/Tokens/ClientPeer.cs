using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>A client as tests play it: registered at the service, with its secret or its private key.</summary>
internal sealed class ClientPeer(IdentityFederationHost host, string id, string secret)
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public string Id => id;

    public string Secret => secret;

    /// <summary>Its private key.</summary>
    public ECDsa? Key { get; init; }

    public static async Task<ClientPeer> WithSecretAsync(IdentityFederationHost host, string id, params string[] scopes)
    {
        using HttpResponseMessage registered = await host.PutAsync($"/clients/{id}", new { name = id, scopes = scopes.Length == 0 ? ["things.read", "things.write"] : scopes });
        registered.IsSuccessStatusCode.ShouldBeTrue(await registered.Content.ReadAsStringAsync());
        return new ClientPeer(host, id, await RotateAsync(host, id));
    }

    public static async Task<ClientPeer> WithKeyAsync(IdentityFederationHost host, string id)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using HttpResponseMessage registered = await host.PutAsync(
            $"/clients/{id}", new { name = id, scopes = new[] { "things.read" }, authentication = "private_key_jwt", jwks = new { keys = new[] { Jwk(key) } } });
        registered.IsSuccessStatusCode.ShouldBeTrue(await registered.Content.ReadAsStringAsync());
        return new ClientPeer(host, id, "") { Key = key };
    }

    public static async Task<string> RotateAsync(IdentityFederationHost host, string id, int graceMinutes = 0)
    {
        using HttpResponseMessage rotated = await host.PostAsync($"/clients/{id}/rotate-secret", new { graceMinutes });
        string text = await rotated.Content.ReadAsStringAsync();
        rotated.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!["clientSecret"]!.GetValue<string>();
    }

    public static object Jwk(ECDsa key, string kid = "k1")
    {
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        return new { kty = "EC", crv = "P-256", kid, alg = "ES256", use = "sig", x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) };
    }

    public static string Basic(string id, string secret) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}"));

    /// <summary>Sends a form as it is.</summary>
    public static Task<HttpResponseMessage> SendAsync(IdentityFederationHost host, string path, string? basic, params (string Name, string Value)[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Authorization = basic is null ? null : new AuthenticationHeaderValue("Basic", basic);
        return host.Client.SendAsync(request);
    }

    /// <summary>Sends a form with the client's secret.</summary>
    public Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] form) => SendAsync(host, path, Basic(id, secret), form);

    public Task<HttpResponseMessage> AskAsync(params (string Name, string Value)[] more) => SendAsync("/oauth/token", [("grant_type", "client_credentials"), .. more]);

    public Task<HttpResponseMessage> AskWithAssertionAsync(string assertion) => SendAsync(
        host, "/oauth/token", null, ("grant_type", "client_credentials"), ("client_assertion_type", AssertionType), ("client_assertion", assertion));

    /// <summary>A token for itself.</summary>
    public async Task<string> TokenAsync(params (string Name, string Value)[] more)
    {
        using HttpResponseMessage answer = await AskAsync(more);
        return (await OkAsync(answer))["access_token"]!.GetValue<string>();
    }

    /// <summary>What the client signs to show who it is.</summary>
    public string Assertion(DateTimeOffset now, Action<Dictionary<string, object>>? change = null, SigningCredentials? credentials = null)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = id, ["sub"] = id, ["aud"] = "https://identity.test", ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = now.AddMinutes(2).ToUnixTimeSeconds(),
        };
        change?.Invoke(claims);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            SigningCredentials = credentials ?? new SigningCredentials(new ECDsaSecurityKey(Key) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public static async Task<JsonNode> OkAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        return JsonNode.Parse(text)!;
    }

    public static async Task ShouldRefuseAsync(HttpResponseMessage answer, int status, string error)
    {
        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        JsonNode refusal = JsonNode.Parse(text)!;
        refusal["error"]!.GetValue<string>().ShouldBe(error);
        refusal["error_description"]!.GetValue<string>().ShouldEndWith(".");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.WwwAuthenticate.Count.ShouldBe(status == 401 ? 1 : 0);
    }
}
