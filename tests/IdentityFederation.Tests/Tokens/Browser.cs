using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>A person's browser: it has the cookie of a session, and stops at redirects so that tests see them.</summary>
internal sealed class Browser : IDisposable
{
    public const string RedirectUri = "https://viewer.test/callback";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private readonly HttpClient http;

    public Browser(IdentityFederationHost host) =>
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host.Client.BaseAddress };

    public string Session { get; private init; } = "";

    public string Person { get; private init; } = "";

    public string? Cookie { get; set; }

    /// <summary>The browser of somebody who has signed in.</summary>
    public static async Task<Browser> SignedInAsync(
        IdentityFederationHost host, string person, string context = AuthenticationContexts.MultiFactor, TimeSpan? ago = null, TimeSpan? idle = null)
    {
        string key = OpenSessions.NewKey();
        string id = Guid.CreateVersion7().ToString();
        DateTimeOffset at = host.Services.GetRequiredService<TimeProvider>().GetUtcNow() - (ago ?? TimeSpan.Zero);
        await host.Store.AppendAsync(new StreamAppend(Session_(id), ExpectedVersion.NoStream, [new SessionStarted(
            person, new Proof(["pwd", "otp", "mfa"], context), OpenSessions.HashOf(key), new SessionDevice("192.0.2.7", Inside: false, "Test"),
            new SessionBounds(idle ?? TimeSpan.FromMinutes(15), at.AddHours(8)), at)]));
        var sessions = host.Services.GetRequiredService<OpenSessions>();
        await Eventually.HoldsAsync(() => sessions.All.Any(open => open.Id == id), "the session is known");
        return new Browser(host) { Session = id, Person = person, Cookie = CookieOf(host, key) };
    }

    /// <summary>The same person shows again who they are.</summary>
    public async Task<Browser> StepUpAsync(IdentityFederationHost host, string context)
    {
        string key = OpenSessions.NewKey();
        await host.Store.AppendAsync(new StreamAppend(Session_(Session), ExpectedVersion.Any, [new SessionSteppedUp(
            new Proof(["hwk", "mfa", "phr"], context), OpenSessions.HashOf(key), host.Services.GetRequiredService<TimeProvider>().GetUtcNow())]));
        await Eventually.HoldsAsync(() => host.Services.GetRequiredService<OpenSessions>().FindByKey(key) is not null, "the step is known");
        return new Browser(host) { Session = Session, Person = Person, Cookie = CookieOf(host, key) };
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] form) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
    {
        Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
    });

    /// <summary>What a well-made request holds, with changes: a null takes a parameter away.</summary>
    public static string Request(string client, params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["client_id"] = client, ["redirect_uri"] = RedirectUri, ["response_type"] = "code", ["scope"] = "openid profile offline_access things.read",
            ["state"] = "s-1", ["nonce"] = "n-1", ["code_challenge_method"] = "S256",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
        };
        foreach ((string name, string? value) in changes)
        {
            parameters[name] = value;
        }

        return QueryHelpers.AddQueryString("/oauth/authorize", parameters.Where(parameter => parameter.Value is not null));
    }

    /// <summary>The parameters with which the browser is sent back to the client.</summary>
    public async Task<Dictionary<string, string>> BackAsync(string request, string redirectUri = RedirectUri)
    {
        using HttpResponseMessage answer = await GetAsync(request);
        ((int)answer.StatusCode).ShouldBe(302, await answer.Content.ReadAsStringAsync());
        answer.Headers.Location!.OriginalString.ShouldStartWith(redirectUri + "?");
        return ParametersOf(answer.Headers.Location.OriginalString);
    }

    public static Dictionary<string, string> ParametersOf(string address) =>
        QueryHelpers.ParseQuery(address[address.IndexOf('?', StringComparison.Ordinal)..])
            .ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.Ordinal);

    public async Task<string> CodeAsync(string client, params (string Name, string? Value)[] changes) =>
        (await BackAsync(Request(client, changes)))["code"];

    /// <summary>The address of the sign-in page that the browser is sent to.</summary>
    public async Task<Dictionary<string, string>> ToSignInAsync(string request)
    {
        using HttpResponseMessage answer = await GetAsync(request);
        ((int)answer.StatusCode).ShouldBe(302, await answer.Content.ReadAsStringAsync());
        answer.Headers.Location!.OriginalString.ShouldStartWith("/sign-in?");
        return ParametersOf(answer.Headers.Location.OriginalString);
    }

    public void Dispose() => http.Dispose();

    private static string Session_(string id) => IdentityFederation.Sessions.Session.Streams.StreamId(id);

    private static string CookieOf(IdentityFederationHost host, string key)
    {
        CookieAuthenticationOptions options = host.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(SessionTickets.Scheme);
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new("Microsoft.AspNetCore.Authentication.Cookies-SessionId", key)], SessionTickets.Scheme));
        return $"{options.Cookie.Name}={options.TicketDataFormat.Protect(new AuthenticationTicket(principal, null, SessionTickets.Scheme))}";
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        if (Cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", Cookie);
        }

        return http.SendAsync(request);
    }
}

/// <summary>A client that sends people to the service, and what it does with a code.</summary>
internal static class Viewer
{
    /// <summary>A public client, as a viewer in a browser is.</summary>
    public static async Task<string> RegisterAsync(IdentityFederationHost host, string id, string? backchannel = null, bool offlineAccess = true)
    {
        using HttpResponseMessage registered = await host.PutAsync($"/clients/{id}", new
        {
            name = id, scopes = new[] { "things.read", "sessions.own" }, authentication = "none", redirectUris = new[] { Browser.RedirectUri },
            postLogoutRedirectUris = new[] { "https://viewer.test/" }, backchannelLogoutUri = backchannel, offlineAccess,
        });
        registered.IsSuccessStatusCode.ShouldBeTrue(await registered.Content.ReadAsStringAsync());
        return id;
    }

    public static Task<HttpResponseMessage> RedeemAsync(
        IdentityFederationHost host, string client, string code, string verifier = Browser.Verifier, string redirectUri = Browser.RedirectUri) =>
        ClientPeer.SendAsync(
            host, "/oauth/token", null, ("grant_type", "authorization_code"), ("client_id", client), ("code", code), ("redirect_uri", redirectUri),
            ("code_verifier", verifier));

    public static Task<HttpResponseMessage> RefreshAsync(
        IdentityFederationHost host, string client, string token, params (string Name, string Value)[] more) => ClientPeer.SendAsync(
            host, "/oauth/token", null, [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token), .. more]);

    /// <summary>Asks again while somebody else works on the same.</summary>
    public static async Task<HttpResponseMessage> UntilAnsweredAsync(Func<Task<HttpResponseMessage>> ask)
    {
        while (await ask() is var answer)
        {
            if (answer.StatusCode != System.Net.HttpStatusCode.ServiceUnavailable)
            {
                return answer;
            }

            await ClientPeer.ShouldRefuseAsync(answer, 503, "temporarily_unavailable");
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        throw new InvalidOperationException("An answer is never null.");
    }

    /// <summary>All tokens that somebody who is signed in gets.</summary>
    public static async Task<JsonNode> TokensAsync(
        IdentityFederationHost host, Browser browser, string client, params (string Name, string? Value)[] changes)
    {
        using HttpResponseMessage answer = await RedeemAsync(host, client, await browser.CodeAsync(client, changes));
        return await ClientPeer.OkAsync(answer);
    }

    /// <summary>Whether the issuer still says that an access token is good.</summary>
    public static async Task<bool> IsActiveAsync(IdentityFederationHost host, string token)
    {
        ClientPeer looker = await ClientPeer.WithSecretAsync(host, "looker", "tokens.introspect");
        return (await ClientPeer.OkAsync(await looker.SendAsync("/oauth/introspect", ("token", token))))["active"]!.GetValue<bool>();
    }

    public static Task<HttpResponseMessage> GetAsync(IdentityFederationHost host, string path, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        return host.Client.SendAsync(request);
    }
}
