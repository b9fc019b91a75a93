using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class TokenTests : IAsyncLifetime
{
    private RunningService service = null!;

    private ITokenValidator Validator => service.Services.GetRequiredService<ITokenValidator>();

    public async Task InitializeAsync() => service = await RunningService.StartAsync(
        app =>
        {
            app.MapGet("/things", (CallerIdentity caller) => $"{caller.ClientId} {caller.Subject}").RequireAuthorization("things.read");
            app.MapGet("/unmarked", () => "never without a token");
            app.MapGet("/hot", async (HttpContext context, ITokenValidator validator) =>
            {
                if (await context.AuthenticateCallerAsync(validator, "things.read") is { } caller)
                {
                    await context.Response.WriteAsync(caller.ClientId);
                }
            }).AllowAnonymous().WithPlainErrors();
        },
        settings: new(StringComparer.Ordinal) { ["Authentication:RememberedTokensMax"] = "50" });

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Theory]
    [InlineData("/things")]
    [InlineData("/unmarked")]
    [InlineData("/hot")]
    public async Task Without_a_token_nobody_gets_in(string path)
    {
        HttpResponseMessage response = await service.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Single().ToString().ShouldBe("Bearer realm=\"accessgov\"");
    }

    [Theory]
    [InlineData("/things", "pacs pacs")]
    [InlineData("/hot", "pacs")]
    public async Task A_good_token_with_the_scope_gets_in_again_and_again(string path, string expected)
    {
        string token = service.Token("other things.read");

        for (int time = 0; time < 3; time++)
        {
            (await (await service.GetAsync(path, token)).Content.ReadAsStringAsync()).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("/things")]
    [InlineData("/hot")]
    public async Task A_403_names_the_scope_that_is_missing(string path)
    {
        HttpResponseMessage response = await service.GetAsync(path, service.Token("things.reader things"));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        response.Headers.WwwAuthenticate.Single().ToString().ShouldBe("Bearer realm=\"accessgov\", error=\"insufficient_scope\", scope=\"things.read\"");
        (await response.Content.ReadAsStringAsync()).ShouldContain("This needs the scope things.read, which the token of client pacs does not have");
    }

    [Theory]
    [InlineData("/things")]
    [InlineData("/hot")]
    public async Task A_token_that_expires_while_it_is_remembered_is_refused(string path)
    {
        string token = service.Token(lifetime: TimeSpan.FromMinutes(5));
        (await service.GetAsync(path, token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        service.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        (await service.GetAsync(path, token)).StatusCode.ShouldBe(HttpStatusCode.OK);

        service.Clock.Advance(TimeSpan.FromSeconds(1));

        Validator.TryGetCached(token, out _).ShouldBeFalse();
        HttpResponseMessage response = await service.GetAsync(path, token);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Single().ToString()
            .ShouldBe("Bearer realm=\"accessgov\", error=\"invalid_token\", error_description=\"The token has expired: ask the issuer for a new one.\"");
    }

    [Fact]
    public async Task A_token_is_known_by_its_hash_once_it_was_validated()
    {
        string token = service.Token();
        Validator.TryGetCached(token, out _).ShouldBeFalse();

        await Validator.ValidateAsync(token);

        Validator.TryGetCached(token, out CallerIdentity? caller).ShouldBeTrue();
        caller.ClientId.ShouldBe("pacs");
        caller.Scopes.ShouldBe(["things.read"]);
        caller.ExpiresAt.ShouldBe(service.Clock.GetUtcNow() + TimeSpan.FromMinutes(10));
        Validator.TryGetCached(token + "x", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_flood_of_different_tokens_good_and_bad_does_not_grow_memory()
    {
        string first = service.Token();
        await Validator.ValidateAsync(first);
        for (int i = 0; i < 60; i++)
        {
            (await Validator.ValidateAsync(service.Token())).ShouldBeOfType<TokenValidation.Valid>();
        }

        for (int i = 0; i < 3_000; i++)
        {
            (await Validator.ValidateAsync($"bad.{i}.token")).ShouldBeOfType<TokenValidation.Invalid>();
        }

        ((JwtValidator)Validator).RememberedTokens.ShouldBe(50 + 1_000);
        Validator.TryGetCached(first, out _).ShouldBeFalse();
        (await Validator.ValidateAsync(first)).ShouldBeOfType<TokenValidation.Valid>();
    }

    [Fact]
    public async Task A_revoked_token_is_refused_although_it_was_remembered()
    {
        string token = service.Token();
        string other = service.Token();
        await Validator.ValidateAsync(token);
        await Validator.ValidateAsync(other);

        Validator.Revoke(new JsonWebToken(token).Id, service.Clock.GetUtcNow().AddMinutes(10));

        Validator.TryGetCached(token, out _).ShouldBeFalse();
        Sentence(await Validator.ValidateAsync(token)).ShouldBe("The token was revoked.");
        Validator.TryGetCached(other, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Revoking_a_subject_refuses_its_tokens_issued_until_then_and_no_later_ones()
    {
        string seen = service.Token();
        string unseen = service.Token();
        string persons = service.Mint.Mint("pacs", ["things.read"], TimeSpan.FromMinutes(5), "ada");
        await Validator.ValidateAsync(seen);

        Validator.RevokeAllOf("pacs", service.Clock.GetUtcNow());
        service.Clock.Advance(TimeSpan.FromSeconds(1));

        Validator.TryGetCached(seen, out _).ShouldBeFalse();
        Sentence(await Validator.ValidateAsync(unseen)).ShouldBe("The token was revoked.");
        Sentence(await Validator.ValidateAsync(persons)).ShouldBe("The token was revoked.", "a client that is worth nothing acts for nobody");
        (await Validator.ValidateAsync(service.Token())).ShouldBeOfType<TokenValidation.Valid>();
    }

    [Fact]
    public async Task A_token_of_the_future_is_refused_and_good_when_its_time_has_come()
    {
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        string token = service.Token();
        service.Clock.Advance(TimeSpan.FromMinutes(-2));

        Sentence(await Validator.ValidateAsync(token)).ShouldBe("The token is not valid yet.");

        service.Clock.Advance(TimeSpan.FromMinutes(2));
        (await Validator.ValidateAsync(token)).ShouldBeOfType<TokenValidation.Valid>();
    }

    [Fact]
    public async Task A_token_with_a_kind_of_signature_that_is_not_ES256_is_refused()
    {
        using var rsa = RSA.Create(2048);
        string[] tokens =
        [
            Forged(new SigningCredentials(new RsaSecurityKey(rsa), SecurityAlgorithms.RsaSha256)),
            // The public key as an HMAC secret: the classic confusion.
            Forged(new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(service.Mint.Jwks)), SecurityAlgorithms.HmacSha256)),
            Unsigned(service.Token()),
        ];

        foreach (string token in tokens)
        {
            (await Validator.ValidateAsync(token)).ShouldBeOfType<TokenValidation.Invalid>();
        }
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"iss":"https://other.test"}""", "The token comes from another issuer.")]
    [InlineData("""{"aud":"elsewhere"}""", "The token is meant for another audience.")]
    [InlineData("""{"aud":["elsewhere","accessgov"]}""", "")]
    [InlineData("""{"jti":null}""", "The token lacks the claim jti.")]
    [InlineData("""{"exp":null}""", "The token lacks the claim exp.")]
    [InlineData("""{"client_id":""}""", "The token lacks the claim client_id.")]
    public async Task A_claim_that_is_wrong_or_missing_is_refused_and_named(string change, string sentence)
    {
        TokenValidation validation = await SignedAsync("""{"alg":"ES256","typ":"at+jwt"}""", change);

        ((validation as TokenValidation.Invalid)?.Sentence ?? "").ShouldBe(sentence);
    }

    [Theory]
    [InlineData("""{"alg":"ES256","typ":"JWT"}""", "The token is not an access token (typ at+jwt).")]
    [InlineData("""{"alg":"ES256"}""", "The token is not an access token (typ at+jwt).")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","crit":["b64"],"b64":false}""", "The token demands an extension that is not known here.")]
    [InlineData("""{"alg":"ES384","typ":"at+jwt"}""", "The token is signed with a key that is not known here.")]
    public async Task A_header_that_is_wrong_is_refused(string header, string sentence) => Sentence(await SignedAsync(header, "{}")).ShouldBe(sentence);

    [Fact]
    public async Task A_token_signed_by_somebody_else_is_refused()
    {
        using TokenMint stranger = TokenMint.WithNewKey(RunningService.Issuer, RunningService.Audience, service.Clock);

        Sentence(await Validator.ValidateAsync(stranger.Mint("pacs", ["things.read"], TimeSpan.FromMinutes(1))))
            .ShouldBe("The token is signed with a key that is not known here.");
    }

    [Theory]
    [InlineData(25)]
    [InlineData(24 * 365)]
    public async Task A_token_that_lives_too_long_is_refused(int hours) =>
        Sentence(await Validator.ValidateAsync(service.Token(lifetime: TimeSpan.FromHours(hours)))).ShouldStartWith("The token lives longer than 24 hours");

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("e30.e30.e30")]
    [InlineData("täst.täst.täst")]
    public async Task Rubbish_is_not_a_token(string text) => (await Validator.ValidateAsync(text)).ShouldBeOfType<TokenValidation.Invalid>();

    [Fact]
    public async Task A_huge_token_is_refused_before_anything_is_computed() =>
        Sentence(await Validator.ValidateAsync(new string('a', 8193))).ShouldBe("A token is ASCII and at most 8192 characters long.");

    [Fact]
    public async Task Every_changed_character_of_a_token_is_noticed()
    {
        string token = service.Token();
        for (int i = 0; i < token.Length - 1; i += 7)
        {
            char other = token[i] == 'A' ? 'B' : 'A';
            (await Validator.ValidateAsync(token[..i] + other + token[(i + 1)..])).ShouldBeOfType<TokenValidation.Invalid>();
        }
    }

    /// <summary>Validates a token that is signed as it should be, with claims changed (null takes one away).</summary>
    private async Task<TokenValidation> SignedAsync(string header, string change)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using RunningService trusting = await RunningService.StartAsync(
            settings: new(StringComparer.Ordinal) { ["Authentication:Keys"] = key.ExportSubjectPublicKeyInfoPem() });
        long now = trusting.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = RunningService.Issuer, ["aud"] = RunningService.Audience, ["sub"] = "pacs", ["client_id"] = "pacs", ["jti"] = "1",
            ["iat"] = now, ["exp"] = now + 60, ["scope"] = "things.read",
        };
        foreach ((string name, JsonNode? value) in JsonNode.Parse(change)!.AsObject())
        {
            claims[name] = value?.DeepClone();
            if (value is null)
            {
                claims.Remove(name);
            }
        }

        string content = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(claims.ToJsonString())}";
        string signature = Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256));
        return await trusting.Services.GetRequiredService<ITokenValidator>().ValidateAsync($"{content}.{signature}");
    }

    private string Forged(SigningCredentials credentials) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        TokenType = "at+jwt",
        Issuer = RunningService.Issuer,
        Audience = RunningService.Audience,
        IssuedAt = service.Clock.GetUtcNow().UtcDateTime,
        Expires = service.Clock.GetUtcNow().UtcDateTime.AddMinutes(5),
        SigningCredentials = credentials,
        Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = "pacs", ["client_id"] = "pacs", ["jti"] = "1", ["scope"] = "things.read" },
    });

    private static string Unsigned(string token) =>
        Base64UrlEncoder.Encode(JsonSerializer.Serialize(new { alg = "none", typ = "at+jwt" })) + "." + token.Split('.')[1] + ".";

    private static string Sentence(TokenValidation validation) => validation.ShouldBeOfType<TokenValidation.Invalid>().Sentence;
}
