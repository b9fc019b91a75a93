using System.Net;
using AccessGov.IdentityFederation.Tests.Tokens;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>Whoever uses a browser is never shown what is meant for programs.</summary>
public sealed class ErrorPageTests(SignInHost running) : IClassFixture<SignInHost>
{
    /// <summary>As browsers send it.</summary>
    private const string Html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Fact]
    public async Task An_address_that_is_none_is_a_page_for_people_and_a_problem_for_programs()
    {
        var browser = new SignInBrowser(running.Host) { Accept = Html };
        await browser.GetAsync("/sign-in/nope");
        ShouldBePage(browser, HttpStatusCode.Unauthorized, "unauthenticated");
        browser.Text.ShouldNotContain("token");
        browser.Answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");

        foreach (string accept in new[] { "", "*/*", "application/json", "text/html;q=0, application/json" })
        {
            var program = new SignInBrowser(running.Host) { Accept = accept };
            await program.GetAsync("/sign-in/nope");
            program.Status.ShouldBe(HttpStatusCode.Unauthorized);
            program.Answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", accept);
        }
    }

    [Fact]
    public async Task A_form_without_its_cookie_is_refused_with_a_page()
    {
        var browser = new SignInBrowser(running.Host) { Accept = Html };
        await browser.GetAsync("/sign-in");
        browser.Cookies.Clear();
        await browser.PostAsync("/sign-in", ("UserName", "x"), ("Password", "y"));
        ShouldBePage(browser, HttpStatusCode.BadRequest, "status_400");
        browser.Text.ShouldContain("open the page again");
    }

    [Fact]
    public async Task A_NUL_in_the_address_is_refused_with_a_page()
    {
        var browser = new SignInBrowser(running.Host) { Accept = Html };
        await browser.GetAsync("/sign-in?login_hint=%00");
        ShouldBePage(browser, HttpStatusCode.BadRequest, "malformed_request");
    }

    [Fact]
    public async Task While_the_database_is_away_people_are_told_to_wait()
    {
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync(server, SignInBrowser.Settings);
        string client = await Viewer.RegisterAsync(host, "viewer");
        (string _, string _) = await SignInBrowser.PersonAsync(host, "waiting");
        var browser = new SignInBrowser(host) { Accept = Html };
        await browser.SignInAsync("waiting");
        await browser.AcknowledgeAsync();
        var other = new SignInBrowser(host) { Accept = Html };
        await other.GetAsync("/sign-in");
        server.Kill();

        await browser.GetAsync(Browser.Request(client));
        ShouldBePage(browser, HttpStatusCode.ServiceUnavailable, "store_unavailable");
        browser.Text.ShouldNotContain("Idempotency-Key");
        await other.PostAsync("/sign-in", ("UserName", "waiting"), ("Password", SignInBrowser.Password));
        ShouldBePage(other, HttpStatusCode.ServiceUnavailable, "store_unavailable");
        other.Text.ShouldContain("Wait a little");
        other.Answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static void ShouldBePage(SignInBrowser browser, HttpStatusCode status, string code)
    {
        browser.Status.ShouldBe(status, browser.Text);
        browser.Answer.Content.Headers.ContentType?.ToString().ShouldBe("text/html; charset=utf-8", browser.Text);
        browser.Text.ShouldContain($"<code>{code}</code>");
    }
}
