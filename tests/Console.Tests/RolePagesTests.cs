using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

[Collection(ConsoleTests.Name)]
public sealed class RolePagesTests(RunningConsole console)
{
    [Fact]
    public async Task A_role_is_defined_changed_and_retired()
    {
        IPage page = await console.OpenAsync("/roles", "ada");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("Define a role");
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("Name").FillAsync("Night Reader");
        await page.GetByLabel("What it is for").FillAsync("Reads at night.");
        await page.GetByLabel("Actions that it permits by itself").FillAsync("study.view\nstudy.search");
        await page.PressAsync("Save");
        await page.ShouldRefuseAsync("role_malformed");
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("Name").FillAsync("night-reader");
        await page.PressAsync("Save");
        await page.ShouldTellAsync("The role night-reader is defined.");

        ILocator row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "night-reader" });
        await Expect(row).ToContainTextAsync("study.search, study.view");
        await page.FollowAsync("night-reader");
        await page.GetByLabel("For at most so many hours", new() { Exact = true }).FillAsync("6");
        await page.GetByLabel("Decided by somebody with the role").FillAsync("radiologist");
        await page.PressAsync("Save");
        await Expect(row).ToContainTextAsync("at most 6 hours, decided by radiologist");

        await page.FollowAsync("night-reader");
        await page.GetByLabel("For at most so many hours, 12 at the longest").FillAsync("4");
        await page.GetByLabel("Taken by whoever holds one of the roles").FillAsync("radiologist\nbilling-staff");
        await page.PressAsync("Save");
        await page.ShouldTellAsync("The role night-reader is defined.");
        await page.FollowAsync("night-reader");
        await page.GetByLabel("What it is for").FillAsync("Reads by night.");
        await page.PressAsync("Save");
        await Expect(row).ToContainTextAsync("Reads by night.");
        await page.FollowAsync("night-reader");
        await Expect(page.GetByLabel("For at most so many hours, 12 at the longest")).ToHaveValueAsync("4");
        await Expect(page.GetByLabel("Taken by whoever holds one of the roles")).ToHaveValueAsync("billing-staff\nradiologist");
        await page.ShouldBeSoundAsync();
        await page.PressAsync("Retire night-reader for good");
        await page.ShouldTellAsync("The role night-reader is retired.");
        await Expect(row).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_form_for_a_new_role_changes_none_that_is_there()
    {
        IPage page = await console.OpenAsync("/roles/define", "ada");
        await page.GetByLabel("Name").FillAsync("radiologist");
        await page.GetByLabel("What it is for").FillAsync("Something else.");

        await page.PressAsync("Save");

        await page.ShouldRefuseAsync("stale");
    }

    [Fact]
    public async Task The_matrix_is_a_picture_with_unused_rights_hatched()
    {
        (await Hospital.DecideAsync(console.Service, "ada", "study.view", Hospital.OpenStudy))["decision"]!.GetValue<bool>().ShouldBeTrue();
        await HistoryCaughtUpAsync();
        await Eventually.HoldsAsync(
            async () => !(await console.Service.SendAsync(HttpMethod.Get, "permission-matrix/unused"))!.ToJsonString()
                .Contains("\"role\":\"radiologist\",\"action\":\"study.view\"", StringComparison.Ordinal),
            "the journal's index has the permit");

        IPage page = await console.OpenAsync("/permission-matrix", "ada");

        ILocator matrix = page.GetByRole(AriaRole.Table, new() { Name = "What each role gives" });
        var unused = new System.Text.RegularExpressions.Regex("unused");
        await Expect(matrix.Locator("td[title^='radiologist, study.view:']")).Not.ToHaveClassAsync(unused);
        await Expect(matrix.Locator("td[title^='radiologist, study.delete:']")).ToHaveClassAsync(unused);
        await Expect(matrix.Locator("td[title^='radiologist, study.delete:']")).ToContainTextAsync("used by nobody in 90 days");
        await Expect(page.Locator(".lead")).ToContainTextAsync("used by nobody in 90 days");
        await page.ShouldBeSoundAsync();

        await page.GetByLabel("Unused for so many days").EvaluateAsync("input => input.removeAttribute('max')");
        await page.GetByLabel("Unused for so many days").FillAsync("99999");
        await page.PressAsync("Show");
        await page.ShouldRefuseAsync("window_malformed");
        await Expect(page.Locator(".lead")).ToContainTextAsync("what was used of them cannot be told now");
    }

    [Fact]
    public async Task The_difference_to_an_earlier_instant_is_read_and_one_before_the_beginning_refused()
    {
        DateTime before = DateTime.UtcNow;
        await console.Service.SendAsync(
            HttpMethod.Put, "roles/day-reader", new { description = "Reads by day.", permissions = new[] { "study.view" } });
        await HistoryCaughtUpAsync();
        IPage page = await console.OpenAsync("/permission-matrix", "ada");
        await page.FollowAsync("Difference to an earlier date");
        await Expect(page.Locator("section[aria-labelledby=rights]")).ToContainTextAsync("day-reader");
        await page.ShouldBeSoundAsync();
        await page.GotoAsync("/permission-matrix/difference?From=2001-01-01T00:00");
        await page.ShouldRefuseAsync("instant_before_beginning");
        await page.ShouldBeSoundAsync();

        await page.GotoAsync($"/permission-matrix/difference?From={before:yyyy-MM-ddTHH:mm:ss.fffffff}Z");

        ILocator rights = page.Locator("section[aria-labelledby=rights]");
        await Expect(rights).ToContainTextAsync("day-reader");
        await Expect(rights).ToContainTextAsync("permitted under conditions");
        (await rights.Locator("tbody tr").EvaluateAllAsync<bool>(
            "rows => rows.length > 0 && rows.every(row => row.cells[2].textContent !== row.cells[3].textContent)"))
            .ShouldBeTrue("each row tells a change");
        await page.ShouldBeSoundAsync();
    }

    /// <summary>The past is told from a read model, which lags by moments.</summary>
    private Task HistoryCaughtUpAsync() => Eventually.HoldsAsync(async () =>
    {
        using HttpResponseMessage answer = await console.Service.GetAsync("permission-matrix");
        return answer.IsSuccessStatusCode;
    }, "the history has caught up");
}
