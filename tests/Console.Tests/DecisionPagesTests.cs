using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

[Collection(ConsoleTests.Name)]
public sealed class DecisionPagesTests(RunningConsole console)
{
    [Fact]
    public async Task Decisions_are_found_page_by_page_and_one_is_explained()
    {
        for (int i = 0; i < 51; i++)
        {
            await Hospital.DecideAsync(console.Service, "dora", "study.view", Hospital.OtherStudy);
        }

        IPage page = await console.OpenAsync("/decisions", "ada");
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("Subject").FillAsync("dora");
        await page.GetByLabel("Outcome").SelectOptionAsync("denied");
        await page.GetByLabel("Reason").FillAsync("not_permitted");
        await page.Keyboard.PressAsync("Enter");
        ILocator rows = page.GetByRole(AriaRole.Table, new() { Name = "Decisions" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(50);
        await page.FollowAsync("Further decisions");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows.First).ToContainTextAsync(Hospital.OtherStudy);
        await page.ShouldBeSoundAsync();

        await rows.First.GetByRole(AriaRole.Link).ClickAsync();
        await page.ShouldBeAsync("Decision");
        string decision = new Uri(page.Url).AbsolutePath.Split('/')[^1];
        await Eventually.HoldsAsync(
            async () => (await console.Audit.GetAsync($"entries?decision={decision}"))["entries"]!.AsArray().Count > 0,
            "the decision is in the trail");
        await page.FollowAsync("The decision in the audit trail");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Entries of the trail" }).Locator("tbody tr")).ToHaveCountAsync(1);
        await page.GoBackAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("denied");
        await page.GetByText("What was asked, and in what context").ClickAsync();
        await page.ShouldBeSoundAsync();
        await page.PressAsync("Explain this decision");
        ILocator why = page.Locator("section[aria-labelledby=why]");
        await Expect(why).ToContainTextAsync("The nearest permits, and what they lack");
        await Expect(why).ToContainTextAsync("What would allow it");
        await Expect(why).ToContainTextAsync("The decision is the same");
        await why.Locator(".tree details").First.Locator("summary").ClickAsync();
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_search_that_cannot_be_is_told_beside_its_form_and_an_unknown_decision_is_not_found()
    {
        IPage page = await console.OpenAsync("/decisions?From=2026-02-01T00:00&To=2026-01-01T00:00", "ada");
        await page.ShouldRefuseAsync("invalid_request");
        (await page.GetByLabel("From (UTC)").InputValueAsync()).ShouldBe("2026-02-01T00:00");
        await page.ShouldBeSoundAsync();

        IResponse? answer = await page.GotoAsync("/decisions/11111111-1111-7111-8111-111111111111");
        answer!.Status.ShouldBe(404);
        await page.ShouldRefuseAsync("decision_unknown");
    }
}
