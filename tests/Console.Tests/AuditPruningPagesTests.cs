using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>What the law demands no longer is removed from the trail: proposed, approved by two, denied, and what is left to do.</summary>
[Collection(ConsoleTests.Name)]
public sealed class AuditPruningPagesTests(RunningConsole console)
{
    private const string Id = "0190b0a0-0000-7000-8000-000000000000";
    private const string Healthy = """{"status":"healthy","checks":{"pruning":{"status":"healthy","data":{"filesLeft":0}}}}""";
    private const string Waiting = """{"status":"degraded","checks":{"pruning":{"status":"degraded","data":{"filesLeft":3}}}}""";

    [Fact]
    public async Task A_young_trail_has_nothing_to_remove_and_the_schedule_leads_there()
    {
        IPage page = await console.OpenStronglyAsync("/audit/retention", "gwen");
        await page.FollowAsync("pruned");
        await page.ShouldBeAsync("Prunings");
        await Expect(page.Locator("section[aria-labelledby=now]")).ToContainTextAsync("There is nothing whose legal period is over");
        await Expect(page.Locator("main").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await Expect(page.Locator("main")).ToContainTextAsync("Nothing has been proposed.");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_pruning_is_proposed_approved_by_two_and_its_files_are_released()
    {
        string overview = Overview(null);
        string health = Healthy;
        List<string> sent = [];
        await using WebApplication odd = await OddService.AnswerAsync(path => path switch
        {
            "/prunings" => (200, overview),
            $"/prunings/{Id}/approve" => (204, ""),
            "/health/ready" => (200, health),
            _ => (404, ""),
        }, sent.Add);
        await using ConsoleBeside own = await console.BesideAsync(audit: new Uri(odd.Urls.Single()));
        IPage page = await console.OpenAsync("/", own.Address);
        await page.SignInAsync(console.People["gwen"]);
        await page.GotoAsync("/audit/prunings");
        await Expect(page.Locator("section[aria-labelledby=now]")).ToContainTextAsync(
            "512 entries may be removed now: those from 256 to 767.");
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("The law or rule").FillAsync("Art. 5(1)(e) GDPR");
        await page.PressAsync("Propose to remove all of it");
        sent.ShouldBe(["""{"basis":"Art. 5(1)(e) GDPR"}"""]);

        overview = Overview("\"state\":\"proposed\"");
        await page.GotoAsync("/audit/prunings");
        await Expect(page.Locator("section[aria-labelledby=decide]")).ToContainTextAsync("hugo proposes to remove all entries before 768");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Propose to remove all of it" })).ToHaveCountAsync(0);
        await page.ShouldBeSoundAsync();
        await page.PressAsync("Approve");
        await page.ShouldTellAsync("You have approved it.");
        overview = Overview("\"state\":\"proposed\",\"firstApprover\":\"ines\"");
        await page.PressAsync("Approve");
        await page.ShouldBeAsync("Remove these entries for good?");
        await page.ShouldBeSoundAsync();
        sent.Count.ShouldBe(2, "the second approval is asked first");
        await page.PressAsync("Yes, remove them");
        await page.ShouldTellAsync("You have approved it.");
        sent.Count.ShouldBe(3);

        overview = Overview("\"state\":\"done\",\"firstApprover\":\"ines\",\"secondApprover\":\"gwen\",\"leaf\":900", "nothing_to_prune");
        health = Waiting;
        await page.GotoAsync("/audit/prunings");
        await Expect(page.Locator(".message")).ToContainTextAsync("3 files of what was pruned are still there");
        await Expect(page.Locator(".message")).ToContainTextAsync("deploy/seal-trail TRAIL --release-pruned");
        await Expect(page.GetByRole(AriaRole.Table).Locator("tbody")).ToContainTextAsync("ines and gwen");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "entry 900" })).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync();
        await page.GotoAsync("/service-health");
        await Expect(page.Locator("section[aria-labelledby=audit]")).ToContainTextAsync("Files of what was pruned");
    }

    [Fact]
    public async Task A_pruning_is_denied_with_a_reason_and_a_refusal_is_told_as_it_is()
    {
        string? body = null;
        bool refused = true;
        await using WebApplication odd = await OddService.AnswerAsync(path => path switch
        {
            "/prunings" => (200, Overview("\"state\":\"proposed\",\"firstApprover\":\"gwen\"")),
            $"/prunings/{Id}/deny" when refused => (409,
                """{"type":"urn:accessgov:audit:already_decided","detail":"It has been decided already."}"""),
            $"/prunings/{Id}/deny" => (204, ""),
            "/health/ready" => (200, Healthy),
            _ => (404, ""),
        }, sent => body = sent);
        await using ConsoleBeside own = await console.BesideAsync(audit: new Uri(odd.Urls.Single()));
        IPage page = await console.OpenAsync("/", own.Address);
        await page.SignInAsync(console.People["gwen"]);
        await page.GotoAsync("/audit/prunings");
        await Expect(page.Locator("section[aria-labelledby=decide]")).ToContainTextAsync("somebody else is the second");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToHaveCountAsync(0);
        await page.GetByLabel("Why it is denied").FillAsync("A case is pending");
        await page.PressAsync("Deny");
        await page.ShouldRefuseAsync("already_decided");
        (await page.GetByLabel("Why it is denied").InputValueAsync()).ShouldBe("A case is pending");
        refused = false;
        await page.PressAsync("Deny");
        await page.ShouldTellAsync("It is denied");
        body.ShouldBe("""{"reason":"A case is pending"}""");
    }

    /// <summary>What Audit says, with one pruning of which this is said beside what is always the same.</summary>
    private static string Overview(string? pruning, string? refused = null)
    {
        string one = pruning is null ? ""
            : $$"""{"id":"{{Id}}","minimum":768,"proposedBy":"hugo","proposedAt":"2033-01-02T00:00:00Z",{{pruning}}}""";
        string why = refused is null ? "null" : $"\"{refused}\"";
        return $$"""{"minimum":256,"prunable":768,"refused":{{why}},"prunings":[{{one}}]}""";
    }
}
