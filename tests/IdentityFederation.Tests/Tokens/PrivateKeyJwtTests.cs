using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tests.Tokens;

public sealed class PrivateKeyJwtTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("https://identity.test")]
    [InlineData("https://identity.test/oauth/token")]
    public async Task A_client_shows_who_it_is_with_what_it_signed(string audience)
    {
        ClientPeer client = await ClientPeer.WithKeyAsync(host, "signer");
        using HttpResponseMessage answer = await client.AskWithAssertionAsync(client.Assertion(Now, claims => claims["aud"] = audience));
        new JsonWebToken((await ClientPeer.OkAsync(answer))["access_token"]!.GetValue<string>()).Subject.ShouldBe("signer");
    }

    [Fact]
    public async Task An_rsa_key_signs_too()
    {
        using var key = RSA.Create(2048);
        RSAParameters parts = key.ExportParameters(includePrivateParameters: false);
        var jwk = new { kty = "RSA", kid = "r1", n = Base64UrlEncoder.Encode(parts.Modulus), e = Base64UrlEncoder.Encode(parts.Exponent) };
        await host.PutAsync("/clients/rsa", new { name = "x", scopes = new[] { "a" }, authentication = "private_key_jwt", jwks = new { keys = new[] { jwk } } });
        var client = new ClientPeer(host, "rsa", "");
        SigningCredentials With(string algorithm) => new(new RsaSecurityKey(key) { KeyId = "r1" }, algorithm);

        (await client.AskWithAssertionAsync(client.Assertion(Now, null, With(SecurityAlgorithms.RsaSha256)))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldBeRefusedAsync(client, client.Assertion(Now, null, With(SecurityAlgorithms.RsaSha512)));
        await ShouldBeRefusedAsync(client, client.Assertion(Now, null, With(SecurityAlgorithms.RsaSsaPssSha256)));
    }

    public static TheoryData<string> BadClaims =>
    [
        "other audience", "no audience", "no expiry", "expired", "far ahead", "not yet", "issued ahead", "other issuer", "no issuer", "other subject", "no jti", "long jti",
    ];

    [Theory]
    [MemberData(nameof(BadClaims))]
    public async Task What_does_not_say_what_it_must_is_refused(string which)
    {
        ClientPeer client = await ClientPeer.WithKeyAsync(host, $"bad-{which.Replace(' ', '-')}");
        await ClientPeer.WithKeyAsync(host, "somebody-else");
        long now = Now.ToUnixTimeSeconds();
        await ShouldBeRefusedAsync(client, client.Assertion(Now, claims => _ = which switch
        {
            "other audience" => claims["aud"] = "https://elsewhere.test",
            "no audience" => claims.Remove("aud"),
            "no expiry" => claims.Remove("exp"),
            "expired" => claims["exp"] = now - 1,
            "far ahead" => claims["exp"] = now + 330,
            "not yet" => claims["nbf"] = now + 60,
            "issued ahead" => claims["iat"] = now + 60,
            "other issuer" => claims["iss"] = "somebody-else",
            "no issuer" => claims.Remove("iss"),
            "other subject" => claims["sub"] = "somebody-else",
            "no jti" => claims.Remove("jti"),
            _ => claims["jti"] = new string('j', 201),
        }));
        (await client.AskWithAssertionAsync(client.Assertion(Now))).StatusCode.ShouldBe(HttpStatusCode.OK, "the client itself is good");
    }

    [Fact]
    public async Task What_somebody_else_signed_is_refused()
    {
        ClientPeer client = await ClientPeer.WithKeyAsync(host, "forged");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await ShouldBeRefusedAsync(client, client.Assertion(Now, null, new(new ECDsaSecurityKey(other) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256)));
        string unsigned = $"{Base64UrlEncoder.Encode("""{"alg":"none"}""")}.{client.Assertion(Now).Split('.')[1]}.";
        await ShouldBeRefusedAsync(client, unsigned);
        await ShouldBeRefusedAsync(client, "not a token");
        await ShouldBeRefusedAsync(client, new ClientPeer(host, "nobody-at-all", "") { Key = other }.Assertion(Now));
    }

    [Fact]
    public async Task A_client_shows_who_it_is_in_its_own_way_only()
    {
        ClientPeer signs = await ClientPeer.WithKeyAsync(host, "signs-only");
        ClientPeer knows = await ClientPeer.WithSecretAsync(host, "knows-only");
        using HttpResponseMessage withSecret = await new ClientPeer(host, signs.Id, "").SendAsync("/oauth/token", ("grant_type", "client_credentials"));
        await ClientPeer.ShouldRefuseAsync(withSecret, 401, "invalid_client");
        await ShouldBeRefusedAsync(knows, new ClientPeer(host, knows.Id, "") { Key = signs.Key }.Assertion(Now));

        using HttpResponseMessage other = await ClientPeer.SendAsync(
            host, "/oauth/token", null, ("grant_type", "client_credentials"), ("client_id", knows.Id), ("client_assertion_type", ClientPeer.AssertionType), ("client_assertion", signs.Assertion(Now)));
        await ClientPeer.ShouldRefuseAsync(other, 400, "invalid_request");
        using HttpResponseMessage untyped = await ClientPeer.SendAsync(host, "/oauth/token", null, ("grant_type", "client_credentials"), ("client_assertion", signs.Assertion(Now)));
        await ClientPeer.ShouldRefuseAsync(untyped, 400, "invalid_request");
    }

    [Fact]
    public async Task Of_twenty_who_show_one_assertion_at_once_at_two_replicas_one_gets_a_token()
    {
        ClientPeer client = await ClientPeer.WithKeyAsync(host, "replayed");
        await using IdentityFederationHost replica = await host.BesideAsync();
        var there = new ClientPeer(replica, client.Id, "") { Key = client.Key };

        string assertion = client.Assertion(Now);
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? client : there).AskWithAssertionAsync(assertion)));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);

        // Nine failures at one address are counted at most; the tenth would make the next one wait.
        answers.Where(answer => answer.StatusCode != HttpStatusCode.OK).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Unauthorized || answer.StatusCode == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Assertions_that_have_expired_are_forgotten()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        ClientPeer client = await ClientPeer.WithKeyAsync(own, "forgetting");
        (await client.AskWithAssertionAsync(client.Assertion(clock.GetUtcNow()))).StatusCode.ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromMinutes(10));
        (await client.AskWithAssertionAsync(client.Assertion(clock.GetUtcNow()))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await using var connection = new Npgsql.NpgsqlConnection(own.Superuser);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("select count(*) from identity_federation.used_assertion", connection);
        ((long)(await command.ExecuteScalarAsync())!).ShouldBe(1);
    }

    private static async Task ShouldBeRefusedAsync(ClientPeer client, string assertion)
    {
        using HttpResponseMessage refused = await client.AskWithAssertionAsync(assertion);
        await ClientPeer.ShouldRefuseAsync(refused, 401, "invalid_client");
    }
}
