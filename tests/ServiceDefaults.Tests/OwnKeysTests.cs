using System.Net;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.ServiceDefaults.Tests;

/// <summary>A service that issues tokens itself takes them besides those of the configured issuer.</summary>
public sealed class OwnKeysTests : IAsyncLifetime
{
    private const string Own = "https://own.test";

    private readonly ManualClock clock = new();
    private RunningService service = null!;
    private TokenMint mint = null!;
    private OwnKeys source = null!;

    private ITokenValidator Validator => service.Services.GetRequiredService<ITokenValidator>();

    public async Task InitializeAsync()
    {
        mint = TokenMint.WithNewKey(Own, RunningService.Audience, clock);
        source = new OwnKeys(Own, [.. JsonWebKeySet.Create(mint.Jwks).Keys]);
        service = await RunningService.StartAsync(
            app => app.MapGet("/things", (CallerIdentity caller) => caller.Subject).RequireAuthorization("things.read"),
            builder => builder.Services.AddSingleton<ISigningKeySource>(source));
    }

    public async Task DisposeAsync()
    {
        await service.DisposeAsync();
        mint.Dispose();
    }

    [Fact]
    public async Task Tokens_of_both_issuers_are_taken_each_with_its_own_keys()
    {
        (await StatusAsync(Token(mint))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(Token(service.Mint))).ShouldBe(HttpStatusCode.OK);

        using TokenMint crossed = TokenMint.WithNewKey(Own, RunningService.Audience, clock);
        (await StatusAsync(Token(crossed))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_signs_for_its_issuer_only()
    {
        source.Keys = [.. JsonWebKeySet.Create(service.Mint.Jwks).Keys];
        (await StatusAsync(Token(mint))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(Token(service.Mint))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task While_its_keys_are_not_known_yet_nobody_can_say_whether_its_tokens_are_good()
    {
        source.Keys = [];
        (await StatusAsync(Token(mint))).ShouldBe(HttpStatusCode.ServiceUnavailable);
        source.Keys = [.. JsonWebKeySet.Create(mint.Jwks).Keys];
        (await StatusAsync(Token(mint))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_a_revoked_key_signed_is_refused_also_when_it_was_taken_before()
    {
        (string before, string after, string other) = (Token(mint), Token(mint), Token(service.Mint));
        (await StatusAsync(before)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(other)).ShouldBe(HttpStatusCode.OK);

        Validator.RevokeKey(new JsonWebToken(before).Kid);

        (await StatusAsync(before)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(after)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(other)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_was_given_in_a_session_that_is_over_is_refused_also_when_it_was_taken_before()
    {
        (string before, string after, string other) = (InSession("s1"), InSession("s1"), InSession("s2"));
        (await StatusAsync(before)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(other)).ShouldBe(HttpStatusCode.OK);
        (await Validator.ValidateAsync(other)).ShouldBeOfType<TokenValidation.Valid>().Caller.SessionId.ShouldBe("s2");

        Validator.RevokeSession("s1");

        (await StatusAsync(before)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(after)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(other)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(Token(mint))).ShouldBe(HttpStatusCode.OK);
    }

    private string InSession(string session) => mint.Mint("viewer", ["things.read"], TimeSpan.FromMinutes(5), "ada", sessionId: session);

    private static string Token(TokenMint mint) => mint.Mint("pacs", ["things.read"], TimeSpan.FromMinutes(5));

    private async Task<HttpStatusCode> StatusAsync(string token) => (await service.GetAsync("/things", token)).StatusCode;
}

/// <summary>The keys of a service that issues tokens itself.</summary>
internal sealed class OwnKeys(string issuer, IReadOnlyList<SecurityKey> keys) : ISigningKeySource
{
    public string Issuer => issuer;

    public IReadOnlyList<SecurityKey> Keys { get; set; } = keys;
}
