using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>Who takes the tokens, and what others read to do so.</summary>
public sealed class TrustTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task The_issuer_describes_what_it_does(string path)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(path);
        JsonNode said = await ClientPeer.OkAsync(answer);
        said["issuer"]!.GetValue<string>().ShouldBe("https://identity.test");
        answer.Headers.ETag.ShouldNotBeNull();
        said["grant_types_supported"]!.AsArray().Select(grant => grant!.GetValue<string>()).ShouldBe(["client_credentials", "authorization_code", "refresh_token"]);
        said["response_types_supported"]!.AsArray().Single()!.GetValue<string>().ShouldBe("code");
        said["code_challenge_methods_supported"]!.AsArray().Single()!.GetValue<string>().ShouldBe("S256");
        said["acr_values_supported"]!.AsArray().Count.ShouldBe(3);
        foreach (string promise in new[] { "authorization_response_iss_parameter_supported", "backchannel_logout_supported", "backchannel_logout_session_supported" })
        {
            said[promise]!.GetValue<bool>().ShouldBeTrue(promise);
        }

        (await host.Client.GetAsync(new Uri(said["authorization_endpoint"]!.GetValue<string>()).PathAndQuery)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await host.Client.GetAsync(new Uri(said["userinfo_endpoint"]!.GetValue<string>()).PathAndQuery)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await host.Client.GetAsync(new Uri(said["end_session_endpoint"]!.GetValue<string>()).PathAndQuery)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (string endpoint in new[] { "token_endpoint", "introspection_endpoint", "revocation_endpoint" })
        {
            var url = new Uri(said[endpoint]!.GetValue<string>());
            url.Host.ShouldBe("identity.test");
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("a", "b")]);
            (await host.Client.PostAsync(url.PathAndQuery, form)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, endpoint);
            string prefix = endpoint[..^"_endpoint".Length];
            said[$"{prefix}_endpoint_auth_methods_supported"]!.AsArray().Select(method => method!.GetValue<string>())
                .ShouldBe(["client_secret_basic", "client_secret_post", "private_key_jwt", .. endpoint.StartsWith("intro", StringComparison.Ordinal) ? Array.Empty<string>() : ["none"]]);
        }

        (await host.Client.GetAsync(new Uri(said["jwks_uri"]!.GetValue<string>()).PathAndQuery)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_service_takes_the_token_with_the_keys_that_it_reads_here()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "caller");
        await using WebApplication service = await ServiceAsync();
        using var http = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        (await GetAsync(http, await client.TokenAsync())).ShouldBe((HttpStatusCode.OK, "caller"));
        (await GetAsync(http, await client.TokenAsync(("scope", "things.write")))).Status.ShouldBe(HttpStatusCode.Forbidden);

        await host.PutAsync("/clients/stranger", new { name = "x", scopes = new[] { "things.read" }, audiences = new[] { "https://elsewhere.test" } });
        string elsewhere = await new ClientPeer(host, "stranger", await ClientPeer.RotateAsync(host, "stranger")).TokenAsync();
        (await GetAsync(http, elsewhere)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_service_takes_its_own_tokens_besides_those_of_the_other_issuer()
    {
        ClientPeer administrator = await ClientPeer.WithSecretAsync(host, "administrator", "clients.manage");
        string own = await administrator.TokenAsync();
        (await host.SendAsync(HttpMethod.Get, "/clients", token: own)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync(HttpMethod.Get, "/people", token: own)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await host.SendAsync(HttpMethod.Get, "/clients", token: host.TokenOf("grace", "clients.manage"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.GetAsync("/clients/administrator"))["history"]![0]!["by"]!.GetValue<string>().ShouldBe("grace");
    }

    [Fact]
    public async Task Where_no_other_issuer_is_configured_only_its_own_tokens_are_taken()
    {
        ClientPeer administrator = await ClientPeer.WithSecretAsync(host, "only-own", "clients.manage");
        await using IdentityFederationHost alone = await host.BesideAsync(("Authentication:Issuer", ""), ("Authentication:Keys", ""));
        (await alone.SendAsync(HttpMethod.Get, "/clients", token: await administrator.TokenAsync())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await alone.SendAsync(HttpMethod.Get, "/clients", token: host.TokenOf("grace", "clients.manage"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await alone.Client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_of_the_other_issuer_signed_with_a_key_of_this_one_is_refused_and_the_other_way_round()
    {
        using TokenMint forger = TokenMint.WithNewKey("https://identity.test", "accessgov", TimeProvider.System);
        string forged = forger.Mint("tests", ["clients.manage"], TimeSpan.FromMinutes(5));
        (await host.SendAsync(HttpMethod.Get, "/clients", token: forged)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<WebApplication> ServiceAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Authentication:Issuer"] = "https://identity.test",
            ["Authentication:Audience"] = "accessgov",
            ["Authentication:KeysUrl"] = new Uri(host.Client.BaseAddress!, "/oauth/jwks").ToString(),
            ["Logging:LogLevel:Default"] = "Error",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("policy-decision");
        WebApplication service = builder.Build();
        service.MapServiceDefaults();
        service.MapGet("/things", (CallerIdentity caller) => caller.Subject).RequireAuthorization("things.read");
        await service.StartAsync();
        return service;
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/things") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using HttpResponseMessage answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
