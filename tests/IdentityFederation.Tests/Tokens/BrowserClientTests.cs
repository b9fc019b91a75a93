using System.Net;
using System.Net.Http.Headers;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>Viewers that run in a browser ask from their own origin, and nobody else's page does.</summary>
public sealed class BrowserClientTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    private const string Viewer_ = "https://viewer.test";

    [Theory]
    [InlineData("/oauth/token", "POST")]
    [InlineData("/oauth/userinfo", "GET")]
    [InlineData("/.well-known/openid-configuration", "GET")]
    [InlineData("/.well-known/oauth-authorization-server", "GET")]
    [InlineData("/oauth/jwks", "GET")]
    public async Task A_page_of_a_clients_origin_may_ask_without_cookies(string path, string method)
    {
        await Viewer.RegisterAsync(host, "viewer");
        using HttpResponseMessage preflight = await PreflightAsync(path, method, Viewer_);
        preflight.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Header(preflight, "Access-Control-Allow-Origin").ShouldBe(Viewer_);
        Header(preflight, "Access-Control-Allow-Methods").ShouldContain(method);
        Header(preflight, "Access-Control-Allow-Headers").ShouldContain("authorization");
        Header(preflight, "Access-Control-Allow-Credentials").ShouldBeEmpty();

        using HttpResponseMessage answer = await AskAsync(path, method, Viewer_);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(Viewer_);
        Header(answer, "Access-Control-Allow-Credentials").ShouldBeEmpty();
        Header(answer, "Vary").ShouldContain("Origin");
    }

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData("https://viewer.test.evil.test")]
    [InlineData("http://viewer.test")]
    [InlineData("https://viewer.test:8443")]
    [InlineData("https://gone.test")]
    [InlineData("null")]
    public async Task Nobody_elses_page_may(string origin)
    {
        await Viewer.RegisterAsync(host, "viewer");
        await host.PutAsync("/clients/gone",
            new { name = "x", scopes = new[] { "a" }, authentication = "none", redirectUris = new[] { "https://gone.test/cb" } });
        await host.PostAsync("/clients/gone/disable", new { reason = "An alert." });
        foreach ((string path, string method) in new[] { ("/oauth/token", "POST"), ("/oauth/userinfo", "GET"), ("/oauth/jwks", "GET") })
        {
            using HttpResponseMessage preflight = await PreflightAsync(path, method, origin);
            Header(preflight, "Access-Control-Allow-Origin").ShouldBeEmpty();
            using HttpResponseMessage answer = await AskAsync(path, method, origin);
            Header(answer, "Access-Control-Allow-Origin").ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("/oauth/introspect", "POST")]
    [InlineData("/people", "GET")]
    [InlineData("/me/sessions", "GET")]
    public async Task What_no_viewer_uses_is_open_to_no_page(string path, string method)
    {
        await Viewer.RegisterAsync(host, "viewer");
        using HttpResponseMessage preflight = await PreflightAsync(path, method, Viewer_);
        Header(preflight, "Access-Control-Allow-Origin").ShouldBeEmpty();
        using HttpResponseMessage answer = await AskAsync(path, method, Viewer_);
        Header(answer, "Access-Control-Allow-Origin").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_kept_for_nobody_in_particular_is_not_good_for_a_page()
    {
        using HttpResponseMessage answer = await host.Client.GetAsync("/oauth/jwks");
        Header(answer, "Vary").ShouldContain("Origin");
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : "";

    private Task<HttpResponseMessage> PreflightAsync(string path, string method, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        return host.Client.SendAsync(request);
    }

    private Task<HttpResponseMessage> AskAsync(string path, string method, string origin)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", origin);
        request.Headers.Authorization = path == "/oauth/userinfo" ? new AuthenticationHeaderValue("Bearer", "nonsense") : null;
        request.Content = method == "POST" ? new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "authorization_code")]) : null;
        return host.Client.SendAsync(request);
    }
}
