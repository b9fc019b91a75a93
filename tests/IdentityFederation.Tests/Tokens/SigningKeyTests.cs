using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessGov.IdentityFederation.Tests.Tokens;

public sealed class SigningKeyTests
{
    [Fact]
    public async Task Keys_are_kept_over_a_restart_and_shared_by_replicas()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "keeper", "people.read");
        string token = await client.TokenAsync();
        await using IdentityFederationHost restarted = await host.BesideAsync();

        (await KidsAsync(restarted)).ShouldBe(await KidsAsync(host));
        new JsonWebToken(await new ClientPeer(restarted, client.Id, client.Secret).TokenAsync()).Kid.ShouldBe(new JsonWebToken(token).Kid);
        (await restarted.SendAsync(HttpMethod.Get, "/people", token: token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_replicas_that_start_together_one_makes_the_key()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        IdentityFederationHost[] replicas = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => host.BesideAsync()));
        (await KidsAsync(host)).Length.ShouldBe(1);
        (await KidsAsync(host, "RS256")).Length.ShouldBe(1);
        foreach (IdentityFederationHost replica in replicas)
        {
            (await KidsAsync(replica)).ShouldBe(await KidsAsync(host));
            (await KidsAsync(replica, "RS256")).ShouldBe(await KidsAsync(host, "RS256"));
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_key_is_announced_signs_and_is_shown_until_its_last_token_is_over()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync(clock: clock);
        await using IdentityFederationHost replica = await host.BesideAsync();
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "rotated", "people.read");
        string first = (await KidsAsync(host)).ShouldHaveSingleItem();
        string firstRsa = (await KidsAsync(host, "RS256")).ShouldHaveSingleItem();
        (Issuance issuance, IdTokens idTokens) = (
            host.Services.GetRequiredService<Issuance>(), host.Services.GetRequiredService<IdTokens>());
        string hint = idTokens.Mint(
            issuance.Clients["rotated"], new SignedIn("ada", "session", "phr", ["hwk"], clock.GetUtcNow()), null, "token",
            issuance.SignerWith("RS256")!);
        (await idTokens.ReadAsync(hint)).ShouldNotBeNull();

        clock.Advance(TimeSpan.FromDays(89));
        await Eventually.HoldsAsync(async () => (await KidsAsync(host)).Length == 2 && (await KidsAsync(replica)).Length == 2, "the next key is announced");
        await Eventually.HoldsAsync(async () => (await KidsAsync(replica, "RS256")).Length == 2, "so is the one for ID tokens");
        issuance.SignerWith("RS256")!.Kid.ShouldBe(firstRsa);
        string next = (await KidsAsync(host)).Single(kid => kid != first);
        string last = await client.TokenAsync();
        new JsonWebToken(last).Kid.ShouldBe(first);

        clock.Advance(TimeSpan.FromDays(1));
        await Eventually.HoldsAsync(async () => new JsonWebToken(await client.TokenAsync()).Kid == next, "the next key signs");
        await Eventually.HoldsAsync(async () => new JsonWebToken(await new ClientPeer(replica, client.Id, client.Secret).TokenAsync()).Kid == next, "at the replica too");
        (await KidsAsync(host)).ShouldBe([first, next]);
        await Eventually.HoldsAsync(() => issuance.SignerWith("RS256")!.Kid != firstRsa, "the next key signs ID tokens");

        clock.Advance(TimeSpan.FromMinutes(1446));
        (await KidsAsync(host)).ShouldBe([next]);
        issuance.PublicKeys.Select(key => key.KeyId).ShouldBe(
            [next, .. await KidsAsync(host, "RS256")], ignoreOrder: true, "what left the JWKS is not good here either");
        (await idTokens.ReadAsync(hint)).ShouldBeNull();
        (await host.SendAsync(HttpMethod.Get, "/people", token: await client.TokenAsync())).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Rotated_by_hand_the_former_key_is_good_still_and_after_a_leak_it_is_not()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "leaked", "people.read", "tokens.introspect");
        string before = await client.TokenAsync();
        (await ReadAsync(host, before)).ShouldBe(HttpStatusCode.OK);

        string second = await RotateAsync(host, revoke: false);
        (await KidsAsync(host)).ShouldBe([new JsonWebToken(before).Kid, second]);
        string between = await client.TokenAsync();
        new JsonWebToken(between).Kid.ShouldBe(second);
        (await ReadAsync(host, before)).ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(host, between)).ShouldBe(HttpStatusCode.OK);

        string third = await RotateAsync(host, revoke: true);
        (await KidsAsync(host)).ShouldBe([third]);
        (await ReadAsync(host, before)).ShouldBe(HttpStatusCode.Unauthorized);
        (await ReadAsync(host, between)).ShouldBe(HttpStatusCode.Unauthorized);
        (await ClientPeer.OkAsync(await client.SendAsync("/oauth/introspect", ("token", between))))["active"]!.GetValue<bool>().ShouldBeFalse();
        (await ReadAsync(host, await client.TokenAsync())).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_service_that_has_one_key_from_before_gets_the_other_at_its_start_and_what_was_signed_stays_good()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        string viewer = await Viewer.RegisterAsync(host, "viewer");
        using Browser browser = await Browser.SignedInAsync(host, await host.PersonAsync("ada"));
        string before = (await Viewer.TokensAsync(host, browser, viewer))["access_token"]!.GetValue<string>();
        string[] kept = await KidsAsync(host);
        string former = (await KidsAsync(host, "RS256")).ShouldHaveSingleItem();

        // From here on the stream holds what it did before there was a second algorithm.
        await host.Store.AppendAsync(new EventSourcing.StreamAppend(
            SigningKeyRing.Streams.StreamId(SigningKeyRing.Id), EventSourcing.ExpectedVersion.Any, [new SigningKeyRevoked(former, "A test.")]));
        await using IdentityFederationHost restarted = await host.BesideAsync();
        (await KidsAsync(restarted)).ShouldBe(kept);
        string rsa = (await KidsAsync(restarted, "RS256")).ShouldHaveSingleItem();
        rsa.ShouldNotBe(former);
        (await ReadMeAsync(restarted, before)).ShouldBe(HttpStatusCode.OK);
        using Browser there = await Browser.SignedInAsync(restarted, browser.Person);
        new JsonWebToken((await Viewer.TokensAsync(restarted, there, viewer))["id_token"]!.GetValue<string>()).Kid.ShouldBe(rsa);

        static async Task<HttpStatusCode> ReadMeAsync(IdentityFederationHost at, string token)
        {
            using HttpResponseMessage answer = await Viewer.GetAsync(at, "/oauth/userinfo", token);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Only_who_manages_keys_rotates_them_and_says_why()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        (await host.SendAsync(HttpMethod.Post, "/signing-keys/rotate", """{"reason":"why"}""", host.TokenOf("grace", "clients.manage"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await host.SendAsync(HttpMethod.Get, "/signing-keys", token: host.TokenOf("grace", "clients.manage"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using HttpResponseMessage refused = await host.PostAsync("/signing-keys/rotate", new { reason = "" });
        await Refusal.ShouldBeAsync(refused, 400, "reason_required");
        (await host.SendAsync(HttpMethod.Post, "/signing-keys/rotate", "{}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode shown = await host.GetAsync("/signing-keys");
        shown["keys"]!.AsArray().Select(key => $"{key!["algorithm"]} {key["phase"]}").ShouldBe(["ES256 signing", "RS256 signing"]);
        shown.ToJsonString().ShouldNotContain("sealed", Case.Insensitive);
    }

    [Fact]
    public async Task With_another_key_encryption_key_nothing_is_signed_and_health_says_why()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "sealed");
        await using IdentityFederationHost wrong = await host.BesideAsync(("IdentityFederation:KeyEncryptionKeyFile", IdentityFederationHost.KeyFile()));

        await ClientPeer.ShouldRefuseAsync(await new ClientPeer(wrong, client.Id, client.Secret).AskAsync(), 503, "temporarily_unavailable");
        using HttpResponseMessage health = await wrong.Client.GetAsync("/health/ready");
        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await health.Content.ReadAsStringAsync()).ShouldContain("KeyEncryptionKeyFile");
        (await KidsAsync(wrong)).ShouldBe(await KidsAsync(host));
    }

    [Fact]
    public async Task The_keys_may_be_kept_for_a_while_and_are_told_only_when_they_changed()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        using HttpResponseMessage first = await host.Client.GetAsync("/oauth/jwks");
        first.Content.Headers.ContentType!.MediaType.ShouldBe("application/jwk-set+json");
        first.Headers.CacheControl!.ToString().ShouldBe("public, max-age=300");
        JsonArray keys = JsonNode.Parse(await first.Content.ReadAsStringAsync())!["keys"]!.AsArray();
        keys.Count.ShouldBe(2);
        keys[0]!.AsObject().Select(member => member.Key).ShouldBe(["kty", "crv", "use", "alg", "kid", "x", "y"]);
        keys[1]!.AsObject().Select(member => member.Key).ShouldBe(["kty", "use", "alg", "kid", "n", "e"]);
        keys[1]!["n"]!.GetValue<string>().Length.ShouldBe(342, "2048 bits");

        (await ConditionallyAsync(host, first.Headers.ETag!)).ShouldBe(HttpStatusCode.NotModified);
        await RotateAsync(host, revoke: false);
        (await ConditionallyAsync(host, first.Headers.ETag!)).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> ConditionallyAsync(IdentityFederationHost host, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/oauth/jwks") { Headers = { IfNoneMatch = { tag } } };
        using HttpResponseMessage answer = await host.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<string> RotateAsync(IdentityFederationHost host, bool revoke)
    {
        using HttpResponseMessage rotated = await host.PostAsync("/signing-keys/rotate", new { reason = "A test.", revoke });
        return (await ClientPeer.OkAsync(rotated))["keys"]!.AsArray()
            .Single(key => key!["algorithm"]!.GetValue<string>() == "ES256")!["keyId"]!.GetValue<string>();
    }

    private static async Task<string[]> KidsAsync(IdentityFederationHost host, string algorithm = "ES256") =>
        [.. JsonNode.Parse(await host.Client.GetStringAsync("/oauth/jwks"))!["keys"]!.AsArray()
            .Where(key => key!["alg"]!.GetValue<string>() == algorithm).Select(key => key!["kid"]!.GetValue<string>())];

    private static async Task<HttpStatusCode> ReadAsync(IdentityFederationHost host, string token)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, "/people", token: token);
        return answer.StatusCode;
    }
}
