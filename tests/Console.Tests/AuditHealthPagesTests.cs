using System.Net;
using System.Text.RegularExpressions;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using static AccessGov.Console.Tests.RecordedDeeds;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Whether the trail is whole and where it goes; what is sealed in it; and consoles without it.</summary>
[Collection(ConsoleTests.Name)]
public sealed class AuditHealthPagesTests(RunningConsole console) : IAsyncLifetime
{
    [Fact]
    public async Task Health_tells_what_is_proven_what_stores_attested_and_what_senders_leave_out()
    {
        string session = Guid.NewGuid().ToString("n");
        await console.Audit.AppendAsync(Deed(session, "dora", DateTimeOffset.UtcNow));
        await Eventually.HoldsAsync(
            async () => (await console.Audit.GetAsync("entries?kind=store.attested"))["entries"]!.AsArray().Count > 0,
            "a store is attested");
        IPage page = await console.OpenAsync("/audit", "ada");
        await page.FollowAsync("Trail health");

        await page.ShouldBeAsync("Health of the audit trail");
        ILocator proven = Part(page, "checkpoint");
        await Expect(proven).ToContainTextAsync(new Regex(@"until \d{4}-\d\d-\d\d \d\d:\d\d UTC is provable"));
        await Expect(proven).ToContainTextAsync("hospital.test/audit");
        await proven.GetByText("The keys that sign").ClickAsync();
        foreach (string key in await console.Audit.KeysAsync())
        {
            await Expect(proven).ToContainTextAsync(key);
        }

        await Expect(Part(page, "stores")).ToContainTextAsync("Everything that services told fits what they told before.");
        await Expect(Part(page, "stores").Locator("tbody")).ToContainTextAsync("identity-federation");
        await Expect(Part(page, "completeness").Locator("tbody")).ToContainTextAsync("object");
        ILocator service = Part(page, "audit");
        await Expect(service.GetByRole(AriaRole.Rowheader, new() { Name = "The audit trail" })).ToBeVisibleAsync();
        await Expect(service.GetByRole(AriaRole.Rowheader, new() { Name = "What services tell" })).ToBeVisibleAsync();
        (await service.GetByRole(AriaRole.Table, new() { Name = "What was looked at" }).GetByRole(AriaRole.Rowheader).AllInnerTextsAsync())
            .ShouldAllBe(name => char.IsUpper(name[0]), "each check has a name for people");
        await page.ShouldBeSoundAsync();

        await page.GotoAsync("/service-health");
        await Expect(page.Locator("section[aria-labelledby=audit] .verdict")).ToContainTextAsync("works");
        await page.FollowAsync("Audit trail");
        await page.FollowAsync("Export destinations");
        await page.ShouldBeAsync("Export destinations");
        await Expect(page.Locator("main")).ToContainTextAsync("The trail is sent nowhere.");
        await page.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("\"overdue\":\"whole\"", "nobody has looked at the whole trail", "Change nothing")]
    [InlineData("", "what was found before still holds", "Nothing is found to be wrong")]
    [InlineData("\"found\":\"entry_changed\",\"firstBad\":7", "Change nothing, tell security", "see whether Audit")]
    public async Task A_trail_whose_stores_differ_and_whose_checks_are_new_says_so_in_words(string verified, string advice, string other)
    {
        await using WebApplication odd = await OddService.AnswerAsync(path => path switch
        {
            "/health/ready" => (503, """
                {"status":"unhealthy","checks":{"trail":{"status":"unhealthy","description":"It differs.","data":{"size":7,
                "waitingBatches":3,"oldestWaitingSeconds":61.5,"provableUntil":"2026-01-02T03:04:05Z"}},
                "witnesses":{"status":"degraded","data":{"cosignedSize":5}},
                "trail-verification":{"status":"degraded","data":{OVERDUE}}}}
                """.Replace("OVERDUE", verified, StringComparison.Ordinal)),
            "/trail/checkpoint" => (200, "hospital.test/audit\n7\nAAAA\n\n— hospital.test/audit abc\n— witness.test def\n"),
            "/trail/keys" => (200, """{"keys":["k"]}"""),
            "/entries?kind=store.differs&limit=20" => (200, """
                {"searchable":7,"entries":[{"sequence":4,"at":"2026-01-01T00:00:00Z","receivedAt":"2026-01-01T00:00:00Z","service":"audit",
                "kind":"store.differs","action":"security_alert","outcome":"failure","reason":"recount_differs",
                "resource":"Store::policy-decision/events/12"}]}
                """),
            "/entries?kind=store.attested&limit=20" => (200, """{"searchable":7,"entries":[]}"""),
            _ => (404, ""),
        });
        IPage page = await SignedInAsync(odd);

        await page.GotoAsync("/audit/health");

        ILocator proven = Part(page, "checkpoint");
        await Expect(proven).ToContainTextAsync(
            "7 entries under the newest checkpoint. Everything that was taken in until 2026-01-02 03:04 UTC");
        await Expect(proven).ToContainTextAsync("witness.test");
        await Expect(proven).ToContainTextAsync("3 batches of events, the oldest for 61.5 s");
        await Expect(Part(page, "stores").Locator(".message")).ToContainTextAsync("not what it told");
        await Expect(Part(page, "stores").Locator("tbody")).ToContainTextAsync("Something was removed or changed after it was told.");
        await Expect(Part(page, "stores")).ToContainTextAsync("No store has been attested yet");
        await Expect(Part(page, "completeness")).ToContainTextAsync("status_404");
        await Expect(Part(page, "audit")).ToContainTextAsync("Witnesses of the trail");
        await Expect(Part(page, "audit")).ToContainTextAsync("cosigned size");
        ILocator verification = Part(page, "audit").Locator("tr", new() { HasText = "Verification of the trail" });
        await Expect(verification.Locator(".next")).ToContainTextAsync(advice);
        await Expect(verification.Locator(".next")).Not.ToContainTextAsync(other);
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_is_sealed_is_shown_to_whoever_says_why_and_a_refusal_is_told_as_it_is()
    {
        string? refused = null;
        string? asked = null;
        await using WebApplication odd = await OddService.AnswerAsync(path => path switch
        {
            "/trail/entries/7" => (200, """
                {"action":"view","kind":"x","outcome":"success","sealed":[{"kid":"a"},{"kid":"b"},{"kid":"c"}],"seq":7}
                """),
            "/trail/entries/7/proof" => (200, "c2sp.org/tlog-proof@v1\n"),
            "/entries/7/unseal" when refused == "approval_required" => (409,
                """{"type":"urn:accessgov:audit:approval_required","detail":"It is in the archive."}"""),
            "/entries/7/unseal" when refused == "" => (404, ""),
            "/unseal-requests" => (201, """
                {"id":"0190b0a0-0000-7000-8000-000000000000","state":"requested","requestedBy":"ada","requestedAt":"2026-01-01T00:00:00Z",
                "sequences":[7],"reason":"A complaint"}
                """),
            "/unseal-requests?limit=50" or "/unseal-requests/mine?limit=50" => (200, """{"requests":[]}"""),
            "/entries/7/unseal" => (200, """
                {"sequence":7,"fields":[{"keyId":"a","about":"patient","content":{"patient":"P-9","patient_name":"Moritz","diff":{"a":1}}},
                {"keyId":"b","about":"person","shredded":true},{"keyId":"c","damaged":true}]}
                """),
            _ => (404, ""),
        }, body => asked = body);
        IPage page = await SignedInAsync(odd);
        ILocator part = Part(page, "sealed");
        foreach ((string how, string code) in new[] { ("", "status_404"), ("approval_required", "approval_required") })
        {
            refused = how;
            await page.GotoAsync("/audit/entries/7");
            await page.GetByLabel("Why you open it").FillAsync("A complaint");
            await page.Keyboard.PressAsync("Enter");
            await page.ShouldRefuseAsync(code);
            (await page.GetByLabel("Why you open it").InputValueAsync()).ShouldBe("A complaint");
            await page.ShouldBeSoundAsync();
        }

        await page.PressAsync("Ask a colleague to approve it");
        await page.ShouldTellAsync("A colleague who may approve it finds your request");
        asked.ShouldBe("""{"sequences":[7],"reason":"A complaint"}""");
        await page.ShouldBeAsync("Unseal requests");
        await page.GotoAsync("/audit/entries/7");
        await page.GetByLabel("Why you open it").FillAsync("A complaint");
        refused = null;
        await page.PressAsync("Open what is sealed");
        await Expect(part).ToContainTextAsync("Moritz");
        await Expect(part).ToContainTextAsync("patient name");
        await Expect(part).ToContainTextAsync("Its key was destroyed");
        await Expect(part).ToContainTextAsync("It is not what was sealed.");
        asked.ShouldBe("""{"reason":"A complaint"}""");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task While_audit_is_away_its_pages_say_so_and_without_it_there_are_none()
    {
        IPage page = await SignedInAsync(new Uri("http://127.0.0.1:1/"));
        IResponse? away = await page.GotoAsync("/audit");
        away!.Status.ShouldBe((int)HttpStatusCode.ServiceUnavailable);
        await page.ShouldRefuseAsync("audit_unreachable");
        await page.GotoAsync("/audit/health");
        await Expect(Part(page, "audit")).ToContainTextAsync("Code: audit_unreachable");
        await page.ShouldBeSoundAsync();

        await using ConsoleBeside without = await console.BesideAsync();
        IPage other = await console.OpenAsync(without.Address.AbsoluteUri);
        await other.SignInAsync(console.People["ada"]);
        await Expect(other.GetByRole(AriaRole.Link, new() { Name = "Audit trail" })).ToHaveCountAsync(0);
        foreach (string path in new[] { "/audit", "/audit/entries/1", "/audit/health", "/audit/people/ada", "/audit/shreddings" })
        {
            (await other.GotoAsync(new Uri(without.Address, path).AbsoluteUri))!.Status.ShouldBe(404, path);
            await other.ShouldRefuseAsync("page_unknown");
        }

        await other.GotoAsync(new Uri(without.Address, "/service-health").AbsoluteUri);
        await Expect(other.Locator("section[aria-labelledby=policy_decision]")).ToBeVisibleAsync();
        await Expect(other.Locator("section[aria-labelledby=audit]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Whoever_may_not_read_the_trail_is_not_led_there_and_refused()
    {
        await using ConsoleBeside narrow = await console.BesideAsync(audit: console.Audit.Address, scopes: ["people.read", "sessions.own"]);
        IPage page = await console.OpenAsync(narrow.Address.AbsoluteUri);
        await page.SignInAsync(console.People["walter"]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Audit trail" })).ToHaveCountAsync(0);

        foreach (string path in new[] { "/audit", "/audit/entries/0", "/audit/patients/P-1", "/audit/health", "/audit/destinations" })
        {
            (await page.GotoAsync(new Uri(narrow.Address, path).AbsoluteUri))!.Status.ShouldBe(403, path);
            await page.ShouldRefuseAsync("insufficient_scope");
        }
    }

    private readonly List<ConsoleBeside> beside = [];

    public async Task DisposeAsync()
    {
        foreach (ConsoleBeside one in beside)
        {
            await one.DisposeAsync();
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    private static ILocator Part(IPage page, string name) => page.Locator($"section[aria-labelledby={name}]");

    private Task<IPage> SignedInAsync(WebApplication audit) => SignedInAsync(new Uri(audit.Urls.Single()));

    /// <summary>A page of a console that asks this one about the trail; its addresses may be given without it.</summary>
    private async Task<IPage> SignedInAsync(Uri audit)
    {
        ConsoleBeside own = await console.BesideAsync(audit: audit);
        beside.Add(own);
        IPage page = await console.OpenAsync("/", own.Address);
        await page.SignInAsync(console.People["ada"]);
        return page;
    }
}
