using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>A certified client (openid-client, which npm installs beside the official engine) against the service.</summary>
public sealed class OpenIdClientTests
{
    [OfficialEngineFact]
    public async Task A_certified_client_discovers_asks_looks_into_and_revokes_in_every_way()
    {
        string url = $"http://127.0.0.1:{FreePort.Next()}";
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["urls"] = url, ["IdentityFederation:PublicUrl"] = url });
        ClientPeer knows = await ClientPeer.WithSecretAsync(host, "knows", "things.read", "tokens.introspect");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await host.PutAsync("/clients/signs", new
        {
            name = "x", scopes = new[] { "things.read", "tokens.introspect" }, authentication = "private_key_jwt", jwks = new { keys = new[] { ClientPeer.Jwk(key) } },
        });
        string viewer = await Viewer.RegisterAsync(host, "viewer");
        Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync("ada"));
        ECParameters parts = key.ExportParameters(includePrivateParameters: true);
        string input = JsonSerializer.Serialize(new
        {
            folder = OfficialEngineFactAttribute.Folder,
            issuer = url,
            secretClient = new { id = knows.Id, secret = knows.Secret },
            viewer = new
            {
                id = viewer, redirectUri = Browser.RedirectUri, home = "https://viewer.test/", cookie = browser.Cookie, acr = AuthenticationContexts.MultiFactor,
            },
            keyClient = new
            {
                id = "signs",
                jwk = new
                {
                    kty = "EC", crv = "P-256", kid = "k1",
                    x = Base64UrlEncoder.Encode(parts.Q.X), y = Base64UrlEncoder.Encode(parts.Q.Y), d = Base64UrlEncoder.Encode(parts.D),
                },
            },
        });

        JsonNode told = JsonNode.Parse(await RunAsync("openid-client.mjs", input))!;

        told["mixedUp"]!.GetValue<string>().ShouldBe("OAUTH_INVALID_RESPONSE");
        JsonNode person = told["person"]!;
        person["sub"]!.GetValue<string>().ShouldBe(browser.Person);
        person["sid"]!.GetValue<string>().ShouldBe(browser.Session);
        person["acr"]!.GetValue<string>().ShouldBe(AuthenticationContexts.MultiFactor);
        person["name"]!.GetValue<string>().ShouldBe("ada");
        person["rotated"]!.GetValue<bool>().ShouldBeTrue();
        person["left"]!.GetValue<string>().ShouldBe("https://viewer.test/?state=bye");
        person["after"]!.GetValue<string>().ShouldBe("invalid_grant");
        person["signedOut"]!.GetValue<string>().ShouldBe("/sign-in");
        told["wrong"]!.GetValue<string>().ShouldBe("OAUTH_WWW_AUTHENTICATE_CHALLENGE 401 basic");
        foreach (string way in new[] { "oidc", "oauth2" }.SelectMany(how => new[] { $"{how} client_secret_basic", $"{how} client_secret_post", $"{how} private_key_jwt" }))
        {
            JsonNode ended = told[way].ShouldNotBeNull(way);
            ended["type"]!.GetValue<string>().ShouldBe("bearer");
            ended["expiresIn"]!.GetValue<int>().ShouldBeInRange(890, 900);
            ended["scope"]!.GetValue<string>().ShouldBe("things.read");
            ended["before"]!.GetValue<bool>().ShouldBeTrue(way);
            ended["client"]!.GetValue<string>().ShouldBe(way.EndsWith("jwt", StringComparison.Ordinal) ? "signs" : "knows");
            ended["after"]!.GetValue<bool>().ShouldBeFalse(way);
        }
    }

    /// <summary>The version that many applications have, with its defaults.</summary>
    [OfficialEngineFact]
    public async Task A_client_that_takes_RS256_only_signs_somebody_in()
    {
        string url = $"http://127.0.0.1:{FreePort.Next()}";
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["urls"] = url, ["IdentityFederation:PublicUrl"] = url });
        await host.PutAsync("/clients/portal", new { name = "Portal", scopes = new[] { "openid" }, redirectUris = new[] { Browser.RedirectUri } });
        using Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync("ada"));
        JsonNode told = JsonNode.Parse(await RunAsync("openid-client-5.mjs", JsonSerializer.Serialize(new
        {
            folder = OfficialEngineFactAttribute.Folder, issuer = url, redirectUri = Browser.RedirectUri, cookie = browser.Cookie,
            client = new { id = "portal", secret = await ClientPeer.RotateAsync(host, "portal") },
        })))!;
        told["sub"]!.GetValue<string>().ShouldBe(browser.Person);
        told["name"]!.GetValue<string>().ShouldBe("ada");
        told["scope"]!.GetValue<string>().ShouldBe("openid profile email");
    }

    private static async Task<string> RunAsync(string peer, string input)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [WorkingCopy.PathOf("tests", "IdentityFederation.Tests", "Peers", peer), input])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var bound = new CancellationTokenSource(Eventually.Bound);
        Task<string> said = node.StandardOutput.ReadToEndAsync(bound.Token);
        string failed = await node.StandardError.ReadToEndAsync(bound.Token);
        await node.WaitForExitAsync(bound.Token);
        node.ExitCode.ShouldBe(0, failed);
        return await said;
    }
}
