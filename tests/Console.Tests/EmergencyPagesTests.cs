using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Whoever needs a patient's images now has them with one text and one button, sees how long, and says why.</summary>
[Collection(ConsoleTests.Name)]
public sealed class EmergencyPagesTests(RunningConsole console)
{
    private const string Open = "Emergency access is open";

    [Fact]
    [Trait("Requirement", "S31")]
    public async Task From_a_denial_to_the_images_by_keyboard_and_back()
    {
        JsonNode denial = await Hospital.DecideAsync(console.Service, "emma", "study.view", Hospital.OpenStudy);
        denial["decision"]!.GetValue<bool>().ShouldBeFalse();
        string form = denial["context"]!["break_glass"]!["form_url"]!.GetValue<string>();
        IPage page = await console.OpenAsync(form, "emma");
        await page.ShouldBeAsync("Emergency access");
        await Expect(page.Locator("form.urgent")).ToContainTextAsync(new Regex(@"until \d{4}-\d\d-\d\d \d\d:\d\d UTC at the latest"));
        await Expect(page.Locator("form.urgent")).ToContainTextAsync("Somebody else reviews it within 1 day.");
        await page.ShouldBeSoundAsync();

        // The text has the focus; past the reason codes stands the button.
        await Expect(page.GetByLabel("Why you need these images now")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Unconscious, came by ambulance");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Open the images now" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await page.ShouldBeAsync(Open);
        await Expect(page.Locator(".countdown")).ToHaveTextAsync("3 hours 59 minutes left");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Patient P-1" }))
            .ToContainTextAsync(new Regex(@"until\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"));
        await page.ShouldBeSoundAsync();
        await Eventually.HoldsAsync(async () => (await DecisionAsync("emma"))["decision"]!.GetValue<bool>(), "the images are open");

        await page.GetByRole(AriaRole.Button, new() { Name = "End it now" }).PressAsync("Enter");
        await page.ShouldTellAsync("It is over");
        await page.ShouldBeAsync("Emergency access is over");
        await Expect(page.Locator("dl.facts")).ToContainTextAsync("ended by the clinician");
        await Eventually.HoldsAsync(async () => !(await DecisionAsync("emma"))["decision"]!.GetValue<bool>(), "the images are closed");

        await page.GetByLabel("Your explanation").FillAsync("No relatives could be asked.");
        await page.PressAsync("Add it to the case");
        await page.ShouldTellAsync("The reviewer reads it.");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What the reviewer should know" }))
            .ToContainTextAsync("“No relatives could be asked.”");
        await page.ShouldBeSoundAsync();

        string here = page.Url;
        await Eventually.HoldsAsync(async () =>
        {
            await page.GotoAsync("/emergency-access");
            return await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "waits for review" }).CountAsync() > 0;
        }, "it is among one's own");
        await page.ShouldBeSoundAsync();
        await page.Locator("tbody th a").First.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(here);

        IPage other = await console.OpenAsync(new Uri(here).AbsolutePath, "egon");
        await other.ShouldRefuseAsync("emergency_access_unknown");
    }

    [Fact]
    public async Task The_time_left_is_said_aloud_each_minute_and_at_the_end_and_not_every_second()
    {
        string path = await InvokeAsync("egon", "P-1");
        IPage page = await console.OpenAsync("/emergency-access", "egon");
        await page.Clock.InstallAsync();
        await page.AddInitScriptAsync("window.begun = Date.now()");
        await page.GotoAsync(path);
        await Expect(page.Locator(".countdown")).ToHaveTextAsync("3 hours 59 minutes left");

        // From here on time goes only as the test says: three seconds after the end the page is read again.
        long soon = await page.EvaluateAsync<long>("Date.now() + 1000");
        await page.Clock.PauseAtAsync(DateTimeOffset.FromUnixTimeMilliseconds(soon).UtcDateTime);
        ILocator said = page.Locator("[aria-live=polite]");
        await Expect(said).ToBeEmptyAsync();

        // Kept where it outlives the page.
        await page.EvaluateAsync(
            """
            () => {
              sessionStorage.heard = "";
              const all = { childList: true, characterData: true, subtree: true };
              const said = document.querySelector("[aria-live=polite]"), countdown = document.querySelector(".countdown");
              new MutationObserver(() => sessionStorage.heard += `${said.textContent}\n`).observe(said, all);
              new MutationObserver(() => sessionStorage.seen = countdown.textContent).observe(countdown, all);
            }
            """);
        int left = await page.EvaluateAsync<int>(
            "Math.round(Number(document.querySelector('[data-seconds]').dataset.seconds) - (Date.now() - window.begun) / 1000)");
        await page.Clock.FastForwardAsync((left - 130) * 1000L);
        await page.Clock.RunForAsync(132_000);

        string heard = await page.EvaluateAsync<string>("sessionStorage.heard");
        heard.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).ShouldBe(
        [
            "2 minutes of emergency access left", "1 minute of emergency access left", "30 seconds of emergency access left",
            "10 seconds of emergency access left", "Emergency access has run out.",
        ]);
        (await page.EvaluateAsync<string>("sessionStorage.seen")).ShouldBe("It has run out.");
    }

    [Fact]
    [Trait("Requirement", "S31")]
    public async Task A_viewer_s_link_with_the_study_leads_to_its_patient_s_images()
    {
        IPage page = await console.OpenAsync($"/emergency-access/new?study={Hospital.OtherStudy}", "egon");
        await Expect(page.Locator("form.urgent")).ToContainTextAsync(Hospital.OtherStudy);
        await Expect(page.GetByLabel("Patient's id")).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Why you need these images now")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Stroke");
        await page.PressAsync("Open the images now");
        await page.ShouldBeAsync(Open);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Patient P-2" })).ToBeVisibleAsync();
        JsonNode taken = await console.BreakGlass.GetAsync($"emergency-cases/{new Uri(page.Url).Segments[^1]}");
        (taken["patient"]!.GetValue<string>(), taken["study"]!.GetValue<string>()).ShouldBe(("P-2", Hospital.OtherStudy));
        await page.PressAsync("End it now");
        await page.ShouldBeAsync("Emergency access is over");

        await page.GotoAsync("/emergency-access/new?study=9.9.9");
        await page.GetByLabel("Why you need these images now").FillAsync("Stroke");
        await page.PressAsync("Open the images now");
        await page.ShouldRefuseAsync("study_unknown");
    }

    [Fact]
    public async Task It_works_without_scripts_and_twice_is_once()
    {
        IPage page = await console.OpenAsync("/emergency-access", "elsa", scripts: false);
        await page.FollowAsync("Take emergency access");
        await page.GetByLabel("Patient's id").FillAsync("P-2");
        await page.GetByLabel("Why you need these images now").FillAsync("Stroke");
        await page.GetByLabel("Another reason").CheckAsync();
        await page.PressAsync("Open the images now");
        await page.ShouldBeAsync(Open);
        string here = page.Url;
        await Expect(page.Locator(".countdown")).ToContainTextAsync("left");
        await Expect(page.Locator("dl.facts")).ToContainTextAsync("break the glass: Stroke");

        await page.GotoAsync($"/emergency-access/new?study={Hospital.OtherStudy}");
        await Expect(page.Locator("form.urgent")).ToContainTextAsync(Hospital.OtherStudy);
        await page.GetByLabel("Why you need these images now").FillAsync("Still");
        await page.PressAsync("Open the images now");
        await page.ShouldBeAsync(Open);
        page.Url.ShouldBe(here, "a second one extends nothing");
        await page.PressAsync("End it now");
        await page.ShouldBeAsync("Emergency access is over");
    }

    [Fact]
    public async Task Whoever_may_not_is_told_whom_to_call_and_what_was_written_stays()
    {
        IPage walter = await console.OpenAsync("/emergency-access/new?patient=P-1", "walter");
        await Expect(walter.Locator("form.urgent")).ToContainTextAsync("For patient P-1.");
        await walter.GetByLabel("Why you need these images now").FillAsync("Curious");
        await walter.PressAsync("Open the images now");
        await walter.ShouldRefuseAsync("not_clinical");
        await Expect(walter.GetByLabel("Why you need these images now")).ToHaveValueAsync("Curious");
        await Expect(walter.Locator("form.urgent")).ToContainTextAsync("For patient P-1.");
        await walter.ShouldBeSoundAsync();

        await walter.GotoAsync("/emergency-access/new?denial=old");
        await walter.GetByLabel("Why you need these images now").FillAsync("Curious");
        await walter.PressAsync("Open the images now");
        await walter.ShouldRefuseAsync("denial_expired");
        await walter.GotoAsync("/emergency-access/none");
        await walter.ShouldRefuseAsync("emergency_access_unknown");
    }

    [Fact]
    public async Task Where_there_is_no_BreakGlass_there_are_no_such_pages()
    {
        await using ConsoleBeside without = await console.BesideAsync();
        IPage page = await console.OpenAsync(without.Address.AbsoluteUri);
        await page.SignInAsync(console.People["walter"]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Emergency access" })).ToHaveCountAsync(0);
        foreach (string path in (string[])["/emergency-access/new", "/emergency-cases"])
        {
            IResponse? answer = await page.GotoAsync(new Uri(without.Address, path).AbsoluteUri);
            answer!.Status.ShouldBe(404, path);
        }
    }

    private async Task<string> InvokeAsync(string person, string patient)
    {
        IPage page = await console.OpenAsync($"/emergency-access/new?patient={patient}", person);
        await page.GetByLabel("Why you need these images now").FillAsync("Unconscious");
        await page.PressAsync("Open the images now");
        await page.ShouldBeAsync(Open);
        return new Uri(page.Url).AbsolutePath;
    }

    private Task<JsonNode> DecisionAsync(string person) => Hospital.DecideAsync(console.Service, person, "study.view", Hospital.OpenStudy);
}
