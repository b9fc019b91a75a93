using System.Net;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>Who needs more than a password, and what is told to whoever has not got it or sets it up wrongly.</summary>
public sealed class NeededFactorTests(SignInHost running) : IClassFixture<SignInHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task A_link_is_told_once()
    {
        string person = await host.PersonAsync("asked.twice");
        using HttpResponseMessage told = await host.PostAsync($"/people/{person}/enrolment", new { }, ("Idempotency-Key", "link-1"));
        told.IsSuccessStatusCode.ShouldBeTrue();
        using HttpResponseMessage again = await host.PostAsync($"/people/{person}/enrolment", new { }, ("Idempotency-Key", "link-1"));
        await Refusal.ShouldBeAsync(again, 409, "link_told_already");
    }

    [Fact]
    public async Task Whoever_has_no_passkey_where_one_is_asked_for_is_told_so()
    {
        await SignInBrowser.PersonAsync(host, "without.passkey", app: true);
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("without.passkey", path: "/sign-in?acr_values=phr");
        ShouldRefuse(browser, HttpStatusCode.Forbidden, "passkey_required");
        browser.Session.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_password_is_typed_twice_alike_and_a_passkey_is_called_something()
    {
        var browser = new SignInBrowser(host);
        await browser.EnrolAsync(await host.PersonAsync("typist"));
        await browser.GetAsync("/account/password");
        await browser.PostAsync("/account/password", ("Password", SignInBrowser.Password), ("Repeated", $"{SignInBrowser.Password}s"));
        ShouldRefuse(browser, HttpStatusCode.BadRequest, "password_repeated_otherwise");
        await browser.SetPasswordAsync("Typist hospital 2026");
        ShouldRefuse(browser, HttpStatusCode.BadRequest, "password_known");
        browser.Text.ShouldContain("four words");
        await browser.GetAsync("/account/passkeys");
        await browser.PostAsync("/account/passkeys", ("Name", ""), ("Credential", "{}"));
        ShouldRefuse(browser, HttpStatusCode.BadRequest, "passkey_name_malformed");
    }

    [Fact]
    public async Task An_administrator_inside_is_led_to_a_second_factor_and_cannot_replace_the_password_on_the_way()
    {
        (string person, _) = await SignInBrowser.PersonAsync(host, "root");
        await running.IntoAdministratorsAsync(person);
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("root");
        browser.Location.ShouldBe("/enrol");
        browser.Session.ShouldBeEmpty();
        await browser.SetPasswordAsync("another good long phrase");
        ShouldRefuse(browser, HttpStatusCode.Conflict, "password_kept");

        string secret = await browser.SetAppAsync();
        await browser.GetAsync("/account/passkeys");
        browser.Location.ShouldBe("/enrol", "a second one is for whoever shows the first");
        await browser.FinishAsync();
        await browser.SignInAsync("root");
        await browser.TypeCodeAsync(await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30)));
        await browser.AcknowledgeAsync();

        Open(person).ShouldHaveSingleItem().State.Proof.Context.ShouldBe(AuthenticationContexts.MultiFactor);
    }

    [Fact]
    [Trait("Requirement", "S3")]
    public async Task Whoever_may_administer_by_a_group_needs_a_second_factor_without_any_setting()
    {
        (string person, _) = await SignInBrowser.PersonAsync(host, "sven");
        await running.IntoGroupAsync(person, "readers", "things.read");
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("sven");
        browser.Location.ShouldBe("/sign-in/acknowledgement", "what everybody may makes nobody an administrator");

        await running.IntoGroupAsync(person, "policy makers", "policies.manage", "things.read");
        await browser.SignInAsync("sven");
        browser.Location.ShouldBe("/enrol");
        browser.Session.ShouldBeEmpty();
        string secret = await browser.SetAppAsync();
        await browser.FinishAsync();
        await browser.SignInAsync("sven");
        await browser.TypeCodeAsync(await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30)));
        await browser.AcknowledgeAsync();

        Open(person).ShouldHaveSingleItem().State.Proof.Context.ShouldBe(AuthenticationContexts.MultiFactor);
    }

    [Fact]
    [Trait("Requirement", "S3")]
    public async Task From_outside_nobody_comes_in_without_one()
    {
        await SignInBrowser.PersonAsync(host, "far.away");
        var browser = new SignInBrowser(host, SignInBrowser.Outside);
        await browser.SignInAsync("far.away");
        ShouldRefuse(browser, HttpStatusCode.Forbidden, "second_factor_required");
        browser.Cookies.Keys.ShouldNotContain("__Host-accessgov-enrolment");
    }

    private IReadOnlyList<OpenSession> Open(string person) => host.Services.GetRequiredService<OpenSessions>().Of(person);

    private static void ShouldRefuse(SignInBrowser browser, HttpStatusCode status, string code)
    {
        browser.Status.ShouldBe(status, browser.Text);
        browser.Text.ShouldContain($"<code>{code}</code>");
    }
}
