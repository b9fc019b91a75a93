using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tests.Tokens;

namespace AccessGov.IdentityFederation.Tests.Clients;

/// <summary>What was got with a secret that is good no more is worth nothing either.</summary>
public sealed class RotationTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task A_new_secret_without_grace_takes_what_the_client_has_for_itself()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "leaked", "clients.manage");
        string stolen = await client.TokenAsync();
        (await StatusAsync(stolen)).ShouldBe(HttpStatusCode.OK);

        var renewed = new ClientPeer(host, "leaked", await ClientPeer.RotateAsync(host, "leaked"));
        (await StatusAsync(stolen)).ShouldBe(HttpStatusCode.Unauthorized, "from the answer on");
        (await Viewer.IsActiveAsync(host, stolen)).ShouldBeFalse();

        // In the same second, too.
        string fresh = await renewed.TokenAsync();
        (await StatusAsync(fresh)).ShouldBe(HttpStatusCode.OK);
        (await Viewer.IsActiveAsync(host, fresh)).ShouldBeTrue();

        await using IdentityFederationHost later = await host.BesideAsync();
        (await Viewer.GetAsync(later, "/clients", stolen)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "also after a restart");
        (await Viewer.GetAsync(later, "/clients", fresh)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task With_grace_what_the_client_has_stays()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "graceful", "clients.manage");
        string token = await client.TokenAsync();
        await ClientPeer.RotateAsync(host, "graceful", graceMinutes: 5);
        (await StatusAsync(token)).ShouldBe(HttpStatusCode.OK);
        (await Viewer.IsActiveAsync(host, token)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_the_client_has_for_people_stays_theirs()
    {
        using HttpResponseMessage registered = await host.PutAsync("/clients/web", new
        {
            name = "web", scopes = new[] { "things.read", "sessions.own" }, redirectUris = new[] { Browser.RedirectUri },
            offlineAccess = true, grants = new[] { "authorizationCode", "clientCredentials" },
        });
        registered.IsSuccessStatusCode.ShouldBeTrue(await registered.Content.ReadAsStringAsync());
        var client = new ClientPeer(host, "web", await ClientPeer.RotateAsync(host, "web"));
        using Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync("rotated-around"));
        JsonNode told = await ClientPeer.OkAsync(await client.SendAsync(
            "/oauth/token", ("grant_type", "authorization_code"), ("redirect_uri", Browser.RedirectUri),
            ("code_verifier", Browser.Verifier),
            ("code", await browser.CodeAsync("web", ("scope", "openid sessions.own offline_access")))));
        var renewed = new ClientPeer(host, "web", await ClientPeer.RotateAsync(host, "web"));

        (await Viewer.GetAsync(host, "/me/sessions", told["access_token"]!.GetValue<string>())).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ClientPeer.OkAsync(await renewed.SendAsync(
            "/oauth/token", ("grant_type", "refresh_token"), ("refresh_token", told["refresh_token"]!.GetValue<string>())));
    }

    private async Task<HttpStatusCode> StatusAsync(string token) => (await Viewer.GetAsync(host, "/clients", token)).StatusCode;
}
