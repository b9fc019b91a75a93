using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using static AccessGov.Console.Tests.RecordedDeeds;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>What leaves the trail: files that people take along, and destinations with what they refuse.</summary>
[Collection(ConsoleTests.Name)]
public sealed class AuditExportPagesTests(RunningConsole console)
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 22, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/audit?Session={0}", "entries")]
    [InlineData("/audit/patients/P-{0}?To=2026-06-01T00:00", "patient")]
    [InlineData("/audit/people/{0}", "person")]
    [InlineData("/audit/cases/{0}", "case")]
    public async Task What_a_page_finds_is_taken_along_in_six_forms_and_that_it_is_is_in_the_trail(string path, string what)
    {
        string one = Guid.NewGuid().ToString("n");
        await console.Audit.AppendAsync(
            Deed(one, one, At).With(("patient", $"P-{one}"), ("emergency_case", one)),
            Deed(one, one, At.AddMinutes(1), "print").With(("patient", $"P-{one}"), ("emergency_case", one)));
        IPage page = await console.OpenAsync(string.Format(CultureInfo.InvariantCulture, path, one), "ada");
        await page.GetByText("Take all of these along as a file").PressAsync("Enter");
        await page.ShouldBeSoundAsync();
        foreach ((string form, string ending, Func<string, int> count) in new (string, string, Func<string, int>)[]
        {
            ("Table (CSV)", ".csv", text => Lines(text) - 1), ("Leaves (NDJSON)", ".ndjson", Lines),
            ("Leaves with proofs", ".proofs.ndjson", Lines), ("OCSF events", ".ocsf.ndjson", Lines),
            ("FHIR AuditEvents", ".fhir.json", text => JsonNode.Parse(text)!["entry"]!.AsArray().Count),
            ("DICOM audit messages", ".dicom-audit.txt", Lines),
        })
        {
            IDownload file = await page.DownloadAsync(form);
            file.SuggestedFilename.ShouldMatch($@"^audit-{what}-\d{{8}}T\d{{6}}Z{Regex.Escape(ending)}$");
            string text = await File.ReadAllTextAsync(await file.PathAsync());
            count(text).ShouldBe(2, $"{form}: {text}");
            text.ShouldNotContain($"P-{one}", customMessage: "who the patient is is sealed");
            if (ending == ".proofs.ndjson")
            {
                await console.Audit.VerifyAsync(await file.PathAsync(), 0);
            }
        }

        await Eventually.HoldsAsync(
            async () => (await console.Audit.GetAsync("entries?kind=audit.read&action=export"))["entries"]!.AsArray().Count >= 6,
            "that somebody took it along is in the trail");
        await page.GotoAsync($"{new Uri(page.Url).AbsolutePath}?handler=Export&Format=pdf");
        await page.ShouldRefuseAsync("search_malformed");

        static int Lines(string text) => text.TrimEnd('\n').Split('\n').Length;
    }

    [Fact]
    public async Task Destinations_are_listed_with_what_failed_and_a_disclosure_that_breaks_off_is_no_file()
    {
        await using WebApplication odd = await OddService.AnswerAsync(path => path switch
        {
            "/export-destinations" => (200, """
                {"destinations":[{"name":"siem","kind":"SyslogTls","format":"Ocsf","identities":false,"status":"failing",
                "position":1200,"lag":34,"deliveredAt":"2026-01-02T03:04:05Z","lastError":"connection refused",
                "lastErrorAt":"2026-01-02T03:05:05Z"},
                {"name":"arr","kind":"Fhir","format":"Fhir","identities":true,"status":"connected","position":1234,"lag":0}]}
                """),
            "/patients/P-1/disclosures?limit=500" => (200, """{"searchable":1,"next":"1.2","entries":[]}"""),
            _ => (503, """{"type":"urn:accessgov:audit:trail_unavailable","detail":"No."}"""),
        });
        await using ConsoleBeside own = await console.BesideAsync(audit: new Uri(odd.Urls.Single()));
        IPage page = await console.OpenAsync("/", own.Address);
        await page.SignInAsync(console.People["ada"]);

        await page.GotoAsync("/audit/destinations");

        ILocator rows = page.GetByRole(AriaRole.Table, new() { Name = "Export destinations" }).Locator("tbody tr");
        await Expect(rows.First).ToContainTextAsync("fails");
        await Expect(rows.First).ToContainTextAsync("connection refused");
        await Expect(rows.First).ToContainTextAsync("1\u202F200");
        await Expect(rows.Nth(1)).ToContainTextAsync("is told who patients and people are");
        await page.ShouldBeSoundAsync();
        await Should.ThrowAsync<PlaywrightException>(page.APIRequest.GetAsync("/audit/patients/P-1/disclosures?handler=File"));
    }

    [Fact]
    public async Task An_event_that_a_destination_refuses_for_good_is_left_out_after_a_question()
    {
        bool skipped = false;
        string? asked = null;
        await using WebApplication odd = await OddService.AnswerAsync(path => path switch
        {
            "/export-destinations" when skipped => (200, """
                {"destinations":[{"name":"arr","kind":"Fhir","format":"Fhir","status":"connected","position":1300,"lag":0}]}
                """),
            "/export-destinations" => (200, """
                {"destinations":[{"name":"arr","kind":"Fhir","format":"Fhir","status":"failing","position":1234,"lag":66,"refused":1234,
                "lastError":"The server answered 422 to the event 1234 of the trail.","lastErrorAt":"2026-01-02T03:05:05Z"},
                {"name":"late","kind":"Fhir","format":"Fhir","status":"failing","position":1200,"lag":100,"lastError":"refused"}]}
                """),
            "/export-destinations/arr/skip" when skipped => (409,
                """{"type":"urn:accessgov:audit:not_at_position","detail":"The destination has got further meanwhile."}"""),
            "/export-destinations/arr/skip" => (204, ""),
            _ => (404, ""),
        }, body => asked = body);
        await using ConsoleBeside own = await console.BesideAsync(audit: new Uri(odd.Urls.Single()));
        IPage page = await console.OpenAsync("/", own.Address);
        await page.SignInAsync(console.People["ada"]);
        await page.GotoAsync("/audit/destinations");
        await Expect(page.GetByRole(AriaRole.Table).Locator("tbody tr").First).ToContainTextAsync("refuses entry 1234");
        await Expect(page.Locator("main").GetByRole(AriaRole.Button)).ToHaveTextAsync(["Leave entry 1234 out"]);
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("Why it is left out").FillAsync("It has no end");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldBeAsync("Leave entry 1234 out at arr?");
        asked.ShouldBeNull();
        await page.ShouldBeSoundAsync();
        await page.PressAsync("Yes, leave it out");
        await page.ShouldTellAsync("Entry 1234 is left out.");
        asked.ShouldBe("""{"sequence":1234,"reason":"It has no end"}""");

        await page.GotoAsync("/audit/destinations");
        await page.GetByLabel("Why it is left out").FillAsync("It has no end");
        await page.Keyboard.PressAsync("Enter");
        skipped = true;
        await page.PressAsync("Yes, leave it out");
        await page.ShouldRefuseAsync("not_at_position");
        await Expect(page.Locator("main").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
    }
}
