using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.Tokens;
using AccessGov.Testing;
using Microsoft.IdentityModel.Tokens;
using static AccessGov.IdentityFederation.Tests.Federation.FederationHost;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>What an identity provider that signs somebody out tells us, and what nobody tells us in its name.</summary>
public sealed class BackchannelLogoutTests(FederationHost running) : IClassFixture<FederationHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task A_provider_s_session_takes_those_that_rest_on_it_along_and_no_other()
    {
        (string person, _) = await running.SignedInAsync("leaves@hospital.example", "s-1");
        await new SignIn.SignInBrowser(host).SignInAtAsync(running.AtHospital, Hospital, "sub-leaves@hospital.example",
            Claims("leaves@hospital.example", "s-2"));
        (string other, _) = await running.SignedInAsync("stays@hospital.example", "s-3");
        string first = running.SessionsOf(person).Single(open => open.State.Proof.ProviderSession == "s-1").Id;
        string token = running.AtHospital.LogoutToken(claims => (claims["sid"], claims["sub"]) = ("s-1", "sub-leaves@hospital.example"));

        using HttpResponseMessage answer = await SendAsync(token);

        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        running.SessionsOf(person).ShouldHaveSingleItem().State.Proof.ProviderSession.ShouldBe("s-2");
        running.SessionsOf(other).Count.ShouldBe(1);
        (await EndOfAsync(first)).ShouldBe(SessionEnds.ProviderSignedOut);

        // The same again is a replay, at every replica.
        await using IdentityFederationHost replica = await host.BesideAsync();
        await ClientPeer.ShouldRefuseAsync(await SendAsync(token), 400, "invalid_request");
        await ClientPeer.ShouldRefuseAsync(await SendAsync(token, at: replica), 400, "invalid_request");
    }

    [Fact]
    public async Task A_token_that_could_not_do_its_work_may_come_again()
    {
        (string person, _) = await running.SignedInAsync("again@hospital.example", "a-1");
        string token = running.AtHospital.LogoutToken(claims => claims["sid"] = "a-1");
        await host.LetNoSessionEndAsync();
        using HttpResponseMessage failed = await SendAsync(token);
        ((int)failed.StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        await host.LetSessionsEndAsync();
        running.SessionsOf(person).Count.ShouldBe(1);

        using HttpResponseMessage answer = await SendAsync(token);
        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        running.SessionsOf(person).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_subject_s_sessions_end_all_but_only_those_that_came_from_there()
    {
        (string person, _) = await running.SignedInAsync("everywhere@hospital.example", "e-1");
        await new SignIn.SignInBrowser(host).SignInAtAsync(
            running.AtHospital, Hospital, "sub-everywhere@hospital.example", Claims("everywhere@hospital.example", "e-2"));
        Browser local = await Browser.SignedInAsync(host, person);

        using HttpResponseMessage answer =
            await SendAsync(running.AtHospital.LogoutToken(claims => claims["sub"] = "sub-everywhere@hospital.example"));

        ((int)answer.StatusCode).ShouldBe(200);
        running.SessionsOf(person).ShouldHaveSingleItem().Id.ShouldBe(local.Session);
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("unsigned")]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("expired")]
    [InlineData("endless")]
    [InlineData("future")]
    [InlineData("no-jti")]
    [InlineData("no-events")]
    [InlineData("other-event")]
    [InlineData("nonce")]
    [InlineData("nobody")]
    [InlineData("id-token")]
    [InlineData("access-token")]
    [InlineData("garbage")]
    [InlineData("other-provider")]
    public async Task A_token_that_is_not_the_provider_s_word_ends_nothing(string how)
    {
        string name = $"{how}@hospital.example";
        (string person, _) = await running.SignedInAsync(name, $"sid-{how}");
        long now = running.Clock.GetUtcNow().ToUnixTimeSeconds();
        FakeProvider there = how == "other-provider" ? running.AtReaders : running.AtHospital;
        string token = there.LogoutToken(
            claims =>
            {
                (claims["sub"], claims["sid"]) = ($"sub-{name}", $"sid-{how}");
                _ = how switch
                {
                    "issuer" => claims["iss"] = running.AtReaders.Issuer,
                    "audience" => claims["aud"] = "another-client",
                    "expired" => claims["exp"] = now - 200,
                    "endless" => claims.Remove("exp"),
                    "future" => claims["iat"] = now + 90_000,
                    "no-jti" => claims.Remove("jti"),
                    "no-events" or "id-token" => claims.Remove("events"),
                    "other-event" => claims["events"] = new Dictionary<string, object>(StringComparer.Ordinal)
                    {
                        ["http://other.example"] = new Dictionary<string, object>(StringComparer.Ordinal),
                    },
                    "nonce" => claims["nonce"] = "n",
                    "nobody" => claims.Remove("sub") & claims.Remove("sid"),
                    _ => how,
                };
            },
            how == "access-token" ? "at+jwt" : "logout+jwt",
            how == "stranger" ? new SigningCredentials(new RsaSecurityKey(FakeProvider.NewKey().Rsa) { KeyId = there.Key.KeyId },
                SecurityAlgorithms.RsaSha256) : null);
        token = how switch
        {
            "garbage" => "no token",
            "unsigned" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"logout+jwt"}""")}.{token.Split('.')[1]}.",
            _ => token,
        };

        await ClientPeer.ShouldRefuseAsync(await SendAsync(token), 400, "invalid_request");

        running.SessionsOf(person).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_without_a_token_or_for_no_provider_is_refused()
    {
        await ClientPeer.ShouldRefuseAsync(await ClientPeer.SendAsync(host, $"/sign-in/providers/{Hospital}/backchannel-logout", null,
            ("x", "y")), 400, "invalid_request");
        await ClientPeer.ShouldRefuseAsync(await SendAsync("x", "nobody"), 404, "invalid_request");
    }

    private Task<HttpResponseMessage> SendAsync(string token, string provider = Hospital, IdentityFederationHost? at = null) =>
        ClientPeer.SendAsync(at ?? host, $"/sign-in/providers/{provider}/backchannel-logout", null, ("logout_token", token));

    private async Task<string?> EndOfAsync(string session) =>
        ((await host.Store.LoadAsync(Session.Streams.StreamId(session))).Events[^1].Data as SessionEnded)?.Cause;
}
