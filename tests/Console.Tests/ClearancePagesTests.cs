using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>What is on file of people is seen, filed by somebody else and withdrawn; who administers without is listed.</summary>
[Collection(ConsoleTests.Name)]
public sealed class ClearancePagesTests(RunningConsole console)
{
    [Fact]
    [Trait("Requirement", "S116")]
    public async Task A_clearance_is_filed_by_keyboard_renewed_and_withdrawn_with_a_reason()
    {
        await PersonAsync("cleared");
        IPage page = await console.OpenAsync("/people/cleared", "ada");
        await Expect(Row(page, "background check")).ToContainTextAsync("not on file");
        await Expect(Row(page, "privacy agreement")).ToContainTextAsync("not on file");
        await page.ShouldBeSoundAsync();

        await Row(page, "background check").GetByRole(AriaRole.Link).PressAsync("Enter");
        await page.ShouldBeAsync("Background check of cleared");
        await page.GetByLabel("Completed on").FillAsync("2026-03-01");
        await page.GetByLabel("Valid until the end of").FillAsync("2026-02-01");
        await page.GetByLabel("Where the paper lies").FocusAsync();
        await page.Keyboard.TypeAsync("HR-2026-123");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldRefuseAsync("clearance_malformed");
        await Expect(page.GetByLabel("Where the paper lies")).ToHaveValueAsync("HR-2026-123");
        await Expect(page.GetByLabel("Completed on")).ToHaveValueAsync("2026-03-01");
        await page.ShouldBeSoundAsync();

        await page.GetByLabel("Valid until the end of").FillAsync("2999-03-01");
        await page.GetByLabel("Where the paper lies").PressAsync("Enter");
        await page.ShouldTellAsync("The background check is on file.");
        await Expect(Row(page, "background check")).ToContainTextAsync("valid");
        await Expect(Row(page, "background check")).ToContainTextAsync("2999-03-01");
        await Expect(Row(page, "background check")).ToContainTextAsync("HR-2026-123");
        await Expect(Row(page, "background check")).ToContainTextAsync("by ada");
        await Expect(page.Locator("section[aria-labelledby=history]")).ToContainTextAsync("clearance put on file");
        await page.ShouldBeSoundAsync();

        // Whoever has an older page is told so; what they wrote stays.
        IPage other = await console.OpenAsync("/people/cleared/clearances/background_check", "ben", scripts: false);
        await Row(page, "background check").GetByRole(AriaRole.Link).PressAsync("Enter");
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("Why").FillAsync("The paper was forged");
        await page.PressAsync("Withdraw");
        await page.ShouldTellAsync("The background check is withdrawn.");
        await Expect(Row(page, "background check")).ToContainTextAsync("withdrawn");
        await Expect(page.Locator("section[aria-labelledby=history]")).ToContainTextAsync("The paper was forged");
        await other.GetByLabel("Completed on").FillAsync("2026-03-01");
        await other.GetByLabel("Where the paper lies").FillAsync("HR-1");
        await other.PressAsync("Put on file");
        await other.ShouldRefuseAsync("stale");
        await other.PressAsync("Put on file");
        await other.ShouldTellAsync("The background check is on file.");
        await Expect(Row(other, "background check")).ToContainTextAsync("no end");
    }

    [Fact]
    [Trait("Requirement", "S116")]
    public async Task Nobody_files_their_own_and_no_unknown_kind()
    {
        IPage page = await console.OpenAsync("/people/ada/clearances/privacy_agreement", "ada");
        await page.GetByLabel("Completed on").FillAsync("2026-03-01");
        await page.GetByLabel("Where the paper lies").FillAsync("My drawer");
        await page.PressAsync("Put on file");
        await page.ShouldRefuseAsync("self_clearance");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Ask a colleague who may do this.");
        await page.ShouldBeSoundAsync();

        (await page.GotoAsync("/people/ada/clearances/horoscope"))!.Status.ShouldBe(404);
        await page.ShouldRefuseAsync("page_unknown");
        (await page.GotoAsync("/people/nobody/clearances/privacy_agreement"))!.Status.ShouldBe(404);
        await page.ShouldRefuseAsync("person_unknown");
    }

    [Fact]
    [Trait("Requirement", "S116")]
    public async Task Who_administers_without_is_listed_with_what_they_lack()
    {
        await PersonAsync("chief");
        await PersonAsync("deputy");
        string provisioning = await console.Service.TokenAsync("provisioning");
        string group = (await console.Service.SendAsync(
            HttpMethod.Post, At("scim/v2/Groups"),
            new { displayName = "Chiefs", members = new[] { new { value = "chief" }, new { value = "deputy" } } }, provisioning))!
            ["id"]!.GetValue<string>();
        await console.Service.SendAsync(HttpMethod.Put, At($"groups/{group}/scopes"), new { scopes = new[] { "chiefs.only" } });
        DateTimeOffset now = DateTimeOffset.UtcNow;
        await FileAsync("deputy", "background_check", Day(now.AddDays(-9)), Day(now.AddDays(-1)));
        await FileAsync("deputy", "privacy_agreement", Day(now.AddDays(-9)), Day(now.AddDays(9)));

        IPage page = await console.OpenAsync("/", "ada");
        await page.FollowAsync("Clearances");

        await page.ShouldBeAsync("Clearances");
        await Expect(Row(page, "chief")).ToContainTextAsync("background check not on file");
        await Expect(Row(page, "chief")).ToContainTextAsync("privacy agreement not on file");
        await Expect(Row(page, "chief")).ToContainTextAsync("chiefs.only");
        await Expect(Row(page, "deputy")).ToContainTextAsync("background check expired");
        await Expect(Row(page, "deputy")).ToContainTextAsync($"ends soon after {Day(now.AddDays(9))}");
        await page.ShouldBeSoundAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "deputy", Exact = true }).PressAsync("Enter");
        await page.ShouldBeAsync("deputy");
        await Expect(Row(page, "background check")).ToContainTextAsync("expired");
    }

    [Fact]
    [Trait("Requirement", "S116")]
    public async Task Whoever_may_not_read_them_is_shown_none_and_told_so()
    {
        await using ConsoleBeside narrow = await console.BesideAsync(scopes: ["people.read", "sessions.own"]);
        IPage page = await console.OpenAsync(narrow.Address.AbsoluteUri);
        await page.SignInAsync(console.People["walter"]);
        foreach (string path in new[] { "/clearances", "/people/ben/clearances/background_check" })
        {
            (await page.GotoAsync(new Uri(narrow.Address, path).AbsoluteUri))!.Status.ShouldBe(403);
            await page.ShouldRefuseAsync("insufficient_scope");
        }

        await page.ShouldBeSoundAsync();
        await page.GotoAsync(new Uri(narrow.Address, "/people/ben").AbsoluteUri);
        await Expect(page.Locator("section[aria-labelledby=clearances]")).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("Requirement", "S13")]
    public async Task The_rules_by_which_sessions_end_stand_where_sessions_are_shown()
    {
        IPage page = await console.OpenAsync("/me", "ada");
        await page.FollowAsync("When sessions end");
        await page.ShouldBeAsync("When sessions end");

        ILocator rules = page.Locator("tbody tr");
        await Expect(rules).ToHaveCountAsync(2);
        await Expect(rules.Nth(0).GetByRole(AriaRole.Cell)).ToHaveTextAsync(["inside the hospital", "30 minutes", "12 hours"]);
        await Expect(rules.Nth(1).GetByRole(AriaRole.Cell)).ToHaveTextAsync(["outside the hospital", "15 minutes", "8 hours"]);
        await Expect(page.Locator("main")).ToContainTextAsync("127.0.0.0/8");
        await page.ShouldBeSoundAsync();
    }

    private static ILocator Row(IPage page, string header) => page.Locator("tbody > tr")
        .Filter(new() { Has = page.GetByRole(AriaRole.Rowheader, new() { Name = header, Exact = true }) });

    private static string Day(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private string At(string path) => new Uri(console.Service.IdentityFederation, path).AbsoluteUri;

    private Task PersonAsync(string id) => console.Service.SendAsync(
        HttpMethod.Post, At("people"), new { organisation = "hospital", id, profile = new { userName = id } });

    private Task FileAsync(string person, string kind, string completedOn, string validUntil) => console.Service.SendAsync(
        HttpMethod.Put, At($"people/{person}/clearances/{kind}"), new { completedOn, validUntil, reference = "HR-7" });
}
