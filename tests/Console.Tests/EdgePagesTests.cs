using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>What edges are for people: the station's page, the case that comes of it, and the page to which an alarm leads.</summary>
[Collection(ConsoleTests.Name)]
public sealed class EdgePagesTests(RunningConsole console)
{
    [Fact]
    [Trait("Requirement", "S31")]
    public async Task At_a_station_somebody_opens_images_by_keyboard_and_the_case_says_that_it_is_only_said_who_it_was()
    {
        await using var edge = new StationEdge();
        await edge.StartAsync(console.Service, console.BreakGlass);
        IPage page = await console.OpenAsync(edge.Page.AbsoluteUri);
        await page.ShouldBeAsync("Emergency access");
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("Who are you?").FillAsync("Dr. Nightingale");
        await page.GetByLabel("Patient's number").FillAsync("P-77");
        await page.GetByLabel("Emergency treatment").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        ILocator why = page.GetByLabel("Why do you need these images now?");
        await why.FillAsync(" ");
        await page.PressAsync("Open the images");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync();

        await page.GetByLabel("Who are you?").FillAsync("Dr. Nightingale");
        await page.GetByLabel("Patient's number").FillAsync("P-77");
        await page.GetByLabel("Emergency treatment").CheckAsync();
        await why.FillAsync("Unconscious after a fall");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open the images" }).PressAsync("Enter");
        await page.ShouldBeAsync("Emergency access is open");
        await Expect(page.Locator("main")).ToContainTextAsync("P-77");
        await page.ShouldBeSoundAsync();
        await page.PressAsync("I need it no longer");
        await page.ShouldBeAsync("Emergency access");

        JsonNode? found = null;
        await Eventually.HoldsAsync(
            async () => (found = (await console.BreakGlass.GetAsync("emergency-cases?limit=1000"))["cases"]!.AsArray()
                .FirstOrDefault(one => one!["saidToBe"]?.GetValue<string>() == "Dr. Nightingale"))?["state"]?.GetValue<string>() is not (null or "active"), "the case is there, with its end");
        IPage judge = await console.OpenAsync($"/emergency-cases/{found!["id"]!.GetValue<string>()}", "olga");
        await judge.ShouldBeAsync($"Emergency access of station:{StationEdge.Station}");
        ILocator facts = judge.Locator("main > dl.facts").First;
        await Expect(facts).ToContainTextAsync(
            $"Dr. Nightingale, at the station {StationEdge.Station}: nobody has shown who they are");
        await Expect(facts).ToContainTextAsync("ended by the clinician");
        await Expect(judge.Locator("main")).ToContainTextAsync("Nobody has shown who took it");
        await judge.ShouldBeSoundAsync();
    }

    [Fact]
    [Trait("Requirement", "S71")]
    public async Task An_alarm_of_an_edge_leads_to_a_page_where_somebody_says_what_they_found()
    {
        using (HttpResponseMessage told = await console.BreakGlass.SendAsync(
            $"edge-journals/{BreakGlassProcess.Edge}/broken", new { at = 1, reason = "put_back" }))
        {
            told.EnsureSuccessStatusCode();
        }

        await Eventually.HoldsAsync(
            async () => (await console.BreakGlass.GetAsync("emergency-edges"))["alarms"]!.AsArray().Count > 0, "the alarm is listed");
        IPage page = await console.OpenAsync("/emergency-cases", "olga");
        await page.FollowAsync("edges");
        await page.ShouldBeAsync("Edges");
        ILocator alarm = page.GetByRole(AriaRole.Region, new() { Name = "Alarms" }).GetByRole(AriaRole.Row)
            .Filter(new() { HasText = "An older journal was put in the place of its own" });
        await Expect(alarm).ToContainTextAsync("nobody has looked");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Whether they are heard" })).ToContainTextAsync(StationEdge.Edge);
        await page.ShouldBeSoundAsync();
        await alarm.GetByRole(AriaRole.Link).PressAsync("Enter");
        await page.ShouldBeAsync($"The edge {BreakGlassProcess.Edge}");
        await Expect(page.Locator("main")).ToContainTextAsync("Ask who restored the machine");
        await page.ShouldBeSoundAsync();

        ILocator findings = page.GetByLabel("What you found, and what was done");
        await findings.EvaluateAsync("text => text.removeAttribute('required')");
        await page.PressAsync("Say that you have looked");
        await page.ShouldRefuseAsync("findings_required");
        IPage late = await console.OpenAsync(page.Url, "olga");
        await findings.FillAsync("Restored by the backup team; the edge has a new name.");
        await page.PressAsync("Say that you have looked");
        await page.ShouldTellAsync("It is kept that you have looked.");
        await late.GetByLabel("What you found, and what was done").FillAsync("I know nothing of it.");
        await late.PressAsync("Say that you have looked");
        await late.ShouldRefuseAsync("edge_alarm_settled");
        await Expect(late.GetByRole(AriaRole.Region, new() { Name = "What you wrote was not kept" })).ToContainTextAsync("I know nothing of it.");
        await late.ShouldBeSoundAsync();
        await Expect(findings).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "History of the day" }))
            .ToContainTextAsync("“Restored by the backup team; the edge has a new name.”");
        await page.ShouldBeSoundAsync();
        await Eventually.HoldsAsync(async () =>
        {
            await page.GotoAsync("/emergency-cases/edges");
            return (await alarm.InnerTextAsync()).Contains("looked at by olga", StringComparison.Ordinal);
        }, "it says who has looked");
        await page.GotoAsync("/emergency-cases/edges/none/20200101");
        await page.ShouldRefuseAsync("edge_alarm_unknown");

        await page.GotoAsync("/service-health");
        await Expect(page.Locator("main")).ToContainTextAsync("Edges beside the archives");
    }
}
