using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.Playwright;
using static AccessGov.Console.Tests.RecordedDeeds;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>An entry of the audit trail: read in words, proven, taken along, and its sealed fields opened.</summary>
[Collection(ConsoleTests.Name)]
public sealed class AuditEntryPagesTests(RunningConsole console)
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 22, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_entry_is_read_in_words_and_its_file_is_verified_by_the_verifier()
    {
        string session = Guid.NewGuid().ToString("n"), patient = $"P-{session}";
        await console.Audit.AppendAsync(Deed(session, "dora", At.ToOffset(TimeSpan.FromHours(1)))
            .With(("patient", patient), ("study", "1.2.3"), ("emergency_case", $"case-{session}"), ("resource", "Report::7")));
        IPage page = await console.OpenAsync($"/audit?Session={session}", "ada");
        await Rows(page, "Entries of the trail").GetByRole(AriaRole.Rowheader).GetByRole(AriaRole.Link).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Entry ");
        await Expect(page.Locator(".verdict")).ToHaveTextAsync("succeeded viewed");
        ILocator facts = page.Locator("dl.facts").First;
        foreach (string said in (string[])
        [
            "2026-03-04 22:30:00 UTC", "2026-03-04T23:30:00", "dora", "1.2.3", "Report::7", "10.0.4.7", "ws-12", $"case-{session}",
        ])
        {
            await Expect(facts).ToContainTextAsync(said);
        }

        (await page.ContentAsync()).ShouldNotContain(patient, customMessage: "who the patient is is sealed");
        await Expect(page.Locator("section[aria-labelledby=sealed]")).ToContainTextAsync("1 field is sealed");
        await page.GetByText("The leaf as JSON").ClickAsync();
        await page.GetByText("The proof as text").ClickAsync();
        await page.ShouldBeSoundAsync();

        IDownload file = await page.DownloadAsync("Entry with its proof (NDJSON)");
        await console.Audit.VerifyAsync(await file.PathAsync(), 0);
        IDownload leaf = await page.DownloadAsync("The leaf alone");
        JsonNode.Parse(await File.ReadAllTextAsync(await leaf.PathAsync()))!["actor"]!.GetValue<string>().ShouldBe("dora");
        IDownload proof = await page.DownloadAsync("The proof alone (tlog-proof)");
        (await File.ReadAllTextAsync(await proof.PathAsync())).ShouldStartWith("c2sp.org/tlog-proof@v1");
    }

    [Fact]
    public async Task What_is_sealed_is_opened_by_whoever_signs_in_strongly_and_says_why_and_that_they_did_is_in_the_trail()
    {
        string session = Guid.NewGuid().ToString("n"), patient = $"P-{session}";
        await console.Audit.AppendAsync(Deed(session, "dora", At).With(("patient", patient)));
        long sequence = (await console.Audit.GetAsync($"entries?session={session}"))["entries"]![0]!["sequence"]!.GetValue<long>();
        IPage page = await console.OpenAsync($"/audit/entries/{sequence}", "trudy");
        await page.GetByLabel("Why you open it").FillAsync("A complaint");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldRefuseAsync("step_up_required");
        await page.ShouldBeSoundAsync();

        await page.FollowAsync("Sign in with your second factor");
        await page.ShowSecondFactorAsync(console.People["trudy"]);
        await page.ShouldBeAsync($"Entry {sequence}");
        await page.GetByLabel("Why you open it").FillAsync("A complaint");
        await page.PressAsync("Open what is sealed");

        await Expect(page.Locator("section[aria-labelledby=sealed]")).ToContainTextAsync(patient);
        await page.ShouldBeSoundAsync();
        await Eventually.HoldsAsync(
            async () => (await console.Audit.GetAsync("entries?kind=audit.unsealed&person=trudy"))["entries"]!.AsArray().Count > 0,
            "who opened it is in the trail");
    }

    [Theory]
    [InlineData("/audit/entries/999999999", "entry_unknown")]
    [InlineData("/audit/entries/999999999?handler=Export", "entry_unknown")]
    [InlineData("/audit/entries/999999999?handler=Leaf", "entry_unknown")]
    [InlineData("/audit/entries/999999999?handler=Proof", "entry_unknown")]
    [InlineData("/audit/entries/first", "page_unknown")]
    public async Task An_entry_that_is_not_there_is_not_found(string path, string code)
    {
        IPage page = await console.OpenAsync("/", "ada");

        IResponse? answer = await page.GotoAsync(path);

        answer!.Status.ShouldBe(404);
        await page.ShouldRefuseAsync(code);
        await page.ShouldBeSoundAsync();
    }

    private static ILocator Rows(IPage page, string table) =>
        page.GetByRole(AriaRole.Table, new() { Name = table, Exact = true }).Locator("tbody tr");
}
