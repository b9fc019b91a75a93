using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static AccessGov.Console.Tests.RecordedDeeds;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>The audit trail: searched, read, drawn, proven and taken along.</summary>
[Collection(ConsoleTests.Name)]
public sealed class AuditPagesTests(RunningConsole console)
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 22, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Entries_are_searched_narrowed_by_facets_and_by_keyboard_and_come_page_by_page()
    {
        string session = Guid.NewGuid().ToString("n"), study = $"1.2.{Random.Shared.Next()}";
        await console.Audit.AppendAsync(
        [
            .. Enumerable.Range(0, 101).Select(i => Deed(session, "dora", At.AddSeconds(i)).With(("study", study))),
            Deed(session, "emil", At, "print", "denied").With(("study", study), ("reason", "not_permitted")),
        ]);
        IPage page = await console.OpenAsync("/", "ada");
        await page.FollowAsync("Audit trail");
        await page.ShouldBeAsync("Audit trail");
        await page.ShouldBeSoundAsync();

        await page.GetByLabel("Study").FillAsync(study);
        await page.Keyboard.PressAsync("Enter");
        ILocator rows = Rows(page, "Entries of the trail");
        await Expect(rows).ToHaveCountAsync(100);
        await Expect(Facet(page, "What was done")).ToHaveTextAsync(["viewed 101", "printed 1"]);
        await page.FollowAsync("Further entries");
        await Expect(rows).ToHaveCountAsync(2);

        await Facet(page, "What was done").Filter(new() { HasText = "printed" }).GetByRole(AriaRole.Link).PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("emil");
        await Expect(rows).ToContainTextAsync("denied");
        await Expect(rows).ToContainTextAsync("not_permitted");
        await Expect(rows).ToContainTextAsync("ws-12");
        await Expect(Facet(page, "Kind of event")).ToHaveTextAsync(["event.image 1"]);
        await Facet(page, "Kind of event").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.Locator(".chip")).ToContainTextAsync("kind event.image");
        await page.ShouldBeSoundAsync();
        await Facet(page, "What was done").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(rows).ToHaveCountAsync(100);
        await page.Locator(".chip").ClickAsync();
        await Expect(page.Locator(".chip")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Times_are_asked_for_and_shown_by_the_clocks_of_a_zone_without_scripts()
    {
        string session = Guid.NewGuid().ToString("n");
        await console.Audit.AppendAsync(Deed(session, "dora", At), Deed(session, "emil", At.AddHours(1)));

        IPage page = await console.OpenAsync(
            $"/audit?Session={session}&From=2026-03-05T04:15&To=2026-03-05T05:00&Zone=Asia/Kathmandu", "ada", scripts: false);

        ILocator rows = Rows(page, "Entries of the trail");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows.GetByRole(AriaRole.Rowheader)).ToHaveTextAsync("2026-03-05 04:15:00 UTC+05:45");
        await rows.GetByRole(AriaRole.Rowheader).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.Locator("dl.facts").First).ToContainTextAsync("2026-03-05 04:15:00 UTC+05:45");
    }

    [Fact]
    [Trait("Requirement", "S79")]
    public async Task A_patients_timeline_is_drawn_and_told_and_its_disclosures_are_accounted_for_with_proofs()
    {
        string session = Guid.NewGuid().ToString("n"), patient = $"P-{session}";
        await console.Audit.AppendAsync(
            Deed(session, "dora", At).With(("patient", patient)),
            Deed(session, "emil", At.AddMinutes(20)).With(("patient", patient), ("emergency_case", $"case-{session}")),
            Deed(session, "emil", At.AddMinutes(30), "export", "denied").With(("patient", patient)));
        IPage page = await console.OpenAsync($"/audit/patients/{patient}?To=2026-06-01T00:00", "ada");

        await page.ShouldBeAsync($"Patient {patient}");
        await Expect(page.Locator(".lead")).ToHaveTextAsync(
            "3 entries of 2 people from 2026-03-04 22:30:00 UTC to 2026-03-04 23:00:00 UTC: "
            + "2 succeeded, 1 denied; 1 under emergency access.");
        await Expect(page.Locator(".lanes").GetByRole(AriaRole.Img)).ToHaveAccessibleNameAsync(
            "Who did something when: 3 entries of 2 people; they follow as a table.");
        await Expect(page.Locator(".lanes use.emergency")).ToHaveCountAsync(1);
        await Expect(page.Locator(".lanes circle")).ToHaveCountAsync(2);
        await Expect(page.Locator(".lanes circle.hollow")).ToHaveCountAsync(1);
        await Expect(Rows(page, "What was done with data of the patient")).ToHaveCountAsync(3);
        await page.ShouldBeSoundAsync();

        await page.FollowAsync("Accounting of disclosures");
        await page.ShouldBeAsync("Accounting of disclosures");
        await Expect(Rows(page, "Disclosures")).ToHaveCountAsync(3);
        await page.ShouldBeSoundAsync();
        IDownload file = await page.DownloadAsync("All with their proofs (NDJSON)");
        string path = await file.PathAsync();
        (await File.ReadAllLinesAsync(path)).Length.ShouldBe(3);
        await console.Audit.VerifyAsync(path, 0);

        // What somebody changed in the file is found.
        string[] lines = await File.ReadAllLinesAsync(path);
        JsonNode line = JsonNode.Parse(lines[1])!;
        byte[] bytes = Convert.FromBase64String(line["leaf"]!.GetValue<string>());
        bytes[^10] ^= 1;
        line["leaf"] = Convert.ToBase64String(bytes);
        lines[1] = line.ToJsonString();
        await File.WriteAllLinesAsync(path, lines);
        await console.Audit.VerifyAsync(path, 1);

        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await Expect(Rows(page, "Disclosures").First).ToBeVisibleAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Screen });
    }

    [Fact]
    [Trait("Requirement", "S74, S79")]
    public async Task What_a_person_did_is_drawn_by_day_and_hour_of_a_zone()
    {
        string session = Guid.NewGuid().ToString("n"), person = $"p-{session[..8]}";
        await console.Audit.AppendAsync(
            Deed(session, person, At), Deed(session, person, At.AddMinutes(5)), Deed(session, person, At.AddDays(1)));

        IPage page = await console.OpenAsync($"/audit/people/{person}?Zone=Europe/Vienna", "ada");

        await page.ShouldBeAsync($"Activity of {person}");
        ILocator days = Rows(page, "Entries by day and hour (Europe/Vienna)");
        await Expect(days.GetByRole(AriaRole.Rowheader)).ToHaveTextAsync(["2026-03-05", "2026-03-04"]);
        await Expect(days.Nth(1).Locator("td").Nth(23)).ToHaveTextAsync("2");
        await Expect(days.Nth(1).Locator("td").Nth(23)).ToHaveClassAsync("shade-4");
        await Expect(Rows(page, "What the person did")).ToHaveCountAsync(3);
        await page.ShouldBeSoundAsync();
        await page.FollowAsync($"Search all entries of {person}");
        await Expect(Rows(page, "Entries of the trail")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task An_emergency_case_is_told_from_its_beginning()
    {
        string session = Guid.NewGuid().ToString("n"), emergency = $"case-{session[..8]}";
        await console.Audit.AppendAsync(
            Deed(session, "emil", At, "emergency_start").With(("emergency_case", emergency), ("patient", "P-77")),
            Deed(session, "emil", At.AddMinutes(1)).With(("emergency_case", emergency), ("patient", "P-77"), ("study", "1.2.77")),
            Deed(session, "emil", At.AddMinutes(30), "emergency_end").With(("emergency_case", emergency), ("patient", "P-77")));

        IPage page = await console.OpenAsync($"/audit/cases/{emergency}", "ada");

        await page.ShouldBeAsync($"Emergency case {emergency}");
        await Expect(page.Locator("dl.facts")).ToContainTextAsync("2026-03-04 22:30:00 UTC, by emil");
        await Expect(page.Locator("dl.facts")).ToContainTextAsync("2026-03-04 23:00:00 UTC");
        await Expect(Rows(page, "What happened under the case").First).ToContainTextAsync("began emergency access");
        await Expect(page.Locator(".lanes use.emergency")).ToHaveCountAsync(3);
        await page.ShouldBeSoundAsync();
        await page.GotoAsync("/audit/cases/never-heard-of");
        await Expect(page.Locator("main")).ToContainTextAsync("Nothing in the trail belongs to this case.");
        await page.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("/audit?From=2026-02-01T00:00&To=2026-01-01T00:00", "search_malformed")]
    [InlineData("/audit?Action=dance", "search_malformed")]
    [InlineData("/audit?After=nonsense", "search_malformed")]
    [InlineData("/audit?Zone=Middle/Earth", "zone_unknown")]
    [InlineData("/audit/patients/P-1?From=yesterday", "search_malformed")]
    [InlineData("/audit/patients/P-1/disclosures?Zone=Middle/Earth", "zone_unknown")]
    [InlineData("/audit/people/ada?To=nonsense", "search_malformed")]
    [InlineData("/audit/cases/c-1?Zone=Middle/Earth", "zone_unknown")]
    public async Task What_cannot_be_asked_is_told_beside_the_form(string path, string code)
    {
        IPage page = await console.OpenAsync(path, "ada");

        await page.ShouldRefuseAsync(code);
        await Expect(page.GetByRole(AriaRole.Search)).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table)).ToHaveCountAsync(0);
    }

    private static ILocator Rows(IPage page, string table) =>
        page.GetByRole(AriaRole.Table, new() { Name = table, Exact = true }).Locator("tbody tr");

    private static ILocator Facet(IPage page, string name) =>
        page.GetByRole(AriaRole.List, new() { Name = name, Exact = true }).GetByRole(AriaRole.Listitem);
}
