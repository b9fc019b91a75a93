using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.Testing;
using Microsoft.Playwright;
using static AccessGov.Console.Tests.RecordedDeeds;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>What is sealed in the trail: opened with somebody else's approval, held, shredded by three, and protected by epochs.</summary>
[Collection(ConsoleTests.Name)]
public sealed class AuditRetentionPagesTests(RunningConsole console)
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 22, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Old_entries_are_asked_for_and_somebody_else_approves()
    {
        long sequence = await AddAsync($"P-{Guid.NewGuid():n}");
        string reason = $"Complaint {Guid.NewGuid():n}";
        IPage hugo = await console.OpenStronglyAsync("/audit", "hugo");
        await hugo.FollowAsync("Unseal requests");
        await hugo.ShouldBeAsync("Unseal requests");
        await hugo.GetByLabel("Numbers of entries").FillAsync("x");
        await hugo.GetByLabel("Why they are to be opened").FillAsync(reason);
        await hugo.PressAsync("Ask for approval");
        await hugo.ShouldRefuseAsync("entry_unknown");
        (await hugo.GetByLabel("Why they are to be opened").InputValueAsync()).ShouldBe(reason, "what was written is kept");
        await hugo.GetByLabel("Numbers of entries").FillAsync($"{sequence}, 0");
        await hugo.Keyboard.PressAsync("Enter");
        await hugo.ShouldTellAsync("finds your request");
        ILocator mine = hugo.Locator("section[aria-labelledby=mine] article").Filter(new() { HasText = reason });
        await Expect(mine).ToContainTextAsync("You ask for 2 entries");
        await Expect(mine).ToContainTextAsync("waits for somebody else to decide");
        await Expect(mine).ToContainTextAsync(new Regex(@"until \d{4}-\d\d-\d\d \d\d:\d\d UTC"));
        ILocator own = hugo.Locator("section[aria-labelledby=others] article").Filter(new() { HasText = reason });
        await Expect(own).ToHaveCountAsync(0);
        await Expect(mine.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await hugo.ShouldBeSoundAsync();

        IPage gwen = await console.OpenStronglyAsync("/audit/unseal-requests", "gwen");
        ILocator theirs = gwen.Locator("section[aria-labelledby=others] article").Filter(new() { HasText = reason });
        await Expect(theirs).ToContainTextAsync("hugo asks for 2 entries");
        await theirs.GetByRole(AriaRole.Button, new() { Name = "Approve the request of hugo" }).PressAsync("Enter");
        await gwen.ShouldTellAsync("may open these entries for 24 hours");
        await Expect(theirs).ToContainTextAsync("approved");
        await Expect(theirs.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await hugo.ReloadAsync();
        await Expect(mine).ToContainTextAsync("hugo may open them until");
        await ToldAsync("unseal.approved", "gwen");
    }

    [Fact]
    public async Task A_hold_keeps_a_patients_keys_from_being_shredded_until_it_is_lifted()
    {
        string patient = $"P-{Guid.NewGuid():n}", reason = $"Case {Guid.NewGuid():n}";
        await AddAsync(patient);
        IPage page = await console.OpenStronglyAsync("/audit/legal-holds", "gwen");
        await page.GetByLabel("Patient's id").FillAsync(patient);
        await page.GetByLabel("First year").FillAsync("next");
        await page.GetByLabel("Why it is placed").FillAsync(reason);
        await page.PressAsync("Place the hold");
        await page.ShouldRefuseAsync("year_malformed");
        await page.GetByLabel("First year").FillAsync("2020");
        await page.GetByLabel("Last year").FillAsync("2020");
        await page.GetByLabel("or person's id").FillAsync("dora");
        await page.PressAsync("Place the hold");
        await page.ShouldRefuseAsync("hold_malformed");
        await page.GetByLabel("or person's id").FillAsync("");
        await page.GetByLabel("Last year").FillAsync("");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldTellAsync("nothing that it covers is shredded");
        ILocator hold = page.GetByRole(AriaRole.Article).Filter(new() { HasText = reason });
        await Expect(hold).ToContainTextAsync("About a patient");
        await Expect(hold).ToContainTextAsync("from the beginning of 2020, without an end");
        (await page.ContentAsync()).ShouldNotContain(patient);
        await page.ShouldBeSoundAsync();

        await page.FollowAsync("Shreddings");
        await ProposeAsync(page, patient);
        await page.ShouldRefuseAsync("legal_hold");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("Retention");
        await page.ShouldBeAsync("Retention schedule");
        ILocator years = page.GetByRole(AriaRole.Table, new() { Name = "Keys of access by year" }).Locator("tbody tr").First;
        await Expect(years.Locator("[data-name=Held]")).Not.ToHaveTextAsync("0");
        await Expect(years.Locator("[data-name=Expires]")).ToContainTextAsync("UTC");
        await Expect(page.Locator("main")).ToContainTextAsync("45 CFR 164.316(b)(2)(i)");
        await page.ShouldBeSoundAsync();

        await page.FollowAsync("Legal holds");
        await hold.GetByLabel("Why it is lifted").FillAsync("The case is closed");
        await hold.GetByRole(AriaRole.Button, new() { Name = "Lift the hold" }).PressAsync("Enter");
        await page.ShouldTellAsync("The hold is lifted");
        await Expect(hold).ToHaveCountAsync(0);
        await ToldAsync("hold.lifted", "gwen");
    }

    [Fact]
    public async Task Keys_are_shredded_when_two_others_approve_and_the_certificate_is_verified()
    {
        string patient = $"P-{Guid.NewGuid():n}";
        long sequence = await AddAsync(patient);
        IPage hugo = await console.OpenStronglyAsync("/audit/shreddings", "hugo");
        await ProposeAsync(hugo, patient);
        await hugo.ShouldTellAsync("It is proposed");
        await hugo.ShouldBeAsync("Shredding of a patient's keys");
        await Expect(hugo.Locator(".verdict")).ToContainTextAsync("waits for two approvals");
        await Expect(hugo.Locator("section[aria-labelledby=decide]")).ToContainTextAsync("You proposed it: two others approve it.");
        await Expect(hugo.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToHaveCountAsync(0);
        await hugo.ShouldBeSoundAsync();
        string here = new Uri(hugo.Url).AbsolutePath;

        IPage gwen = await console.OpenStronglyAsync(here, "gwen");
        ILocator facts = gwen.Locator("dl.facts");
        await Expect(facts).ToContainTextAsync("Art. 5(1)(e) GDPR");
        await Expect(facts).ToContainTextAsync("A phantom");
        await Expect(facts).ToContainTextAsync("1, 1 of them in their legal period");
        (await gwen.ContentAsync()).ShouldNotContain(patient);
        await gwen.FollowAsync("the patient's entries");
        await Expect(gwen.Locator($"a[href='/audit/entries/{sequence}']").First).ToBeVisibleAsync();
        await gwen.ShouldBeSoundAsync();
        await gwen.GotoAsync(here);
        await gwen.PressAsync("Approve");
        await gwen.ShouldTellAsync("You have approved it.");
        await Expect(gwen.Locator("section[aria-labelledby=decide]")).ToContainTextAsync("somebody else is the second");
        IPage ines = await console.OpenStronglyAsync(here, "ines");
        await ines.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).PressAsync("Enter");
        await ines.ShouldBeAsync("Destroy these keys for good?");
        await ines.ShouldBeSoundAsync();
        await ines.FollowAsync("No, go back");
        await Expect(ines.Locator(".verdict")).ToContainTextAsync("waits for the second approval");
        await ines.PressAsync("Approve");
        await ines.PressAsync("Yes, destroy them");
        await ines.ShouldTellAsync("You have approved it.");

        await Eventually.HoldsAsync(async () =>
        {
            await ines.ReloadAsync();
            return (await ines.Locator(".verdict").TextContentAsync())!.Contains("done", StringComparison.Ordinal);
        }, "the shredding is done");
        await Expect(ines.Locator("dl.facts")).ToContainTextAsync("by gwen and ines");
        await ines.ShouldBeSoundAsync();
        await console.Audit.VerifyAsync(await (await ines.DownloadAsync("Certificate (NDJSON)")).PathAsync(), 0);
        string keys = await File.ReadAllTextAsync(await (await ines.DownloadAsync("List of keys")).PathAsync());
        await Expect(ines.Locator("dl.facts")).ToContainTextAsync(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(keys))));
        await hugo.GotoAsync($"/audit/entries/{sequence}");
        await hugo.GetByLabel("Why you open it").FillAsync("Is it gone?");
        await hugo.PressAsync("Open what is sealed");
        await Expect(hugo.Locator("section[aria-labelledby=sealed]")).ToContainTextAsync("Its key was destroyed");
        await hugo.GotoAsync("/audit/shreddings");
        await Expect(hugo.GetByRole(AriaRole.Table).Locator("tbody tr").First).ToContainTextAsync("test data, about nobody");
        await hugo.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_shredding_is_denied_and_what_cannot_be_proposed_is_told()
    {
        string patient = $"P-{Guid.NewGuid():n}";
        await AddAsync(patient);
        IPage page = await console.OpenStronglyAsync("/audit/shreddings", "gwen");
        await ProposeAsync(page, "nobody-at-all");
        await page.ShouldRefuseAsync("nothing_to_shred");
        await ProposeAsync(page, patient, "erasure_request", "");
        await page.ShouldRefuseAsync("retention_running");
        await ProposeAsync(page, patient, exception: "");
        await page.ShouldRefuseAsync("retention_running");
        await page.GetByLabel("Year", new() { Exact = true }).FillAsync("last");
        await page.GetByLabel("The law that allows it now").FillAsync("The law");
        await page.PressAsync("Propose for the year");
        await page.ShouldRefuseAsync("shredding_malformed");
        await ProposeAsync(page, patient);
        await page.GetByLabel("Why it is denied").FillAsync("It is no test data");
        await page.PressAsync("Deny");
        await page.ShouldTellAsync("It is denied");
        await Expect(page.Locator(".verdict")).ToContainTextAsync("denied");
        string here = new Uri(page.Url).AbsolutePath;
        await page.GotoAsync($"{here}?handler=Certificate");
        await page.ShouldRefuseAsync("certificate_unknown");
        (await page.GotoAsync($"/audit/shreddings/{Guid.NewGuid()}"))!.Status.ShouldBe(404);
        await page.ShouldRefuseAsync("shredding_unknown");
    }

    [Fact]
    public async Task Epochs_are_listed_and_one_is_begun()
    {
        IPage page = await console.OpenStronglyAsync("/audit", "ines");
        await page.FollowAsync("Key epochs");
        await Expect(page.GetByRole(AriaRole.Table).Locator("tbody tr").Last).ToContainTextAsync("1");
        int before = await page.GetByRole(AriaRole.Table).Locator("tbody tr").CountAsync();
        await page.GetByLabel("Why you begin it").FillAsync("A disk went missing");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldTellAsync("A new epoch has begun");
        ILocator rows = page.GetByRole(AriaRole.Table).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(before + 1);
        await Expect(rows.First).ToContainTextAsync("in use");
        await Expect(rows.Nth(1)).ToContainTextAsync("over, still there");
        await page.ShouldBeSoundAsync();
        await ToldAsync("key_epoch.begun", "ines");
    }

    [Fact]
    public async Task Whoever_may_only_read_sees_no_form_and_is_not_led_to_what_is_not_theirs()
    {
        await using ConsoleBeside narrow = await console.BesideAsync(audit: console.Audit.Address, scopes: ["audit.read", "sessions.own"]);
        IPage page = await console.OpenAsync(narrow.Address.AbsoluteUri);
        await page.SignInAsync(console.People["walter"]);
        foreach (string path in new[] { "/audit/retention", "/audit/legal-holds", "/audit/shreddings", "/audit/prunings" })
        {
            (await page.GotoAsync(new Uri(narrow.Address, path).AbsoluteUri))!.Status.ShouldBe(200, path);
            await Expect(page.Locator("main").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Key epochs" })).ToHaveCountAsync(0);
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Unseal requests" })).ToHaveCountAsync(0);
        }

        foreach (string path in new[] { "/audit/unseal-requests", "/audit/key-epochs" })
        {
            (await page.GotoAsync(new Uri(narrow.Address, path).AbsoluteUri))!.Status.ShouldBe(403, path);
            await page.ShouldRefuseAsync("insufficient_scope");
        }
    }

    private static async Task ProposeAsync(IPage page, string patient, string ground = "test_data", string exception = "A phantom")
    {
        await page.GetByLabel("Patient's id").FillAsync(patient);
        await page.GetByLabel("Why", new() { Exact = true }).SelectOptionAsync(ground);
        await page.GetByLabel("The law that allows it", new() { Exact = true }).FillAsync("Art. 5(1)(e) GDPR");
        await page.GetByLabel("What makes it right before the time is over").FillAsync(exception);
        await page.PressAsync("Propose for the patient");
    }

    /// <summary>Something is sealed about the patient; answers the entry's number.</summary>
    private async Task<long> AddAsync(string patient)
    {
        string session = Guid.NewGuid().ToString("n");
        await console.Audit.AppendAsync(Deed(session, "dora", At).With(("patient", patient)));
        return (await console.Audit.GetAsync($"entries?session={session}"))["entries"]![0]!["sequence"]!.GetValue<long>();
    }

    private Task ToldAsync(string kind, string person) => Eventually.HoldsAsync(
        async () => (await console.Audit.GetAsync($"entries?kind={kind}&person={person}"))["entries"]!.AsArray().Count > 0,
        $"that it was {person} is in the trail");
}
