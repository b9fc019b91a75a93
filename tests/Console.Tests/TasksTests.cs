using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>What waits for somebody stands on their overview as long as it waits.</summary>
[Collection(ConsoleTests.Name)]
public sealed class TasksTests(RunningConsole console)
{
    private const string Requests = "access requests? waits? for you to decide";
    private const string Approvals = "policy drafts? waits? for your approval";
    private const string Publications = "policy drafts? of yours (is|are) approved and can be published";

    [Fact]
    public async Task A_request_waits_for_whoever_may_decide_it_until_it_is_decided()
    {
        IPage ada = await console.OpenAsync("/", "ada");
        int before = await NumberAsync(ada, Requests);
        JsonNode denial = await Hospital.DecideAsync(console.Service, "olga", "study.view", Hospital.OtherStudy);
        IPage olga = await console.OpenAsync(denial["context"]!["access_request"]!["form_url"]!.GetValue<string>(), "olga");
        await olga.GetByLabel("Why you need it").FillAsync("A second opinion");
        await olga.PressAsync("Send the request");
        await olga.ShouldBeAsync("Your request is sent");
        await UntilAsync(ada, Requests, before + 1);
        await Expect(ada.Locator(".tasks")).ToContainTextAsync("since 20");
        await ada.ShouldBeSoundAsync();
        (await NumberAsync(olga, Requests)).ShouldBe(0, "nobody decides what they asked for, nor without the role");

        await ada.GetByRole(AriaRole.Link, new() { NameRegex = new(Requests) }).PressAsync("Enter");
        await ada.ShouldBeAsync("Access requests");
        ILocator request = ada.GetByRole(AriaRole.Article, new() { Name = "olga asks for guest-reader" });
        await request.GetByLabel("Comment").FillAsync("No relation to the patient");
        await request.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
        await ada.ShouldTellAsync("The request is denied.");
        await UntilAsync(ada, Requests, before);
    }

    [Fact]
    public async Task A_draft_waits_for_a_second_person_and_then_for_its_writer()
    {
        IPage olga = await console.OpenAsync("/policies/sets/hospital", "olga");
        IPage ben = await console.OpenAsync("/", "ben");
        int before = await NumberAsync(ben, Approvals);
        await olga.GotoAsync("/policies/sets/hospital");
        await olga.GetByLabel("What the draft is for").FillAsync("A task for two");
        await olga.PressAsync("Write a draft");
        await olga.ShouldBeAsync("Draft: A task for two");
        string draft = olga.Url;
        await olga.PressAsync("Check and run the test cases");
        await olga.ShouldTellAsync("The text is checked.");
        (await NumberAsync(ben, Approvals)).ShouldBe(before, "without its impact nobody can approve it");
        await olga.GotoAsync($"{draft}/impact");
        await olga.PressAsync("Start");
        await Expect(olga.GetByRole(AriaRole.Heading, new() { Name = "Report" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await UntilAsync(ben, Approvals, before + 1);
        int own = await NumberAsync(olga, Approvals);
        own.ShouldBe(before, "nobody approves what they wrote");

        await ben.GotoAsync(draft);
        await ben.PressAsync("Approve this text");
        await ben.ShouldTellAsync("You have approved this text.");
        await UntilAsync(ben, Approvals, before);
        await UntilAsync(olga, Publications, 1);
        await olga.ShouldBeSoundAsync();

        await olga.GetByRole(AriaRole.Link, new() { NameRegex = new(Publications) }).ClickAsync();
        await olga.ShouldBeAsync("Draft: A task for two");
        await olga.GetByText("Give the draft up").ClickAsync();
        await olga.GetByLabel("Why").FillAsync("It was a test");
        await olga.PressAsync("Give it up");
        await olga.ShouldTellAsync("The draft is given up.");
        await UntilAsync(olga, Publications, 0);
    }

    /// <summary>Read models follow in moments.</summary>
    private static Task UntilAsync(IPage page, string sentence, int number) =>
        Eventually.HoldsAsync(async () => await NumberAsync(page, sentence) == number, $"{number} {sentence}");

    private static async Task<int> NumberAsync(IPage page, string sentence)
    {
        await page.GotoAsync("/");
        await page.ShouldBeAsync("Overview");
        Match found = Regex.Match(await page.Locator("section[aria-labelledby=tasks]").InnerTextAsync(), $"(\\d+) {sentence}");
        return found.Success ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }
}
