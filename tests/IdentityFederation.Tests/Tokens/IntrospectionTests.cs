using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessGov.IdentityFederation.Tests.Tokens;

public sealed class IntrospectionTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task Who_may_look_into_tokens_is_told_what_a_good_one_says_whomever_it_is_meant_for()
    {
        await host.PutAsync("/clients/looked-into", new { name = "x", scopes = new[] { "things.read" }, audiences = new[] { "https://elsewhere.test" } });
        string token = await new ClientPeer(host, "looked-into", await ClientPeer.RotateAsync(host, "looked-into")).TokenAsync();
        var said = new JsonWebToken(token);

        JsonNode told = await LookAsync(token);
        told["active"]!.GetValue<bool>().ShouldBeTrue();
        told["client_id"]!.GetValue<string>().ShouldBe("looked-into");
        told["sub"]!.GetValue<string>().ShouldBe("looked-into");
        told["scope"]!.GetValue<string>().ShouldBe("things.read");
        told["iss"]!.GetValue<string>().ShouldBe("https://identity.test");
        told["aud"]![0]!.GetValue<string>().ShouldBe("https://elsewhere.test");
        told["jti"]!.GetValue<string>().ShouldBe(said.Id);
        told["exp"]!.GetValue<long>().ShouldBe(new DateTimeOffset(said.ValidTo, TimeSpan.Zero).ToUnixTimeSeconds());
        told["token_type"]!.GetValue<string>().ShouldBe("Bearer");
    }

    [Fact]
    public async Task Of_a_token_that_is_not_good_nothing_is_told()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "gone");
        string token = await client.TokenAsync();
        (await LookAsync("no token")).ToJsonString().ShouldBe("""{"active":false}""");
        (await LookAsync(host.TokenOf("grace", "people.read"))).ToJsonString().ShouldBe("""{"active":false}""", "another issuer's");
        (await LookAsync(token[..^4] + "AAAA")).ToJsonString().ShouldBe("""{"active":false}""");
        (await LookAsync(token))["active"]!.GetValue<bool>().ShouldBeTrue();

        await host.PostAsync("/clients/gone/disable", new { reason = "An alert." });
        (await LookAsync(token)).ToJsonString().ShouldBe("""{"active":false}""");
        await host.SendAsync(HttpMethod.Post, "/clients/gone/enable");
        (await LookAsync(token)).ToJsonString().ShouldBe("""{"active":false}""", "what was issued before it was disabled stays worth nothing");
    }

    [Fact]
    public async Task A_token_that_is_over_is_not_good()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        ClientPeer looker = await ClientPeer.WithSecretAsync(own, "looker", IntrospectToken.Scope);
        string token = await looker.TokenAsync();
        (await ClientPeer.OkAsync(await looker.SendAsync("/oauth/introspect", ("token", token))))["active"]!.GetValue<bool>().ShouldBeTrue();
        clock.Advance(TimeSpan.FromMinutes(15));
        (await ClientPeer.OkAsync(await looker.SendAsync("/oauth/introspect", ("token", token))))["active"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Who_may_not_look_into_tokens_is_refused()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "curious");
        await ClientPeer.ShouldRefuseAsync(await client.SendAsync("/oauth/introspect", ("token", await client.TokenAsync())), 403, "unauthorized_client");
        await ClientPeer.ShouldRefuseAsync(await ClientPeer.SendAsync(host, "/oauth/introspect", null, ("token", "x")), 401, "invalid_client");
        ClientPeer looker = await ClientPeer.WithSecretAsync(host, "looker", IntrospectToken.Scope);
        await ClientPeer.ShouldRefuseAsync(await looker.SendAsync("/oauth/introspect"), 400, "invalid_request");
        await ClientPeer.ShouldRefuseAsync(await looker.SendAsync("/oauth/introspect", ("token", "x"), ("token", "y")), 400, "invalid_request");
    }

    private async Task<JsonNode> LookAsync(string token)
    {
        ClientPeer looker = await ClientPeer.WithSecretAsync(host, "looker", IntrospectToken.Scope);
        using HttpResponseMessage answer = await looker.SendAsync("/oauth/introspect", ("token", token), ("token_type_hint", "access_token"));
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return await ClientPeer.OkAsync(answer);
    }
}
