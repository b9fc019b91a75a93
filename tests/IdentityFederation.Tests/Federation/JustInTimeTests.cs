using System.Net;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using static AccessGov.IdentityFederation.Tests.Federation.FederationHost;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>People whom their organisation's provider introduces, for a while.</summary>
public sealed class JustInTimeTests(FederationHost running) : IClassFixture<FederationHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    [Trait("Requirement", "S11")]
    public async Task A_reader_from_outside_is_introduced_and_what_the_provider_says_of_them_is_taken_over()
    {
        SignInBrowser browser = await InAsync("ira", Reader("ira@readers.example", department: "Neuro"));
        string person = (await running.FindAsync("ira@readers.example")).ShouldNotBeNull();
        var state = (await running.StateAsync(person)).ShouldBeOfType<Person.Provisioned>();
        (state.Organisation, state.JustInTime, state.Profile.DisplayName, state.Profile.Employment?.Department)
            .ShouldBe(("readers", true, "Dr. ira@readers.example", "Neuro"));
        state.AccessEndsAt.ShouldNotBeNull().ShouldBe(running.Clock.GetUtcNow().AddDays(90), TimeSpan.FromMinutes(1));
        browser.Session.ShouldNotBeEmpty();

        await new SignInBrowser(host).SignInAtAsync(
            running.AtReaders, FederationHost.Readers, "ira", Reader("ira.new@readers.example", department: "Cardio"));

        var after = (await running.StateAsync(person)).ShouldBeOfType<Person.Provisioned>();
        (after.Profile.UserName, after.Profile.Employment?.Department, after.AccessEndsAt)
            .ShouldBe(("ira.new@readers.example", "Cardio", state.AccessEndsAt));
    }

    [Fact]
    public async Task Their_access_ends_by_itself_and_says_so_until_it_is_prolonged()
    {
        await using var own = new Own();
        await own.StartAsync();
        SignInBrowser browser = await own.InAsync("brief@readers.example");
        string person = (await own.FindAsync("brief@readers.example"))!;
        own.Clock.Advance(TimeSpan.FromDays(89));
        (await own.InAsync("brief@readers.example", acknowledges: false)).Location.ShouldBe("/account");

        own.Clock.Advance(TimeSpan.FromDays(1.01));

        await browser.GetAsync("/account");
        browser.Location.ShouldStartWith("/sign-in");
        (await own.InAsync("brief@readers.example", acknowledges: false)).ShouldBeRefused(HttpStatusCode.Forbidden, "access_ended");
        await Eventually.HoldsAsync(
            async () => (await own.StateAsync(person)) is Person.Provisioned { Active: false }, "whoever's access is over is deactivated");

        DateTimeOffset end = own.Clock.GetUtcNow().AddDays(7);
        using HttpResponseMessage past =
            await own.Host.PostAsync($"/people/{person}/limit-access", new { endsAt = own.Clock.GetUtcNow().AddDays(-1) });
        await Refusal.ShouldBeAsync(past, 400, "access_end_past");
        foreach ((string command, object body) in new (string, object)[] { ("limit-access", new { endsAt = end }),
            ("reactivate", new { }) })
        {
            using HttpResponseMessage done = await own.Host.PostAsync($"/people/{person}/{command}", body);
            done.IsSuccessStatusCode.ShouldBeTrue(await done.Content.ReadAsStringAsync());
        }

        (await own.InAsync("brief@readers.example", acknowledges: false)).Location.ShouldBe("/account");
    }

    [Fact]
    public async Task An_end_is_moved_by_a_sign_in_where_that_is_configured()
    {
        await using var own = new Own();
        await own.StartAsync(("Provisioning:RenewAtSignIn", "true"));
        await own.InAsync("steady@readers.example");
        own.Clock.Advance(TimeSpan.FromDays(60));
        await own.InAsync("steady@readers.example", acknowledges: false);
        own.Clock.Advance(TimeSpan.FromDays(60));
        (await own.InAsync("steady@readers.example", acknowledges: false)).Location.ShouldBe("/account");
    }

    [Fact]
    public async Task Whoever_was_deprovisioned_is_no_ghost_that_comes_back()
    {
        await InAsync("ghost", Reader("ghost@readers.example"));
        string person = (await running.FindAsync("ghost@readers.example"))!;
        await running.CommandAsync($"/people/{person}/deprovision", new { reason = "Left." });

        foreach ((string subject, string name) in new[] { ("ghost", "ghost@readers.example"), ("ghost", "other@readers.example"),
            ("other", "GHOST@readers.example") })
        {
            var browser = new SignInBrowser(host);
            await browser.SignInAtAsync(running.AtReaders, FederationHost.Readers, subject, Reader(name));
            browser.ShouldBeRefused(HttpStatusCode.Forbidden, "sign_in_refused");
            (await running.FindAsync(name)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Whoever_is_deactivated_is_not_let_in_by_their_provider()
    {
        await InAsync("off", Reader("off@readers.example"));
        string person = (await running.FindAsync("off@readers.example"))!;
        await running.CommandAsync($"/people/{person}/deactivate", new { reason = "Contract ended." });
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(running.AtReaders, FederationHost.Readers, "off", Reader("off@readers.example"));
        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "sign_in_refused");
    }

    [Theory]
    [InlineData("root", "user_name_foreign")]
    [InlineData("chief@hospital.example", "user_name_foreign")]
    [InlineData("someone@elsewhere.example", "user_name_foreign")]
    [InlineData(null, "claims_incomplete")]
    public async Task A_provider_introduces_nobody_under_a_name_that_is_not_of_its_organisation(string? name, string code)
    {
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(running.AtReaders, FederationHost.Readers, $"odd-{name}", claims =>
        {
            claims["contract"] = "night-reading";
            if (name is not null)
            {
                claims["preferred_username"] = name;
            }
        });
        browser.ShouldBeRefused(HttpStatusCode.Forbidden, code);
    }

    [Fact]
    public async Task Without_what_their_organisation_must_say_of_them_nobody_is_introduced_or_let_in_again()
    {
        var stranger = new SignInBrowser(host);
        await stranger.SignInAtAsync(running.AtReaders, FederationHost.Readers, "trainee",
            Reader("trainee@readers.example", contract: "none"));
        stranger.ShouldBeRefused(HttpStatusCode.Forbidden, "sign_in_refused");
        (await running.FindAsync("trainee@readers.example")).ShouldBeNull();

        await InAsync("leaver", Reader("leaver@readers.example"));
        var leaver = new SignInBrowser(host);
        await leaver.SignInAtAsync(running.AtReaders, FederationHost.Readers, "leaver", Reader("leaver@readers.example", contract: "none"));
        leaver.ShouldBeRefused(HttpStatusCode.Forbidden, "sign_in_refused");
    }

    [Fact]
    [Trait("Requirement", "S11")]
    public async Task They_have_no_password_here_even_when_somebody_gave_them_one()
    {
        await InAsync("local", Reader("local@readers.example"));
        string person = (await running.FindAsync("local@readers.example"))!;
        var enrolled = new SignInBrowser(host);
        await enrolled.EnrolAsync(person);
        await enrolled.SetPasswordAsync();
        await enrolled.FinishAsync();

        // Under a name that leads nowhere by its domain, so that the password is looked at.
        await running.OrganisationAsync("readers", "reading_group");
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("local@readers.example");
        await running.OrganisationAsync("readers", "reading_group", "readers.example");

        browser.ShouldBeRefused(HttpStatusCode.BadRequest, "sign_in_wrong");
    }

    private async Task<SignInBrowser> InAsync(string subject, Action<Dictionary<string, object>> claims)
    {
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(running.AtReaders, FederationHost.Readers, subject, claims);
        await browser.AcknowledgeAsync();
        return browser;
    }
}
