using System.Net;
using System.Text.RegularExpressions;

namespace AccessGov.DemoHospital.Identities;

/// <summary>Somebody's browser without scripts: opens pages of the identity service and fills their forms in, as a person does.</summary>
internal sealed partial class Browser : IDisposable
{
    private const string SecondFactorPath = "/sign-in/second-factor";
    private const string AcknowledgementPath = "/sign-in/acknowledgement";

    private readonly HttpClient http;

    public Browser(Uri service) =>
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = service, Timeout = TimeSpan.FromSeconds(100) };

    private string page = "";
    private string path = "/";

    /// <summary>Follows an enrolment link, and chooses a password and, where it is wanted, an authenticator app; answers the app's key.</summary>
    public async Task<string?> EnrolAsync(Uri link, string password, bool app)
    {
        await OpenAsync(link.PathAndQuery);
        await SubmitAsync("/enrol", ("token", FieldOf("token")));
        await OpenAsync("/account/password");
        await SubmitAsync("/account/password", ("Password", password), ("Repeated", password));
        string? key = app ? await SetAppAsync() : null;
        await OpenAsync("/enrol");
        await SubmitAsync("/enrol?handler=Finish");
        return key;
    }

    /// <summary>Signs in on a page of the service, and acknowledges what is to be acknowledged; answers where that leads outside of the service.</summary>
    /// <param name="start">The address that asks who one is.</param>
    /// <param name="person">What they sign in with.</param>
    public async Task<Uri?> SignInAsync(string start, Credentials person)
    {
        Uri? outside = await OpenAsync(start);
        while (outside is null && path.StartsWith("/sign-in", StringComparison.Ordinal))
        {
            outside = path.Split('?')[0] switch
            {
                AcknowledgementPath => await SubmitAsync(AcknowledgementPath),
                SecondFactorPath => await SubmitCodeAsync(person),
                _ => await SubmitAsync(
                    "/sign-in", ("UserName", person.UserName), ("Password", person.Password), ("returnUrl", FieldOf("returnUrl")), ("acr_values", FieldOf("acr_values"))),
            };
        }

        return outside;
    }

    public void Dispose() => http.Dispose();

    private async Task<string> SetAppAsync()
    {
        await OpenAsync("/account/authenticator-app");
        string key = AppKey().Match(page).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);
        await SubmitAsync(
            "/account/authenticator-app", ("Pending", FieldOf("Pending")), ("Code", AuthenticatorApp.CodeAt(key, TimeProvider.System.GetUtcNow())));
        return key;
    }

    // A code counts once: whoever has used the one that is shown waits for the next, as with an app in the hand.
    private async Task<Uri?> SubmitCodeAsync(Credentials person)
    {
        string key = person.AuthenticatorKey ?? throw new DemoException($"{person.UserName} needs a second factor and has none.");
        for (TimeSpan ahead = TimeSpan.Zero; ; ahead = AuthenticatorApp.Step)
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            Uri? outside = await SubmitAsync(SecondFactorPath, mayBeRefused: true, ("Code", AuthenticatorApp.CodeAt(key, now + ahead)));
            if (outside is not null || !path.StartsWith(SecondFactorPath, StringComparison.Ordinal))
            {
                return outside;
            }

            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(AuthenticatorApp.Step);
            }
        }
    }

    private Task<Uri?> OpenAsync(string address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, address), mayBeRefused: false);

    private Task<Uri?> SubmitAsync(string address, params (string Name, string Value)[] fields) => SubmitAsync(address, mayBeRefused: false, fields);

    private Task<Uri?> SubmitAsync(string address, bool mayBeRefused, params (string Name, string Value)[] fields) => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent([
                new("form", FormToken().Match(page).Groups[1].Value), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
            ]),
        }, mayBeRefused);

    /// <summary>Follows redirects within the service; answers the address outside of it to which one leads.</summary>
    private async Task<Uri?> SendAsync(HttpRequestMessage request, bool mayBeRefused)
    {
        using HttpResponseMessage answer = await http.SendAsync(request);
        path = new Uri(http.BaseAddress!, request.RequestUri!).PathAndQuery;
        page = await answer.Content.ReadAsStringAsync();
        if (answer.Headers.Location is { } location)
        {
            var next = new Uri(http.BaseAddress!, location);
            return next.Authority == http.BaseAddress!.Authority ? await OpenAsync(next.PathAndQuery) : next;
        }

        return answer.IsSuccessStatusCode || mayBeRefused
            ? null
            : throw new DemoException($"{request.Method} {path.Split('?')[0]} answered {(int)answer.StatusCode}: {Said().Match(page).Groups[1].Value}");
    }

    private string FieldOf(string name) => WebUtility.HtmlDecode(
        Inputs().Matches(page).Select(input => input.Value).Where(input => input.Contains($"name=\"{name}\"", StringComparison.Ordinal))
            .Select(input => Value().Match(input).Groups[1].Value).FirstOrDefault() ?? "");

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Inputs();

    [GeneratedRegex("value=\"([^\"]*)\"")]
    private static partial Regex Value();

    [GeneratedRegex("name=\"form\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("<textarea[^>]*>([^<]+)<")]
    private static partial Regex AppKey();

    [GeneratedRegex("role=\"alert\">\\s*<p>([^<]*)")]
    private static partial Regex Said();
}
