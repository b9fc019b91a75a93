using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

[Collection(ConsoleTests.Name)]
public sealed class AnalyticsPagesTests(RunningConsole console)
{
    [Fact]
    public async Task Accesses_are_counted_drawn_and_ranked_and_a_row_leads_to_its_decisions()
    {
        // Nobody whom another test asks about.
        await console.Service.SendAsync(HttpMethod.Post, "grants", new { subjectId = "vera", role = "radiologist", scope = new { kind = "everywhere" }, reason = "Works here." });
        for (int i = 0; i < 3; i++)
        {
            await Hospital.DecideAsync(console.Service, "vera", "study.view", i == 0 ? Hospital.OpenStudy : Hospital.OtherStudy);
            await Hospital.DecideAsync(console.Service, "nora", "study.view", Hospital.OpenStudy);
        }

        IPage page = await console.OpenAsync("/", "ada");
        await page.FollowAsync("Access analytics");
        await page.ShouldBeAsync("Access analytics");
        await page.ShouldBeSoundAsync();
        ILocator rows = page.GetByRole(AriaRole.Table, new() { Name = "Accesses by person or machine" }).Locator("tbody tr");
        await Expect(rows.Filter(new() { HasText = "nora" }).Locator("td").Nth(1)).ToHaveTextAsync("3");
        await Expect(rows.Filter(new() { HasText = "vera" }).Locator("td").First).ToHaveTextAsync("3");
        await Expect(page.GetByRole(AriaRole.Img)).ToHaveAccessibleNameAsync(new Regex("^Accesses by hour, at most [0-9]+; the numbers follow as a table.$"));
        await Expect(page.Locator("svg .permits")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("svg .denials")).Not.ToHaveCountAsync(0);

        // By keyboard alone, with a range of hours, a zone, and one person.
        await page.GetByLabel("From (UTC)").FillAsync($"{DateTime.UtcNow.AddHours(-30):yyyy-MM-ddTHH:mm}");
        await page.GetByLabel("Zone of the clocks").FillAsync("Asia/Kathmandu");
        await page.GetByLabel("Ranked by").SelectOptionAsync("study");
        await page.GetByLabel("Person or machine", new() { Exact = true }).FillAsync("vera");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".lead")).ToContainTextAsync("3 accesses");
        await Expect(page.Locator(".lead")).ToContainTextAsync("3 permitted, 0 denied, to 2 studies");
        await Expect(page.Locator("section[aria-labelledby=over-time]")).ToContainTextAsync("UTC+05:45");
        await Expect(page.Locator("section[aria-labelledby=week]")).ToContainTextAsync("(Asia/Kathmandu)");
        await page.GetByText("The numbers of the chart").ClickAsync();
        await page.ShouldBeSoundAsync();
        ILocator studies = page.GetByRole(AriaRole.Table, new() { Name = "Accesses by study" }).Locator("tbody tr");
        await Expect(studies.First).ToContainTextAsync(Hospital.OtherStudy);
        await Expect(studies.First.Locator("td").First).ToHaveTextAsync("2");

        await studies.First.GetByRole(AriaRole.Link).PressAsync("Enter");

        await page.ShouldBeAsync("Decisions");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Decisions" }).Locator("tbody tr")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task More_rows_than_a_page_takes_are_on_further_ones_without_scripts()
    {
        for (int i = 0; i < 51; i++)
        {
            await Hospital.DecideAsync(console.Service, $"visitor-{i:00}", "study.print", Hospital.OpenStudy);
        }

        IPage page = await console.OpenAsync("/analytics?Action=study.print", "ada", scripts: false);
        ILocator rows = page.GetByRole(AriaRole.Table, new() { Name = "Accesses by person or machine" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(50);

        await page.FollowAsync("Further rows");

        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("visitor-50");
    }

    [Theory]
    [InlineData("From=2026-02-01T00:00&To=2026-01-01T00:00", "range_malformed")]
    [InlineData("From=2024-01-01T00:00&To=2025-06-01T00:00", "range_malformed")]
    [InlineData("Zone=Middle/Earth", "zone_unknown")]
    [InlineData("By=role", "invalid_request")]
    [InlineData("After=nonsense", "paging_malformed")]
    public async Task What_cannot_be_counted_is_told_beside_the_form(string query, string code)
    {
        IPage page = await console.OpenAsync($"/analytics?{query}", "ada");

        await page.ShouldRefuseAsync(code);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Count" })).ToBeVisibleAsync();
        await Expect(page.Locator("svg")).ToHaveCountAsync(0);
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Where_nothing_fits_the_page_says_so()
    {
        IPage page = await console.OpenAsync("/analytics?Patient=nobody", "ada");

        await Expect(page.Locator("main")).ToContainTextAsync("Nothing was accessed that fits.");
        await page.ShouldBeSoundAsync();
    }
}
