using System.Net;
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
        await page.ShouldBeSoundAsync();

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        await page.GetByLabel("Your user name").FocusAsync();
        await page.Keyboard.TypeAsync("ada");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new Uri(console.Address, "/roles?show=all").AbsoluteUri);
        await Expect(page.Locator(".person")).ToHaveTextAsync("ada");
    }

    [Fact]
    public async Task Signing_out_ends_the_session_also_for_whoever_kept_the_cookie()
    {
        IPage page = await console.OpenAsync("/sign-in");
        await page.SignInAsync("leaver");
        IReadOnlyList<BrowserContextCookiesResult> cookies = await page.Context.CookiesAsync();
        BrowserContextCookiesResult session = cookies.Single(cookie => cookie.Name == "accessgov-console");
        (session.HttpOnly, session.SameSite, session.Value.Contains("eyJ", StringComparison.Ordinal)).ShouldBe((true, SameSiteAttribute.Lax, false));

        await page.PressAsync("Sign out");

        await page.ShouldTellAsync("You are signed out.");
        await page.Context.AddCookiesAsync([new() { Name = session.Name, Value = session.Value, Url = console.Address.AbsoluteUri }]);
        await page.GotoAsync("/roles");
        await page.ShouldBeAsync("Sign in");
    }

    [Fact]
    public async Task The_overview_leads_everywhere_and_an_unknown_address_says_so()
    {
        IPage page = await console.OpenAsync("/", "ada");
        await page.ShouldBeAsync("Overview");
        await page.ShouldBeSoundAsync();
        (await page.GetByRole(AriaRole.Navigation, new() { Name = "Areas" }).GetByRole(AriaRole.Link).AllTextContentsAsync())
            .ShouldBe(["Policies", "Access requests", "Decisions", "Access analytics", "Roles", "Permission matrix"]);

        IResponse? answer = await page.GotoAsync("/nowhere");

        answer!.Status.ShouldBe(404);
        await page.ShouldBeAsync("Not found");
        await page.ShouldRefuseAsync("page_unknown");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Where_a_second_factor_is_asked_for_the_refusal_leads_to_the_sign_in_with_one()
    {
        var issuer = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        string? asked = null;
        await using WebApplication strict = WebApplication.CreateSlimBuilder([$"--urls={issuer.AbsoluteUri}", "--Logging:LogLevel:Default=Error"]).Build();
        strict.MapPost("/development/token", async (HttpRequest request) =>
        {
            asked = (await request.ReadFormAsync())["acr_values"];
            return Results.Json(new { access_token = asked, expires_in = 600 });
        });
        strict.MapFallback((HttpRequest request) => request.Headers.Authorization == "Bearer https://refeds.org/profile/mfa"
            ? Results.Json(new { roles = Array.Empty<object>() })
            : Results.Json(new { type = "urn:accessgov:policy-decision:step_up_required", detail = "Administration needs a second factor." }, contentType: "application/problem+json", statusCode: 401));
        await strict.StartAsync();
        await using WebApplication own = await RunningConsole.StartAsync(address, issuer, "secret");
        IPage page = await console.OpenAsync(new Uri(address, "/sign-in").AbsoluteUri);
        await page.SignInAsync("ada");
        asked.ShouldBeNull();
        await page.GotoAsync(new Uri(address, "/roles").AbsoluteUri);
        await page.ShouldRefuseAsync("step_up_required");
        await page.ShouldBeSoundAsync();

        await page.FollowAsync("Sign in with your second factor");
        await page.GetByLabel("With my second factor").CheckAsync();
        await page.ShouldBeSoundAsync();
        await page.SignInAsync("ada");

        asked.ShouldBe("https://refeds.org/profile/mfa");
        await page.ShouldBeAsync("Roles");
    }

    [Fact]
    public async Task Every_answer_forbids_foreign_scripts_frames_and_caches()
    {
        using var http = new HttpClient { BaseAddress = console.Address };
        foreach (string path in new[] { "/sign-in", "/nowhere", "/console.css" })
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            string Header(string name) => string.Join(',', answer.Headers.GetValues(name));
            Header("Content-Security-Policy").ShouldBe("default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", path);
            Header("X-Content-Type-Options").ShouldBe("nosniff");
            Header("Cache-Control").ShouldBe(path == "/console.css" ? "no-cache" : "no-store");
        }
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var http = new HttpClient { BaseAddress = console.Address };
        using var form = new FormUrlEncodedContent([new("Person", "ada")]);
        using HttpResponseMessage answer = await http.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("form_malformed");
    }

    [Fact]
    public async Task A_name_that_is_none_and_the_name_of_the_console_itself_are_refused()
    {
        IPage page = await console.OpenAsync("/sign-in");
        await page.GetByLabel("Your user name").FillAsync("   ");
        await page.PressAsync("Sign in");
        await page.ShouldRefuseAsync("name_required");

        await page.GetByLabel("Your user name").FillAsync("console");
        await page.PressAsync("Sign in");
        await page.ShouldRefuseAsync("unauthorized_client");
    }

    [Fact]
    public async Task While_PolicyDecision_is_away_the_page_says_so_with_503()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        await using WebApplication alone = await RunningConsole.StartAsync(address, new Uri("http://127.0.0.1:1/"), "secret");
        IPage page = await console.OpenAsync(new Uri(address, "/sign-in").AbsoluteUri);
        await page.GetByLabel("Your user name").FillAsync("ada");

        IResponse answer = await page.RunAndWaitForResponseAsync(() => page.PressAsync("Sign in"), response => response.Request.Method == "POST");

        answer.Status.ShouldBe(503);
        await page.ShouldRefuseAsync("policy_decision_unreachable");
        await page.ShouldBeSoundAsync();
    }
}
