using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

[Collection(ConsoleTests.Name)]
public sealed class SignInTests(RunningConsole console)
{
    [Fact]
    public async Task Whoever_is_not_signed_in_is_asked_who_they_are_and_led_back_to_where_they_wanted()
    {
        IPage page = await console.OpenAsync("/roles?show=all");
        await page.ShouldBeAsync("Sign in");
        new Uri(page.Url).GetLeftPart(UriPartial.Path).ShouldBe(new Uri(console.Service.IdentityFederation, "sign-in").AbsoluteUri);

        await page.GetByLabel("User name").FocusAsync();
        await page.Keyboard.TypeAsync("ada");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(console.People["ada"].Password);
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new Uri(console.Address, "/roles?show=all").AbsoluteUri);
        await Expect(page.Locator(".person")).ToHaveTextAsync("ada");
    }

    [Fact]
    public async Task Signing_out_ends_the_session_here_and_there_also_for_whoever_kept_the_cookie()
    {
        IPage page = await console.OpenAsync("/");
        await page.SignInAsync(console.People["leaver"]);
        IReadOnlyList<BrowserContextCookiesResult> cookies = await page.Context.CookiesAsync();
        BrowserContextCookiesResult session = cookies.Single(cookie => cookie.Name == "accessgov-console");
        (session.HttpOnly, session.SameSite, session.Value.Contains("eyJ", StringComparison.Ordinal))
            .ShouldBe((true, SameSiteAttribute.Lax, false));
        BrowserContextCookiesResult there = cookies.Single(cookie => cookie.Name == "accessgov-session");

        await page.PressAsync("Sign out");

        await page.ShouldBeAsync("Signed out");
        await page.ShouldBeSoundAsync();
        await page.Context.AddCookiesAsync(
        [
            new() { Name = session.Name, Value = session.Value, Url = console.Address.AbsoluteUri },
            new() { Name = there.Name, Value = there.Value, Url = console.Service.IdentityFederation.AbsoluteUri },
        ]);
        await page.GotoAsync("/roles");
        await page.ShouldBeAsync("Sign in");
    }

    [Fact]
    [Trait("Requirement", "S17")]
    public async Task Sessions_that_security_ends_are_over_here_too()
    {
        IPage page = await console.OpenAsync("/");
        await page.SignInAsync(console.People["revoked"]);
        await console.EndSessionsAsync("revoked");
        await Eventually.HoldsAsync(async () =>
        {
            await page.GotoAsync("/roles");
            return page.Url.StartsWith(console.Service.IdentityFederation.AbsoluteUri, StringComparison.Ordinal);
        }, "whoever was signed in is asked who they are");
        await page.SignInAsync(console.People["revoked"]);
        await page.ShouldBeAsync("Roles");
    }

    [Theory]
    [InlineData("")]
    [InlineData("logout_token=nonsense")]
    [InlineData("logout_token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.")]
    public async Task What_is_no_logout_token_ends_nothing(string form)
    {
        using var http = new HttpClient { BaseAddress = console.Address };
        using var content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using HttpResponseMessage answer = await http.PostAsync(new Uri("/backchannel-logout", UriKind.Relative), content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("invalid_request");
    }

    [Fact]
    public async Task An_access_token_of_somebody_is_no_logout_token()
    {
        string token = await console.Service.TokenAsync("viewer", "ada", "images.open");
        using var http = new HttpClient { BaseAddress = console.Address };
        using var content = new FormUrlEncodedContent([new("logout_token", token)]);
        (await http.PostAsync(new Uri("/backchannel-logout", UriKind.Relative), content)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_overview_leads_everywhere_and_an_unknown_address_says_so()
    {
        IPage page = await console.OpenAsync("/", "ada");
        await page.ShouldBeAsync("Overview");
        await page.ShouldBeSoundAsync();
        (await page.GetByRole(AriaRole.Navigation, new() { Name = "Areas" }).GetByRole(AriaRole.Link).AllTextContentsAsync())
            .ShouldBe(
            [
                "Emergency access", "Emergency reviews", "People", "Clearances", "Policies", "Access requests", "Decisions", "Audit trail",
                "Access analytics", "Roles", "Permission matrix", "Service health",
            ]);

        IResponse? answer = await page.GotoAsync("/nowhere");

        answer!.Status.ShouldBe(404);
        await page.ShouldBeAsync("Not found");
        await page.ShouldRefuseAsync("page_unknown");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task An_address_that_cannot_be_read_is_told_with_a_page()
    {
        IPage page = await console.OpenAsync("/signed-out");
        IResponse? answer = await page.GotoAsync("/?search=%00");

        answer!.Status.ShouldBe(400);
        await page.ShouldBeAsync("That did not work");
        await page.ShouldRefuseAsync("malformed_request");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Where_a_second_factor_is_asked_for_the_refusal_leads_to_the_sign_in_with_one()
    {
        const string SecondFactor = "https://refeds.org/profile/mfa";
        var pdp = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        await using WebApplication strict = WebApplication.CreateSlimBuilder(
            [$"--urls={pdp.AbsoluteUri}", "--Logging:LogLevel:Default=Error"]).Build();
        strict.MapFallback(async (HttpContext http) =>
        {
            if (ClaimsOf(http.Request.Headers.Authorization.ToString()).GetProperty("acr").GetString() == SecondFactor)
            {
                await http.Response.WriteAsJsonAsync(new { roles = Array.Empty<object>() });
                return;
            }

            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate =
                $"Bearer error=\"insufficient_user_authentication\", acr_values=\"{SecondFactor}\", max_age=\"600\"";
            await http.Response.WriteAsJsonAsync(
                new { type = "urn:accessgov:policy-decision:step_up_required", detail = "Administration needs a second factor." },
                options: null, "application/problem+json");
        });
        await strict.StartAsync();
        SignInOfPerson stella = console.People["stella"];
        await using ConsoleBeside own = await console.BesideAsync(pdp);
        IPage page = await console.OpenAsync(own.Address.AbsoluteUri);
        await page.SignInAsync(stella);
        await page.GotoAsync(new Uri(own.Address, "/roles").AbsoluteUri);
        await page.ShouldRefuseAsync("step_up_required");
        await page.ShouldBeSoundAsync();

        string before = (await page.Context.CookiesAsync()).Single(cookie => cookie.Name == "accessgov-console").Value;
        await page.FollowAsync("Sign in with your second factor");
        await page.ShowSecondFactorAsync(stella);

        await page.ShouldBeAsync("Roles");
        string after = (await page.Context.CookiesAsync()).Single(cookie => cookie.Name == "accessgov-console").Value;
        after.ShouldNotBe(before, "whoever knew the session's cookie does not have the stronger session");
        await page.Context.AddCookiesAsync([new() { Name = "accessgov-console", Value = before, Url = own.Address.AbsoluteUri }]);
        await page.GotoAsync(new Uri(own.Address, "/roles").AbsoluteUri);
        (await page.Context.CookiesAsync()).Single(cookie => cookie.Name == "accessgov-console").Value
            .ShouldNotBe(before, "the session from before is over");
    }

    [Fact]
    public async Task Every_answer_forbids_foreign_scripts_frames_and_caches()
    {
        using var http = new HttpClient { BaseAddress = console.Address };
        foreach (string path in new[] { "/signed-out", "/sign-in/failed", "/console.css" })
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            string Header(string name) => string.Join(',', answer.Headers.GetValues(name));
            Header("Content-Security-Policy").ShouldBe(
                "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "
                + console.Service.IdentityFederation.GetLeftPart(UriPartial.Authority), path);
            Header("X-Content-Type-Options").ShouldBe("nosniff");
            Header("Cache-Control").ShouldBe(path == "/console.css" ? "no-cache" : "no-store");
        }
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var http = new HttpClient { BaseAddress = console.Address };
        using var form = new FormUrlEncodedContent([]);
        using HttpResponseMessage answer = await http.PostAsync(new Uri("/sign-in?handler=Out", UriKind.Relative), form);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("form_malformed");
    }

    [Theory]
    [InlineData("/sign-in/callback?code=stolen&state=guessed")]
    [InlineData("/sign-in/callback?error=access_denied")]
    [InlineData("/sign-in/callback")]
    public async Task An_answer_that_nobody_here_asked_for_signs_nobody_in(string callback)
    {
        IPage page = await console.OpenAsync(callback);
        await page.ShouldRefuseAsync("sign_in_failed");
        await page.ShouldBeSoundAsync();
        (await page.Context.CookiesAsync()).ShouldNotContain(cookie => cookie.Name == "accessgov-console");
        await page.FollowAsync("Try again");
        await page.ShouldBeAsync("Sign in");
    }

    [Theory]
    [InlineData("https://elsewhere.test/")]
    [InlineData("//elsewhere.test/")]
    public async Task Nobody_is_led_to_another_site_after_signing_in(string returnUrl)
    {
        IPage page = await console.OpenAsync($"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");
        await page.SignInAsync(console.People["ben"]);
        new Uri(page.Url).ShouldBe(console.Address);
    }

    [Fact]
    public async Task While_PolicyDecision_is_away_the_page_says_so_with_503()
    {
        await using ConsoleBeside alone = await console.BesideAsync(new Uri("http://127.0.0.1:1/"));
        IPage page = await console.OpenAsync(alone.Address.AbsoluteUri);
        await page.SignInAsync(console.People["ada"]);

        IResponse? answer = await page.GotoAsync(new Uri(alone.Address, "/roles").AbsoluteUri);

        answer!.Status.ShouldBe(503);
        await page.ShouldRefuseAsync("policy_decision_unreachable");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task While_IdentityFederation_is_away_the_page_says_so_with_503()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        await using WebApplication alone = await RunningConsole.StartAsync(
            address, console.Service.PolicyDecision, new Uri("http://127.0.0.1:1/"), "secret");
        IPage page = await console.OpenAsync("/signed-out");

        IResponse? answer = await page.GotoAsync(new Uri(address, "/roles").AbsoluteUri);

        answer!.Status.ShouldBe(503);
        await page.ShouldRefuseAsync("identity_federation_unreachable");
        await page.ShouldBeSoundAsync();
    }

    private static JsonElement ClaimsOf(string authorization)
    {
        string payload = authorization.Split('.')[1];
        return JsonDocument.Parse(Base64Url.DecodeFromChars(payload)).RootElement;
    }
}
