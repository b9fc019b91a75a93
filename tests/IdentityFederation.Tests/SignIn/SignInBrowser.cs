using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>A browser without scripts: keeps cookies, fills forms in, and is where it says it is.</summary>
internal sealed class SignInBrowser(IdentityFederationHost host, string address = SignInBrowser.Inside)
{
    public const string Inside = "10.1.2.3";
    public const string Outside = "203.0.113.9";
    public const string Password = "tulip harbour seven kites";

    /// <summary>A host with a network of the hospital, that believes a proxy here about whom it speaks for.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Settings = new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["IdentityFederation:TrustedProxies:0"] = "127.0.0.1/32",
        ["IdentityFederation:Sessions:InsideNetworks:0"] = "10.0.0.0/8",
        ["IdentityFederation:Accounts:SecondFactorGroups:0"] = "administrators",
    };

    private static readonly HttpClient Http = new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false });

    /// <summary>In which header a proxy says where the browser is; none when empty.</summary>
    public string Header { get; init; } = "X-Forwarded-For";

    /// <summary>What it can show; what a program does when empty.</summary>
    public string Accept { get; init; } = "";

    public Dictionary<string, string> Cookies { get; init; } = new(StringComparer.Ordinal);

    public string Session => Cookies.GetValueOrDefault("__Host-accessgov-session", "");

    public string Text { get; private set; } = "";

    public HttpResponseMessage Answer { get; private set; } = new();

    public HttpStatusCode Status => Answer.StatusCode;

    /// <summary>Where the answer leads.</summary>
    public string Location => Answer.Headers.Location?.OriginalString ?? "";

    public Task GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    /// <summary>Sends a form, with the token of the page before.</summary>
    public Task PostAsync(string path, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, path, [("form", TokenOf(Text)), .. fields]);

    public Task PostWithoutTokenAsync(string path, params (string Name, string Value)[] fields) => SendAsync(HttpMethod.Post, path, fields);

    public async Task FollowAsync() => await GetAsync(Location);

    /// <summary>The user name and the password, and what comes first.</summary>
    public async Task SignInAsync(string userName, string password = Password, string path = "/sign-in")
    {
        await GetAsync(path);
        await PostAsync(
            "/sign-in", ("UserName", userName), ("Password", password), ("returnUrl", FieldOf("returnUrl")),
            ("acr_values", FieldOf("acr_values")));
    }

    /// <summary>Acknowledges where it is asked for, and follows to where the sign-in was to lead.</summary>
    public async Task AcknowledgeAsync()
    {
        Location.ShouldBe("/sign-in/acknowledgement", Text);
        await FollowAsync();
        await PostAsync("/sign-in/acknowledgement");
        Status.ShouldBe(HttpStatusCode.Redirect, Text);
    }

    public async Task TypeCodeAsync(string code)
    {
        Location.ShouldBe("/sign-in/second-factor", Text);
        await FollowAsync();
        await PostAsync("/sign-in/second-factor", ("Code", code));
    }

    /// <summary>Begins with a link of an administrator.</summary>
    public async Task EnrolAsync(string person)
    {
        await GetAsync(await LinkAsync(host, person));
        await PostAsync("/enrol", ("token", FieldOf("token")));
        Status.ShouldBe(HttpStatusCode.Redirect, Text);
    }

    public async Task SetPasswordAsync(string password = Password)
    {
        await GetAsync("/account/password");
        await PostAsync("/account/password", ("Password", password), ("Repeated", password));
    }

    /// <summary>Sets an authenticator app up; answers its secret.</summary>
    public async Task<string> SetAppAsync(TimeSpan ahead = default)
    {
        await GetAsync("/account/authenticator-app");
        string secret = Regex.Match(Text, "<textarea[^>]*>([^<]+)<").Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);
        await PostAsync("/account/authenticator-app", ("Pending", FieldOf("Pending")), ("Code", await CodeAsync(secret, ahead)));
        Status.ShouldBe(HttpStatusCode.Redirect, Text);
        return secret;
    }

    public async Task FinishAsync()
    {
        await GetAsync("/enrol");
        await PostAsync("/enrol?handler=Finish");
    }

    /// <summary>
    /// A person who has a password, and an authenticator app where it is asked for; answers their id and the app's secret.
    /// </summary>
    public static async Task<(string Person, string Secret)> PersonAsync(
        IdentityFederationHost host, string userName, bool app = false, TimeSpan ahead = default)
    {
        string person = await host.PersonAsync(userName);
        var browser = new SignInBrowser(host);
        await browser.EnrolAsync(person);
        await browser.SetPasswordAsync();
        string secret = app ? await browser.SetAppAsync(ahead) : "";
        await browser.FinishAsync();
        return (person, secret);
    }

    /// <summary>The path of a link that an administrator gives the person.</summary>
    public static async Task<string> LinkAsync(IdentityFederationHost host, string person)
    {
        using HttpResponseMessage issued = await host.PostAsync($"/people/{person}/enrolment", new { });
        string text = await issued.Content.ReadAsStringAsync();
        issued.IsSuccessStatusCode.ShouldBeTrue(text);
        return new Uri(JsonNode.Parse(text)!["link"]!.GetValue<string>()).PathAndQuery;
    }

    /// <summary>A code as somebody else's program makes it.</summary>
    public static async Task<string> CodeAsync(string secret, TimeSpan ahead = default)
    {
        using Process oath = Process.Start(new ProcessStartInfo(
            "oathtool", ["--totp", "--base32", $"--now=@{(DateTimeOffset.UtcNow + ahead).ToUnixTimeSeconds()}", secret])
            { RedirectStandardOutput = true, UseShellExecute = false })!;
        string code = (await oath.StandardOutput.ReadToEndAsync()).Trim();
        await oath.WaitForExitAsync();
        code.Length.ShouldBe(6);
        return code;
    }

    public string FieldOf(string name) => WebUtility.HtmlDecode(
        Regex.Matches(Text, "<input[^>]*>").Select(input => input.Value)
            .Where(input => input.Contains($"name=\"{name}\"", StringComparison.Ordinal)
                || input.Contains($"id=\"{name}\"", StringComparison.Ordinal))
            .Select(input => Regex.Match(input, "value=\"([^\"]*)\"").Groups[1].Value).FirstOrDefault() ?? "");

    private static string TokenOf(string page) => Regex.Match(page, "name=\"form\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;

    private async Task SendAsync(HttpMethod method, string path, (string Name, string Value)[]? fields)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.Client.BaseAddress!, path));
        if (Header.Length > 0)
        {
            request.Headers.Add(Header, address);
        }

        if (Accept.Length > 0)
        {
            request.Headers.Add("Accept", Accept);
        }

        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        request.Content = fields is null ? null : new FormUrlEncodedContent(
            fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        Answer = await Http.SendAsync(request);
        Text = await Answer.Content.ReadAsStringAsync();
        foreach (string set in Answer.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? all) ? all : [])
        {
            string[] cookie = set.Split(';')[0].Split('=', 2);

            // No other host and no other path sets or sees a cookie whose name begins so, nor one without TLS.
            set.ShouldStartWith("__Host-accessgov-");
            set.ShouldContain("; path=/;");
            set.ShouldNotContain("domain=");
            set.ShouldContain("; httponly");
            set.ShouldContain("; secure");
            (set.Contains("; samesite=strict", StringComparison.Ordinal) || cookie[0].EndsWith("-session", StringComparison.Ordinal))
                .ShouldBeTrue(set);
            if (cookie[1].Length == 0)
            {
                Cookies.Remove(cookie[0]);
            }
            else
            {
                Cookies[cookie[0]] = cookie[1];
            }
        }
    }
}
