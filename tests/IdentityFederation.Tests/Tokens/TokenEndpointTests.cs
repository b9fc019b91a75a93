using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessGov.IdentityFederation.Tests.Tokens;

public sealed class TokenEndpointTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    private const string Grant = "client_credentials";

    [Fact]
    [Trait("Requirement", "S30")]
    public async Task A_token_is_an_access_token_as_RFC_9068_says()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "reader");
        using HttpResponseMessage answer = await client.AskAsync();
        JsonNode granted = await ClientPeer.OkAsync(answer);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        granted["token_type"]!.GetValue<string>().ShouldBe("Bearer");
        granted["expires_in"]!.GetValue<int>().ShouldBe(900);
        granted["scope"]!.GetValue<string>().ShouldBe("things.read things.write");

        var token = new JsonWebToken(granted["access_token"]!.GetValue<string>());
        (token.Typ, token.Alg, token.Issuer, token.Subject).ShouldBe(("at+jwt", "ES256", "https://identity.test", "reader"));
        token.Audiences.ShouldBe(["accessgov"]);
        token.GetPayloadValue<string>("client_id").ShouldBe("reader");
        token.GetPayloadValue<string>("scope").ShouldBe("things.read things.write");
        (token.ValidTo - token.IssuedAt).ShouldBe(TimeSpan.FromMinutes(15));
        token.Id.ShouldNotBe(new JsonWebToken(await client.TokenAsync()).Id);
    }

    [Fact]
    public async Task A_client_may_send_its_secret_in_the_form_and_ask_for_less()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "poster");
        using HttpResponseMessage answer = await ClientPeer.SendAsync(
            host, "/oauth/token", null, ("grant_type", Grant), ("client_id", client.Id), ("client_secret", client.Secret), ("scope", "things.read"), ("resource", ""));
        (await ClientPeer.OkAsync(answer))["scope"]!.GetValue<string>().ShouldBe("things.read");
    }

    [Fact]
    public async Task A_token_is_for_one_of_the_audiences_of_the_client_and_lives_as_long_as_its_tokens_do()
    {
        await host.PutAsync("/clients/traveller", new { name = "x", scopes = new[] { "a" }, audiences = new[] { "https://one.test", "https://two.test" }, tokenMinutes = 1 });
        var client = new ClientPeer(host, "traveller", await ClientPeer.RotateAsync(host, "traveller"));
        new JsonWebToken(await client.TokenAsync()).Audiences.ShouldBe(["https://one.test"]);
        var other = new JsonWebToken(await client.TokenAsync(("resource", "https://two.test")));
        other.Audiences.ShouldBe(["https://two.test"]);
        (other.ValidTo - other.IssuedAt).ShouldBe(TimeSpan.FromMinutes(1));
        using HttpResponseMessage refused = await client.AskAsync(("resource", "https://three.test"));
        await ClientPeer.ShouldRefuseAsync(refused, 400, "invalid_target");
    }

    [Theory]
    [InlineData("invalid_request", "")]
    [InlineData("invalid_request", "grant_type=")]
    [InlineData("unsupported_grant_type", "grant_type=password")]
    [InlineData("invalid_scope", "grant_type=client_credentials&scope=things.read+things.delete")]
    [InlineData("invalid_scope", "grant_type=client_credentials&scope=+")]
    [InlineData("invalid_request", "grant_type=client_credentials&grant_type=client_credentials")]
    [InlineData("invalid_request", "grant_type=client_credentials&scope=things.read&scope=things.write")]
    [InlineData("invalid_request", "grant_type=client_credentials&client_id=somebody-else")]
    [InlineData("invalid_request", "grant_type=client_credentials&client_id=asker&client_secret=another+way")]
    [InlineData("invalid_request", "grant_type=client_credentials&client_assertion=a.b.c&client_assertion_type=x")]
    public async Task What_cannot_be_granted_is_refused_as_RFC_6749_says(string error, string form)
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "asker");
        using var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using HttpResponseMessage refused = await SendAsync($"Basic {ClientPeer.Basic(client.Id, client.Secret)}", content);
        await ClientPeer.ShouldRefuseAsync(refused, 400, error);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm8tY29sb24=")]
    [InlineData("Basic OnNlY3JldA==")]
    [InlineData("Bearer something")]
    [InlineData("Basic bm9ib2R5OnNlY3JldA==")]
    public async Task Whoever_does_not_show_who_they_are_gets_nothing(string? authorization)
    {
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", Grant)]);
        using HttpResponseMessage refused = await SendAsync(authorization, content);
        await ClientPeer.ShouldRefuseAsync(refused, 401, "invalid_client");
    }

    [Fact]
    public async Task An_unknown_client_is_answered_as_a_wrong_secret_is()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "guessed");
        using HttpResponseMessage wrong = await new ClientPeer(host, client.Id, "wrong").AskAsync();
        using HttpResponseMessage unknown = await new ClientPeer(host, "never-registered", "wrong").AskAsync();
        await ClientPeer.ShouldRefuseAsync(wrong, 401, "invalid_client");
        (await unknown.Content.ReadAsStringAsync()).ShouldBe(await wrong.Content.ReadAsStringAsync());
        unknown.Headers.WwwAuthenticate.ToString().ShouldBe(wrong.Headers.WwwAuthenticate.ToString());
        unknown.StatusCode.ShouldBe(wrong.StatusCode);
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("text/plain", "grant_type=client_credentials")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    public async Task A_request_is_a_form(string type, string body)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using HttpResponseMessage refused = await SendAsync("Basic eDp5", content);
        await ClientPeer.ShouldRefuseAsync(refused, 400, "invalid_request");
    }

    [Fact]
    public async Task A_form_with_too_much_in_it_is_refused()
    {
        using var content = new StringContent(string.Join('&', Enumerable.Range(0, 2000).Select(i => $"p{i}=1")), Encoding.UTF8, "application/x-www-form-urlencoded");
        using HttpResponseMessage many = await SendAsync("Basic eDp5", content);
        await ClientPeer.ShouldRefuseAsync(many, 400, "invalid_request");
        using var large = new StringContent(new string('a', 100_000), Encoding.UTF8, "application/x-www-form-urlencoded");
        (await SendAsync("Basic eDp5", large)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_former_secret_is_good_for_its_grace_only()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        ClientPeer first = await ClientPeer.WithSecretAsync(own, "graceful");
        var second = new ClientPeer(own, first.Id, await ClientPeer.RotateAsync(own, first.Id, graceMinutes: 60));
        (await first.AskAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromMinutes(61));
        (await first.AskAsync()).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await second.AskAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ClientPeer.RotateAsync(own, first.Id);
        (await second.AskAsync()).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_disabled_client_gets_nothing_from_the_answer_on()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "disabled");
        for (int round = 0; round < 10; round++)
        {
            (await client.AskAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await host.PostAsync("/clients/disabled/disable", new { reason = "An alert." })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            using HttpResponseMessage refused = await client.AskAsync();
            await ClientPeer.ShouldRefuseAsync(refused, 401, "invalid_client");
            (await host.SendAsync(HttpMethod.Post, "/clients/disabled/enable")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }
    }

    [Fact]
    [Trait("Requirement", "S30")]
    public async Task Whoever_fails_too_often_waits_and_nobody_who_shows_who_they_are_does()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(clock: clock);
        ClientPeer client = await ClientPeer.WithSecretAsync(own, "hammered");
        ClientPeer other = await ClientPeer.WithSecretAsync(own, "bystander");
        for (int i = 0; i < 10; i++)
        {
            (await new ClientPeer(own, client.Id, $"guess {i}").AskAsync()).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using HttpResponseMessage waits = await new ClientPeer(own, client.Id, "guess 10").AskAsync();
        await ClientPeer.ShouldRefuseAsync(waits, 429, "temporarily_unavailable");
        waits.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        (await other.AskAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.AskAsync()).StatusCode.ShouldBe(
            HttpStatusCode.OK, "whoever guesses behind the same address does not lock the client out");
        clock.Advance(TimeSpan.FromMinutes(1));
        (await new ClientPeer(own, client.Id, "guess 11").AskAsync()).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void Names_without_end_fill_no_memory_and_push_nobodys_count_out()
    {
        var limit = new FailureLimit(new MovedClock());
        for (int i = 0; i < FailureLimit.FailuresMax; i++)
        {
            limit.Failed("hammered", "192.0.2.7").ShouldBeNull();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100_000; i++)
        {
            limit.Failed("x", "192.0.2.7");
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
        for (int i = 0; i < 50_000; i++)
        {
            limit.Failed($"random {i}", "192.0.2.7");
        }

        limit.Failed("hammered", "192.0.2.7").ShouldNotBeNull();
    }

    private Task<HttpResponseMessage> SendAsync(string? authorization, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = content };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return host.Client.SendAsync(request);
    }
}
