using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Somebody else judges every emergency access and sees all that is known of it; drills are marked everywhere.</summary>
[Collection(ConsoleTests.Name)]
public sealed class EmergencyReviewPagesTests(RunningConsole console)
{
    [Fact]
    [Trait("Requirement", "S35")]
    public async Task A_case_is_ended_by_security_taken_judged_and_followed_up()
    {
        string reason = $"Fell {Guid.NewGuid():n}";
        string id = await InvokeAsync("emma", "P-2", reason);
        await ListedAsync(id);
        IPage page = await console.OpenAsync("/emergency-cases", "olga");
        ILocator row = page.GetByRole(AriaRole.Row).Filter(new() { Has = page.Locator($"a[href$='{id}']") });
        await Expect(row).ToContainTextAsync("emma");
        await Expect(row).ToContainTextAsync("nobody yet");
        await Expect(row).ToContainTextAsync("active");
        await page.ShouldBeSoundAsync();
        await row.GetByRole(AriaRole.Link).PressAsync("Enter");
        await page.ShouldBeAsync("Emergency access of emma");
        await Expect(page.Locator("main > dl.facts")).ToContainTextAsync(reason);
        await Expect(page.Locator("main > dl.facts")).ToContainTextAsync("by the role ward-physician");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Give the verdict" })).ToHaveCountAsync(0);

        // By keyboard: security ends it.
        await page.GetByLabel("Why it is ended now").FocusAsync();
        await page.Keyboard.TypeAsync("Looks odd");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldTellAsync("It is over");
        await Expect(page.Locator("main > dl.facts")).ToContainTextAsync("ended by security");
        await page.PressAsync("Take the review");
        await page.ShouldTellAsync("The review is yours.");
        await page.ShouldBeSoundAsync();

        await page.GetByRole(AriaRole.Radio, new() { Name = "Not justified" }).CheckAsync();
        await page.GetByLabel("What the verdict rests on").EvaluateAsync("text => text.removeAttribute('required')");
        await page.PressAsync("Give the verdict");
        await page.ShouldRefuseAsync("findings_required");
        await page.GetByLabel("What the verdict rests on").FillAsync("No relation to the patient");
        await page.PressAsync("Give the verdict");
        await page.ShouldTellAsync("its follow-up is open");
        await Expect(page.Locator("main > dl.facts")).ToContainTextAsync("Not justified");
        await page.GetByLabel("What followed").FillAsync("A talk");
        await page.PressAsync("Close the follow-up");
        await page.ShouldTellAsync("The follow-up is closed.");
        await Expect(page.GetByLabel("What followed")).ToHaveCountAsync(0);
        ILocator history = page.GetByRole(AriaRole.Region, new() { Name = "History" });
        foreach (string step in (string[])
            ["took emergency access", "“Looks odd”", "took the review", "reviewed: Not justified", "“A talk”"])
        {
            await Expect(history).ToContainTextAsync(step);
        }

        await Eventually.HoldsAsync(async () =>
        {
            await page.ReloadAsync();
            string told = await page.GetByRole(AriaRole.Region, new() { Name = "Who was told" }).InnerTextAsync();
            return told.Contains("security", StringComparison.Ordinal);
        }, "who is told stands there");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("What was opened under it, in the audit trail");
        await page.ShouldBeAsync($"Emergency case {id}");
    }

    [Fact]
    public async Task Nobody_judges_their_own_and_a_verdict_is_asked_for()
    {
        string id = await InvokeAsync("egon", "P-2", "On call");
        IPage own = await console.OpenAsync($"/emergency-access/{id}", "egon");
        await own.PressAsync("End it now");
        await own.GotoAsync($"/emergency-cases/{id}");
        await Expect(own.Locator("main")).ToContainTextAsync("This is your own: somebody else reviews it.");
        await Expect(own.GetByRole(AriaRole.Button, new() { Name = "Give the verdict" })).ToHaveCountAsync(0);

        IPage page = await console.OpenAsync($"/emergency-cases/{id}", "ben", scripts: false);
        await page.GetByLabel("What the verdict rests on").FillAsync("On call, and on the ward");
        await page.GetByRole(AriaRole.Radio, new() { Name = "Justified", Exact = true }).CheckAsync();
        await page.PressAsync("Give the verdict");
        await page.ShouldTellAsync("The case is reviewed.");
        await Expect(page.Locator("main > dl.facts .mark").First).ToHaveTextAsync("Justified");
        await page.GotoAsync("/emergency-cases/none");
        await page.ShouldRefuseAsync("emergency_access_unknown");
        await page.GotoAsync("/emergency-cases?State=odd");
        await page.ShouldRefuseAsync("state_unknown");
    }

    [Fact]
    public async Task What_was_taken_while_nobody_could_be_asked_says_so_and_what_is_wrong_with_it()
    {
        string id = Guid.CreateVersion7().ToString(), edge = BreakGlassProcess.Edge;
        DateTimeOffset at = DateTimeOffset.UtcNow.AddHours(-2);
        string used = JsonSerializer.Serialize(
            new { sequence = 1, previous = new string('0', 64), at, kind = "used", @case = id, capability = "never issued", use = "x" });
        string opened = JsonSerializer.Serialize(new
        {
            sequence = 2, previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(used))), at = at.AddMinutes(1),
            kind = "accessed", @case = id, action = "study.view", study = "1.2.3", address = "10.0.0.7",
        });
        await console.BreakGlass.PostAsync($"edge-journals/{edge}/lines", new { from = 1, lines = (string[])[used, opened] });
        await ListedAsync(id);
        IPage page = await console.OpenAsync("/emergency-cases", "olga");
        ILocator row = page.GetByRole(AriaRole.Row).Filter(new() { Has = page.Locator($"a[href$='{id}']") });
        await Expect(row).ToContainTextAsync("offline");
        await row.GetByRole(AriaRole.Link).PressAsync("Enter");
        await page.ShouldBeAsync($"Emergency access of edge:{edge}");
        ILocator facts = page.Locator("dl.facts").First;
        await Expect(facts).ToContainTextAsync($"at the edge {edge}, while AccessGov could not be asked");
        await Expect(facts).ToContainTextAsync("was never issued here, or was changed");
        await Expect(facts).ToContainTextAsync("capability_forged");
        ILocator history = page.GetByRole(AriaRole.Region, new() { Name = "History" });
        await Expect(history).ToContainTextAsync("study.view 1.2.3 at the edge from 10.0.0.7");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_drill_is_marked_on_every_page()
    {
        IPage page = await console.OpenAsync($"/emergency-access/new?patient={BreakGlassProcess.TestPatient}&practice=true", "elsa");
        await Expect(page.Locator("main")).ToContainTextAsync("Drill.");
        await page.GetByLabel("Why you need these images now").FillAsync("Practice");
        await page.PressAsync("Open the images now");
        await page.ShouldBeAsync("Emergency access is open");
        await Expect(page.Locator("main")).ToContainTextAsync("Drill.");
        string id = new Uri(page.Url).Segments[^1];
        await ListedAsync(id);
        await page.GotoAsync("/emergency-access");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { Has = page.Locator($"a[href$='{id}']") })).ToContainTextAsync("drill");
        await page.GotoAsync("/emergency-cases");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { Has = page.Locator($"a[href$='{id}']") })).ToContainTextAsync("drill");
        await page.GotoAsync($"/emergency-cases/{id}");
        await Expect(page.Locator("main")).ToContainTextAsync("Drill.");
    }

    [Fact]
    public async Task What_waits_for_review_is_a_task_of_whoever_may_judge_it()
    {
        string id = await InvokeAsync("elsa", "P-1", "Stroke");
        IPage own = await console.OpenAsync($"/emergency-access/{id}", "elsa");
        await own.PressAsync("End it now");
        await Eventually.HoldsAsync(
            async () => (await console.BreakGlass.GetAsync("emergency-cases?state=awaiting_review&person=elsa"))["cases"]!.AsArray()
                .Any(item => item!["id"]!.GetValue<string>() == id), "it waits");
        IPage page = await console.OpenAsync("/", "bill");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("emergency access waits? for your review") }).PressAsync("Enter");
        await page.ShouldBeAsync("Emergency reviews");
        await Expect(page.Locator($"a[href$='{id}']")).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Requirement", "S35")]
    public async Task The_numbers_are_told_in_sentences_charts_and_tables()
    {
        string id = await InvokeAsync("emma", "P-1", "Counted");
        IPage own = await console.OpenAsync($"/emergency-access/{id}", "emma");
        await own.PressAsync("End it now");
        await own.ShouldTellAsync("It is over");
        IPage page = await console.OpenAsync($"/emergency-cases/{id}", "ben");
        await page.GetByLabel("What the verdict rests on").FillAsync("In the care team");
        await page.GetByRole(AriaRole.Radio, new() { Name = "Justified", Exact = true }).CheckAsync();
        await page.PressAsync("Give the verdict");
        await page.ShouldTellAsync("The case is reviewed.");
        await Eventually.HoldsAsync(
            async () => (await console.BreakGlass.GetAsync("emergency-cases/statistics"))["justified"]!.GetValue<int>() > 0,
            "it is counted");

        await page.GotoAsync("/emergency-cases");
        await page.FollowAsync("statistics");
        await page.ShouldBeAsync("Emergency access in numbers");
        await Expect(page.Locator("main > dl.facts")).ToContainTextAsync("the limit is 24 hours");
        foreach (string part in (string[])["By day", "Time to review"])
        {
            ILocator chart = page.GetByRole(AriaRole.Region, new() { Name = part });
            await Expect(chart.GetByRole(AriaRole.Img)).ToBeVisibleAsync();
            await chart.Locator("summary").PressAsync("Enter");
            await Expect(chart.GetByRole(AriaRole.Table)).ToBeVisibleAsync();
        }

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Role of the clinician" })).ToContainTextAsync("ward-physician");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Reason", Exact = true }))
            .ToContainTextAsync("Emergency treatment comes first");
        await page.ShouldBeSoundAsync();

        // Among all accesses, those of other people in these days too.
        await Hospital.DecideAsync(console.Service, "emma", "study.view", Hospital.OpenStudy);
        await Eventually.HoldsAsync(async () =>
        {
            await page.GotoAsync("/emergency-cases/statistics");
            return Numbers(await page.Locator("main > dl.facts dd").First.InnerTextAsync()) is [> 0 and var rate, >= 1 and var accesses]
                && Numbers(await page.Locator(".lead strong").InnerTextAsync()) is [>= 1 and var cases]
                && Math.Abs(rate - (1000 * cases / accesses)) <= 0.05;
        }, "the uses per 1,000 accesses are told");

        await page.GotoAsync("/emergency-cases/statistics?From=nonsense");
        await page.ShouldRefuseAsync("period_malformed");
        await Expect(page.GetByRole(AriaRole.Search)).ToBeVisibleAsync();
        await page.GotoAsync("/emergency-cases/statistics?From=2020-01-01T00:00&To=2020-02-01T00:00");
        await Expect(page.Locator("main")).ToContainTextAsync("Nobody took emergency access in this time.");
        await page.ShouldBeSoundAsync();
    }

    private static double[] Numbers(string text) =>
    [
        .. Regex.Matches(text, @"\d[\d\u202f]*(\.\d+)?").Select(
            found => double.Parse(found.Value.Replace("\u202f", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)),
    ];

    private async Task<string> InvokeAsync(string person, string patient, string reason)
    {
        IPage page = await console.OpenAsync($"/emergency-access/new?patient={patient}", person);
        await page.GetByLabel("Why you need these images now").FillAsync(reason);
        await page.PressAsync("Open the images now");
        await page.ShouldBeAsync("Emergency access is open");
        return new Uri(page.Url).Segments[^1];
    }

    private Task ListedAsync(string id) => Eventually.HoldsAsync(
        async () => (await console.BreakGlass.GetAsync("emergency-cases?limit=1000"))["cases"]!.AsArray()
            .Any(item => item!["id"]!.GetValue<string>() == id), "the case is listed");
}
