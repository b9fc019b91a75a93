using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

[Collection(ConsoleTests.Name)]
public sealed class PolicyPagesTests(RunningConsole console)
{
    private const string Sound = """

        @id("guests-print")
        @reason("Guests may print what they look at.")
        permit (principal is User in Role::"guest-reader", action == Action::"study.print", resource is Study);
        """;

    [Fact]
    public async Task The_set_in_force_is_read_file_by_file()
    {
        IPage page = await console.OpenAsync("/policies", "ada");
        await page.ShouldBeAsync("Policies");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("hospital");
        await page.ShouldBeAsync("Policy set hospital");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("networks.cedar");
        await page.ShouldBeAsync("networks.cedar");
        await Expect(page.Locator("#L5")).ToContainTextAsync("@reason(\"Patient data is only available from the hospital's networks.");
        await page.ShouldBeSoundAsync();

        await page.GotoAsync("/policies/sets/hospital");
        await page.FollowAsync("Which controls of which frameworks they serve");
        await page.ShouldBeAsync("Controls that policies serve");
        ILocator overridden = page.Locator("tr").Filter(new() { Has = page.GetByRole(AriaRole.Rowheader, new() { Name = "AC-3(10)", Exact = true }) });
        await Expect(overridden).ToContainTextAsync("S31, S32");
        await overridden.GetByText("1 policy").ClickAsync();
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("emergency-reader-read");
        await page.ShouldBeAsync("roles-clinical.cedar");

        IResponse? answer = await page.GotoAsync("/policies/sets/none");
        answer!.Status.ShouldBe(404);
        await page.ShouldRefuseAsync("policy_set_unknown");
    }

    [Fact]
    public async Task A_draft_comes_into_force_with_a_second_person_and_is_rolled_back()
    {
        IPage ada = await console.OpenAsync("/policies/sets/hospital", "ada");
        int before = await VersionAsync();
        await WriteDraftAsync(ada, "Guests may print");
        string address = ada.Url;
        await EditAsync(ada, "roles-clinical.cedar", text => text + Sound);
        await Expect(ada.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "roles-clinical.cedar" })).ToContainTextAsync("changed");

        await ada.FollowAsync("Difference to the set in force");
        await Expect(ada.Locator("tr.new").Filter(new() { HasText = "guests-print" })).ToBeVisibleAsync();
        await ada.ShouldBeSoundAsync();

        await ada.GotoAsync(address);
        await ada.PressAsync("Approve this text");
        await ada.ShouldRefuseAsync("self_approval");
        await ada.ShouldBeSoundAsync();
        await ada.PressAsync("Publish");
        await ada.ShouldRefuseAsync("check_missing");
        await ada.PressAsync("Check and run the test cases");
        await ada.ShouldTellAsync("The text is checked.");
        await Expect(ada.Locator("section[aria-labelledby=check]")).ToContainTextAsync("passed");
        await Expect(ada.Locator("section[aria-labelledby=check]")).ToContainTextAsync("test cases run");
        await ada.PressAsync("Publish");
        await ada.ShouldRefuseAsync("approval_missing");

        IPage ben = await console.OpenAsync(address, "ben");
        await Expect(ben.Locator("section[aria-labelledby=approval]")).ToContainTextAsync("an assessment of its impact");
        await ben.PressAsync("Approve this text");
        await ben.ShouldRefuseAsync("impact_missing");
        await Expect(ben.GetByRole(AriaRole.Alert)).ToContainTextAsync("assess it first");
        await ben.ShouldBeSoundAsync();
        await ben.FollowAsync("Assess the impact");
        await ben.PressAsync("Start");
        await Expect(ben.GetByRole(AriaRole.Heading, new() { Name = "Report" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await ben.GotoAsync(address);
        await ben.PressAsync("Approve this text");
        await ben.ShouldTellAsync("You have approved this text.");
        await ada.PressAsync("Publish");
        await ada.ShouldTellAsync("The draft is published and in force.");
        await Expect(ada.Locator("main")).ToContainTextAsync($"published as version {before + 1}");
        await ada.ShouldBeSoundAsync();

        await ada.GotoAsync("/policies/sets/hospital");
        await ada.PressAsync($"Roll back to version {before}");
        await ada.ShouldTellAsync($"Version {before} is in force again.");
        await Expect(ada.Locator("main")).ToContainTextAsync($"Version {before} is in force");
    }

    [Fact]
    public async Task A_finding_leads_to_its_line_also_without_scripts()
    {
        IPage page = await console.OpenAsync("/policies/sets/hospital", "ada", scripts: false);
        await WriteDraftAsync(page, "With a mistake");
        await EditAsync(page, "networks.cedar", text => text.Replace("(context has knownNetwork && context.knownNetwork) ||", "(context has knownNetwork && context.knownNetz) ||", StringComparison.Ordinal));
        await page.PressAsync("Check and run the test cases");
        await Expect(page.Locator("section[aria-labelledby=check]")).ToContainTextAsync("found errors");

        ILocator finding = page.Locator(".findings li").First.GetByRole(AriaRole.Link);
        string line = (await finding.GetAttributeAsync("href"))!.Split("#L")[1];
        await finding.ClickAsync();

        await Expect(page.Locator($".gutter li.error#L{line}")).ToBeInViewportAsync();
        (await LineOfAsync(page, int.Parse(line, System.Globalization.CultureInfo.InvariantCulture))).ShouldContain("knownNetz");
        await Expect(page.GetByLabel("Text of networks.cedar")).ToBeEditableAsync();
        IPage scripted = await console.OpenAsync(page.Url, "ada");
        await scripted.ShouldBeSoundAsync();
        await scripted.FollowAsync("Draft: With a mistake");
        await scripted.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_somebody_else_wrote_meanwhile_is_not_overwritten()
    {
        IPage ada = await console.OpenAsync("/policies/sets/hospital", "ada");
        await WriteDraftAsync(ada, "Two writers");
        IPage ben = await console.OpenAsync(ada.Url, "ben");
        await ben.FollowAsync("networks.cedar");
        await EditAsync(ada, "networks.cedar", text => text + "\n// ada was here");
        await ben.GetByLabel("Text of networks.cedar").FillAsync("// ben was here");

        await ben.PressAsync("Save");

        await ben.ShouldRefuseAsync("stale");
        (await ben.GetByLabel("Text of networks.cedar").InputValueAsync()).ShouldBe("// ben was here", "what was typed is not lost");
        await ben.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_text_of_more_than_a_megabyte_is_refused_and_nothing_is_lost()
    {
        IPage page = await console.OpenAsync("/policies/sets/hospital", "ada");
        await WriteDraftAsync(page, "Too long");
        await page.FollowAsync("networks.cedar");
        await page.GetByLabel("Text of networks.cedar").EvaluateAsync("text => text.value = '// x\\n'.repeat(250000)");

        await page.PressAsync("Save");

        await page.ShouldRefuseAsync("form_malformed");
        await page.GoBackAsync();
        await Expect(page.GetByLabel("Text of networks.cedar")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Files_are_added_and_removed_and_a_draft_is_given_up()
    {
        IPage page = await console.OpenAsync("/policies/sets/hospital", "ada");
        await WriteDraftAsync(page, "Files come and go");
        await page.FollowAsync("Add a file");
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("Name").FillAsync("networks.cedar");
        await page.GetByLabel("Text").FillAsync("// again");
        await page.PressAsync("Save");
        await page.ShouldRefuseAsync("policy_set_malformed");
        await page.GetByLabel("Name").FillAsync("guests.cedar");
        await page.PressAsync("Save");
        await page.ShouldTellAsync("The file is saved.");

        await page.FollowAsync("guests.cedar");
        await page.PressAsync("Remove this file");
        await page.ShouldTellAsync("The file guests.cedar is removed.");
        await page.GetByText("Give the draft up").ClickAsync();
        await page.GetByLabel("Why").FillAsync("Not needed");
        await page.PressAsync("Give it up");
        await page.ShouldTellAsync("The draft is given up.");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Publish" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_impact_is_seen_to_progress_and_read_as_a_table_that_sorts()
    {
        foreach (string person in new[] { "ada", "ben", "ada" })
        {
            (await Hospital.DecideAsync(console.Service, person, "study.view", Hospital.OpenStudy))["decision"]!.GetValue<bool>().ShouldBeTrue();
        }

        (await Hospital.DecideAsync(console.Service, "bill", "study.view", Hospital.OpenStudy))["decision"]!.GetValue<bool>().ShouldBeFalse();
        IPage page = await console.OpenAsync("/policies/sets/hospital", "ada");
        await WriteDraftAsync(page, "Billing reads images, radiologists do not");
        await EditAsync(page, "roles-clinical.cedar", text => text.Replace(
            "permit (principal is User in Reader::\"radiologist\", action in Action::\"read\", resource);",
            "permit (principal is User in Reader::\"billing-staff\", action in Action::\"read\", resource);", StringComparison.Ordinal));
        await page.FollowAsync("Assess the impact");
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("From (UTC)").FillAsync("2020-01-01T00:00");
        await page.GetByLabel("To (UTC)").FillAsync("2019-01-01T00:00");
        await page.PressAsync("Start");
        await page.ShouldRefuseAsync("range_malformed");
        await page.GetByLabel("To (UTC)").FillAsync("2099-01-01T00:00");
        await page.PressAsync("Start");

        ILocator table = page.GetByRole(AriaRole.Table, new() { Name = "Changed decisions in groups" });
        await Expect(table).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(table).ToContainTextAsync("deny → allow");
        await Expect(table).ToContainTextAsync("allow → deny");
        await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = "Decisions" })).ToHaveAttributeAsync("aria-sort", "descending");
        await table.GetByRole(AriaRole.Link, new() { Name = "Change" }).ClickAsync();
        await Expect(table.GetByRole(AriaRole.Columnheader, new() { Name = "Change" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(table.Locator("tbody tr").First).ToContainTextAsync("allow → deny");
        await table.GetByRole(AriaRole.Link, new() { Name = "Change" }).ClickAsync();
        await Expect(table.Locator("tbody tr").First).ToContainTextAsync("deny → allow");
        await table.Locator("tbody tr").Last.GetByText("Why").ClickAsync();
        await Expect(table.Locator("tbody tr").Last).ToContainTextAsync("The nearest permits, and what they lack");
        await page.ShouldBeSoundAsync();
    }

    private static async Task WriteDraftAsync(IPage page, string comment)
    {
        await page.GetByLabel("What the draft is for").FillAsync(comment);
        await page.PressAsync("Write a draft");
        await page.ShouldTellAsync("The draft is written.");
        await page.ShouldBeAsync($"Draft: {comment}");
    }

    private static async Task EditAsync(IPage page, string file, Func<string, string> change)
    {
        await page.FollowAsync(file);
        ILocator text = page.GetByLabel($"Text of {file}");
        string before = await text.InputValueAsync();
        string after = change(before);
        after.ShouldNotBe(before);
        await text.FillAsync(after);
        await page.PressAsync("Save");
        await page.ShouldTellAsync("The file is saved.");
    }

    private static async Task<string> LineOfAsync(IPage page, int line) => (await page.GetByLabel("Text of networks.cedar").InputValueAsync()).Split('\n')[line - 1];

    private async Task<int> VersionAsync()
    {
        JsonNode set = (await console.Service.SendAsync(HttpMethod.Get, "policy-sets/hospital"))!;
        return set["version"]!.GetValue<int>();
    }
}
