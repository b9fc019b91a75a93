using System.Text.RegularExpressions;
using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Whoever looks after people finds them, sees what they may and where they are, and keeps them out or lets them in.</summary>
[Collection(ConsoleTests.Name)]
public sealed class PeoplePagesTests(RunningConsole console)
{
    [Fact]
    public async Task People_are_found_by_name_user_name_and_address_of_any_or_one_organisation()
    {
        await PutAsync("organisations/clinic", new { name = "Partner clinic", kind = "referrer", domains = Array.Empty<string>() });
        await PostAsync("people", new
        {
            organisation = "clinic", id = "ofelia", profile = new { userName = "ofelia", displayName = "Ofelia Órlova" },
        });
        await PutAsync("people/olga/profile", new
        {
            userName = "olga", displayName = "Olga Órlova", emails = new[] { new { value = "olga.orlova@hospital.example" } },
            employment = new { department = "Radiology" },
        });
        IPage page = await console.OpenAsync("/people", "ada");
        await page.ShouldBeAsync("People");
        await page.ShouldBeSoundAsync();

        // By keyboard: how a name begins, in any case.
        await page.GetByLabel("Name or e-mail").FocusAsync();
        await page.Keyboard.TypeAsync("ÓRLO");
        await page.Keyboard.PressAsync("Enter");
        await Expect(Rows(page)).ToHaveCountAsync(2);
        await Expect(Rows(page).Filter(new() { HasText = "olga" })).ToContainTextAsync("Olga Órlova");
        await page.ShouldBeSoundAsync();

        await page.GetByLabel("Organisation").SelectOptionAsync(new SelectOptionValue { Label = "Partner clinic" });
        await page.PressAsync("Search");
        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(Rows(page)).ToContainTextAsync("Partner clinic");

        await page.GotoAsync("/people?Search=olga.orlova%40&Organisation=hospital");
        await Expect(Rows(page).GetByRole(AriaRole.Cell)).ToHaveTextAsync(["olga", "The tests' hospital", "Radiology", "active"]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Olga Órlova" }).PressAsync("Enter");
        await page.ShouldBeAsync("Olga Órlova");

        await page.GotoAsync("/people?Search=nobody-at-all");
        await Expect(page.Locator("main")).ToContainTextAsync("Nobody is found.");
        await page.GotoAsync($"/people?Search={new string('x', 201)}");
        await page.ShouldRefuseAsync("search_malformed");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Many_people_come_in_pages_also_without_scripts()
    {
        await Task.WhenAll(Enumerable.Range(0, 51).Select(number => PostAsync(
            "people", new { organisation = "hospital", id = $"crowd-{number}", profile = new { userName = $"crowd.{number}" } })));
        IPage page = await console.OpenAsync("/people?Search=crowd.", "ben", scripts: false);
        await Expect(Rows(page)).ToHaveCountAsync(50);

        await page.FollowAsync("Further people");

        await Expect(Rows(page)).ToHaveCountAsync(1);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Further people" })).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("Requirement", "S5")]
    public async Task A_person_s_page_says_what_they_may_where_they_are_and_what_happened()
    {
        string provisioning = await console.Service.TokenAsync("provisioning");
        System.Text.Json.Nodes.JsonNode group = (await console.Service.SendAsync(
            HttpMethod.Post, At("scim/v2/Groups"), new { displayName = "Service desk", members = new[] { new { value = "ada" } } },
            provisioning))!;
        await PutAsync($"groups/{group["id"]!.GetValue<string>()}/scopes", new { scopes = new[] { "people.read", "things.unheard-of" } });

        IPage page = await console.OpenAsync("/people/ada", "ada");

        await page.ShouldBeAsync("Dr. Ada Brandt, radiologist (you)");
        await Expect(Part(page, "roles")).ToContainTextAsync("radiologist");
        await Expect(Part(page, "roles")).ToContainTextAsync("everywhere");
        await Expect(Part(page, "roles")).ToContainTextAsync("no end");
        await Expect(Part(page, "groups")).ToContainTextAsync("Service desk");
        await Expect(Part(page, "groups")).ToContainTextAsync("look people up people.read");
        await Expect(Part(page, "groups")).ToContainTextAsync("things.unheard-of");
        await Expect(Part(page, "sessions")).ToContainTextAsync("Chrome on Linux – this session");
        await Expect(Part(page, "sessions")).ToContainTextAsync("127.0.0.1, inside the hospital");
        await Expect(Part(page, "credentials")).ToContainTextAsync(new Regex("set \\d{4}-"));
        await Expect(Part(page, "credentials")).ToContainTextAsync("0 left");
        await Expect(Part(page, "history")).ToContainTextAsync("made known here");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("What the person did, in the audit trail");
        await page.ShouldBeAsync("Activity of ada");

        IResponse? answer = await page.GotoAsync("/people/nobody");
        answer!.Status.ShouldBe(404);
        await page.ShouldRefuseAsync("person_unknown");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Somebody_is_suspended_with_a_reason_and_reinstated_by_somebody_else()
    {
        IPage ada = await console.OpenAsync("/people/quinn", "ada");
        IPage ben = await console.OpenAsync("/people/quinn", "ben", scripts: false);
        await WithoutBrowsersHelpAsync(ada);
        await ada.PressAsync("Suspend");
        await ada.ShouldRefuseAsync("reason_required");
        await ada.ShouldBeSoundAsync();
        await ada.GetByLabel("Why: Suspend").FillAsync("An alert is looked into");
        await ada.PressAsync("Suspend");
        await ada.ShouldTellAsync("The person is suspended");
        await Expect(ada.Locator(".facts .mark").First).ToHaveTextAsync("suspended");
        await Expect(Part(ada, "history")).ToContainTextAsync("An alert is looked into");
        await ada.ShouldBeSoundAsync();

        // Whoever saw the person from before is told so, and what they wrote stays.
        await ben.GetByLabel("Why: Suspend").FillAsync("I saw it, too");
        await ben.PressAsync("Suspend");
        await ben.ShouldRefuseAsync("stale");
        await ben.GetByLabel("Why: Reinstate").FillAsync("It was a mistake");
        await ben.PressAsync("Reinstate");
        await ben.ShouldTellAsync("The person may sign in again.");
        await Expect(ben.Locator(".facts .mark").First).ToHaveTextAsync("active");
    }

    [Fact]
    public async Task Whoever_suspends_themselves_is_asked_once_more_and_is_out_then()
    {
        IPage page = await console.OpenAsync("/");
        await page.SignInAsync(console.People["paul"]);
        await page.GotoAsync("/people/paul");
        await page.GetByLabel("Why: Suspend").FillAsync("My password was stolen");
        await page.PressAsync("Suspend");
        await page.ShouldBeAsync("Suspend yourself?");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("No, go back");
        await Expect(page.Locator(".facts .mark").First).ToHaveTextAsync("active");

        await page.GetByLabel("Why: Suspend").FillAsync("My password was stolen");
        await page.PressAsync("Suspend");
        await page.PressAsync("Yes, suspend me");

        await Eventually.HoldsAsync(async () =>
        {
            await page.GotoAsync("/people/paul");
            return page.Url.StartsWith(console.Service.IdentityFederation.AbsoluteUri, StringComparison.Ordinal);
        }, "whoever is suspended is asked who they are");
    }

    [Fact]
    public async Task Whoever_is_deactivated_loses_their_roles_after_one_more_question_and_comes_back_without_them()
    {
        await console.Service.SendAsync(
            HttpMethod.Post, "grants",
            new { subjectId = "rosa", role = "billing-staff", scope = new { kind = "everywhere" }, reason = "Works here." });
        IPage page = await console.OpenAsync("/people/rosa", "ada");
        await Eventually.HoldsAsync(async () =>
        {
            await page.ReloadAsync();
            return (await Part(page, "roles").InnerTextAsync()).Contains("billing-staff", StringComparison.Ordinal);
        }, "the role is listed");
        await page.GetByLabel("Why: Deactivate").FillAsync("On leave");
        await page.PressAsync("Deactivate");
        await page.ShouldBeAsync("Deactivate rosa?");
        await page.ShouldBeSoundAsync();
        await page.PressAsync("Yes, deactivate");

        await page.ShouldTellAsync("The person is inactive");
        await Expect(page.Locator(".facts .mark").First).ToHaveTextAsync("inactive");
        await page.ShouldBeSoundAsync();
        await Eventually.HoldsAsync(async () =>
        {
            await page.ReloadAsync();
            return (await Part(page, "roles").InnerTextAsync()).Contains("None.", StringComparison.Ordinal);
        }, "the role has ended");
        await page.PressAsync("Make active again");
        await page.ShouldTellAsync("The person is active again.");
        await Expect(page.Locator(".facts .mark").First).ToHaveTextAsync("active");
    }

    [Fact]
    public async Task An_enrolment_link_is_shown_once_and_opens_the_enrolment()
    {
        IPage page = await console.OpenAsync("/people/olga", "ada");
        await page.PressAsync("Make an enrolment link");
        await page.ShouldBeAsync("Enrolment link");
        await page.ShouldBeSoundAsync();
        string link = await page.GetByLabel("The link, to copy").InputValueAsync();

        await page.FollowAsync("Back to the person");
        await Expect(Part(page, "credentials")).ToContainTextAsync("given, not followed yet");
        (await page.ContentAsync()).ShouldNotContain(new Uri(link).Query);
        IPage enrolment = await console.OpenAsync(link);
        await enrolment.ShouldBeAsync("Set up your sign-in");

        // Not past the factors that one has.
        await page.GotoAsync("/people/ada");
        await page.PressAsync("Make an enrolment link");
        await page.ShouldRefuseAsync("self_enrolment");
        await page.ShouldBeSoundAsync();
    }

    private static ILocator Rows(IPage page) => page.Locator("tbody tr");

    private static ILocator Part(IPage page, string name) => page.Locator($"section[aria-labelledby={name}]");

    /// <summary>The service refuses, too, what browsers do not send.</summary>
    private static Task WithoutBrowsersHelpAsync(IPage page) =>
        page.EvaluateAsync("document.querySelectorAll('[required]').forEach(input => input.removeAttribute('required'))");

    private string At(string path) => new Uri(console.Service.IdentityFederation, path).AbsoluteUri;

    private Task PostAsync(string path, object body) => console.Service.SendAsync(HttpMethod.Post, At(path), body);

    private Task PutAsync(string path, object body) => console.Service.SendAsync(HttpMethod.Put, At(path), body);
}
