using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AccessGov.Testing;

namespace AccessGov.Edge.Tests.Station;

public sealed class StationPageTests
{
    private const string Ct = $"/dicom-web/studies/{ArchiveStandIn.Study}";

    [Fact]
    [Trait("Requirement", "S31")]
    public async Task At_a_station_somebody_says_who_they_are_and_opens_a_patient_s_images_while_AccessGov_is_away()
    {
        await using EdgeHost edge = await StartAsync();
        edge.BreakGlass.IsAway = true;

        using HttpResponseMessage answer = await BeginAsync(edge);

        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        string cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("secure");
        cookie.ShouldContain("samesite=strict");
        string token = cookie.Split(';')[0]["__Host-accessgov-emergency-access=".Length..];
        (await edge.ReasonAsync(token, Ct)).Reason.ShouldBe("emergency_access");
        (await PageAsync(edge, token)).ShouldContain("<strong>4711</strong>");
        edge.BreakGlass.IsAway = false;
        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Any(line => line.Kind == "used"), "it is merged");

        using HttpResponseMessage finished = await PostAsync(edge, "emergency-access/finish", [], token);
        finished.StatusCode.ShouldBe(HttpStatusCode.Found);
        (await edge.ReasonAsync(token, Ct)).Reason.ShouldBe("access_unknown");
    }

    [Fact]
    public async Task What_is_missing_is_said_on_the_page_without_what_was_typed()
    {
        await using EdgeHost edge = await StartAsync();

        using HttpResponseMessage answer = await BeginAsync(edge, reason: " ", person: "<script>");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        string page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("role=\"alert\"");
        page.ShouldNotContain("<script");
    }

    [Fact]
    public async Task What_somebody_typed_is_text_on_the_page()
    {
        await using EdgeHost edge = await StartAsync();
        using HttpResponseMessage answer = await BeginAsync(edge, person: "<script>alert(1)</script>");
        string token = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]["__Host-accessgov-emergency-access=".Length..];

        (await PageAsync(edge, token)).ShouldNotContain("<script");
    }

    [Fact]
    public async Task The_page_lets_in_its_own_style_and_nothing_else()
    {
        await using EdgeHost edge = await StartAsync();
        using HttpResponseMessage answer = await edge.Client.GetAsync("emergency-access");

        string page = await answer.Content.ReadAsStringAsync();
        string style = Regex.Match(page, "<style>(.*)</style>", RegexOptions.Singleline).Groups[1].Value;
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(
            $"default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-{hash}'; form-action 'self'");
    }

    [Fact]
    public async Task Nobody_else_is_shown_the_page_and_another_page_s_form_begins_nothing()
    {
        await using EdgeHost edge = await StartAsync();
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, "emergency-access");
        elsewhere.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using HttpResponseMessage shown = await edge.Client.SendAsync(elsewhere);
        using HttpResponseMessage foreign = await BeginAsync(edge, origin: "https://evil.test");
        await using EdgeHost none = await EdgeHost.StartAsync();
        using HttpResponseMessage without = await none.Client.GetAsync("emergency-access");

        (await Answered.OfAsync(shown)).Code.ShouldBe("station_unavailable");
        (await Answered.OfAsync(foreign)).Code.ShouldBe("station_unavailable");
        (await Answered.OfAsync(without)).Code.ShouldBe("station_unavailable");
        edge.BreakGlass.Lines.ShouldNotContain(line => line.Kind == "used");
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData("", "same-origin", true)]
    [InlineData("", "same-site", false)]
    [InlineData("own", "cross-site", false)]
    [InlineData("own", "same-origin", true)]
    [InlineData("null", null, false)]
    [InlineData("own own", null, false)]
    public async Task A_form_is_taken_from_the_page_itself_alone(string origin, string? site, bool taken)
    {
        await using EdgeHost edge = await StartAsync();

        using HttpResponseMessage answer =
            await BeginAsync(edge, origin: origin.Replace("own", Own(edge), StringComparison.Ordinal), site: site);

        answer.StatusCode.ShouldBe(taken ? HttpStatusCode.Found : HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_cookie_that_opens_nothing_any_more_is_taken_from_the_browser()
    {
        await using EdgeHost edge = await StartAsync();
        using HttpResponseMessage begun = await BeginAsync(edge);
        string token = begun.Headers.GetValues("Set-Cookie").Single().Split(';')[0]["__Host-accessgov-emergency-access=".Length..];
        using HttpResponseMessage active = await GetAsync(edge, token);
        edge.Clock.Move(TimeSpan.FromHours(4) + TimeSpan.FromSeconds(1));

        using HttpResponseMessage over = await GetAsync(edge, token);

        active.Headers.Contains("Set-Cookie").ShouldBeFalse();
        string cookie = over.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldStartWith("__Host-accessgov-emergency-access=;");
        cookie.ShouldContain("expires=Thu, 01 Jan 1970");
    }

    private static string Own(EdgeHost edge) => edge.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private static async Task<EdgeHost> StartAsync()
    {
        EdgeHost edge = await EdgeHost.StartAsync(("Station:Name", "er-1"), ("Station:Networks:0", "10.1.0.0/16"));
        edge.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "10.1.2.3");
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(edge.Folder, "station.json")), "the station holds a capability");
        return edge;
    }

    private static Task<HttpResponseMessage> BeginAsync(
        EdgeHost edge, string reason = "Unconscious after a fall", string person = "Dr. Bob", string? origin = null,
        string? site = null) => PostAsync(
        edge, "emergency-access/begin",
        [new("person", person), new("patient", EdgeHost.Patient), new("reason_code", "ETREAT"), new("reason", reason)], origin: origin,
        site: site);

    private static async Task<HttpResponseMessage> PostAsync(
        EdgeHost edge, string path, KeyValuePair<string, string>[] fields, string? token = null, string? origin = null, string? site = null)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge.Client.BaseAddress!, path))
        {
            Content = new FormUrlEncodedContent(fields),
        };
        request.Headers.Add("X-Forwarded-For", "10.1.2.3");
        foreach (string one in (origin ?? Own(edge)).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            request.Headers.TryAddWithoutValidation("Origin", one);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        if (token is not null)
        {
            request.Headers.Add("Cookie", $"__Host-accessgov-emergency-access={token}");
        }

        return await client.SendAsync(request);
    }

    private static async Task<string> PageAsync(EdgeHost edge, string token)
    {
        using HttpResponseMessage answer = await GetAsync(edge, token);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpResponseMessage> GetAsync(EdgeHost edge, string token)
    {
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Client.BaseAddress!, "emergency-access"));
        request.Headers.Add("X-Forwarded-For", "10.1.2.3");
        request.Headers.Add("Cookie", $"__Host-accessgov-emergency-access={token}");
        return await client.SendAsync(request);
    }
}
