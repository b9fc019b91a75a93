using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Whoever judges sees what was opened, by whom and how odd it looks; what justified cases teach becomes a draft.</summary>
[Collection(ConsoleTests.Name)]
public sealed class EmergencyEvidencePagesTests(RunningConsole console)
{
    [Fact]
    [Trait("Requirement", "S35")]
    public async Task A_case_shows_what_was_opened_by_whom_and_why_it_looks_odd_above_the_verdict()
    {
        (await Hospital.DecideAsync(console.Service, "elsa", "study.view", Hospital.OtherStudy))["decision"]!.GetValue<bool>().ShouldBeFalse();
        string id = await OpenedCaseAsync("elsa", "P-2", Hospital.OtherStudy);
        await Eventually.HoldsAsync(
            async () => (await EvidenceAsync(id))["deniedBefore"]!.AsArray().Count > 0, "the denial is in the journal");
        IPage page = await console.OpenAsync($"/emergency-cases/{id}", "ben");
        ILocator score = page.GetByRole(AriaRole.Region, new() { Name = "Misuse score" });
        await Expect(score).ToContainTextAsync(new Regex(@"\d+ of 100"));
        await Expect(score.GetByRole(AriaRole.Row).Filter(new() { HasText = "no_relation" })).ToContainTextAsync("25");
        await Expect(score.GetByRole(AriaRole.Row).Filter(new() { HasText = "denied_before" })).ToContainTextAsync(
            "The person had been denied this patient's images in the ten minutes before.");
        ILocator relation = page.GetByRole(AriaRole.Region, new() { Name = "Who the person was to the patient" });
        await Expect(relation).ToContainTextAsync("Neither care team nor referral, and no study was asked for.");
        await Expect(relation).ToContainTextAsync("ward-physician");
        ILocator opened = page.GetByRole(AriaRole.Region, new() { Name = "What was opened" });
        await Expect(opened.GetByRole(AriaRole.Row).Filter(new() { HasText = Hospital.OtherStudy }).First).ToContainTextAsync("radiology");
        await Expect(opened.GetByRole(AriaRole.Table, new() { Name = "What the person was denied before" })).ToContainTextAsync("study.view");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Earlier cases" })).ToContainTextAsync("About the patient");
        await page.ShouldBeSoundAsync();

        // The verdict comes after what it rests on, and by keyboard.
        ILocator findings = page.GetByLabel("What the verdict rests on");
        (await findings.EvaluateAsync<bool>(
            "text => !!(document.getElementById('opened').compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)")).ShouldBeTrue();
        await page.GetByRole(AriaRole.Radio, new() { Name = "Unclear" }).FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Tab");
        await Expect(findings).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Denied before, and nobody knows why");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldTellAsync("its follow-up is open");
    }

    [Fact]
    public async Task What_PolicyDecision_cannot_tell_is_said_and_the_case_can_be_judged_all_the_same()
    {
        string evidence = """
            { "id": "c-1", "complete": false, "missing": ["What was opened is not known now: PolicyDecision cannot be asked."],
              "earlierOfPerson": [{ "id": "c-0", "person": "emma", "patient": "P-9", "reasonCode": "BTG",
                "invokedAt": "2026-05-01T12:00:00Z", "verdict": "unclear", "score": 40 }],
              "earlierOfPatient": [], "frequency": { "ofPerson": 2, "ofPeers": 1, "peopleOfPatient": 1 }, "scoreMax": 100 }
            """;
        await using WebApplication odd = await OddService.AnswerAsync(path => path switch
        {
            "/emergency-cases/c-1" => (200, CaseJson()),
            "/emergency-cases/c-1/evidence" => evidence.Length > 0 ? (200, evidence) : (503, "It is away."),
            _ => (200, """{ "late": 0, "alerts": [] }"""),
        });
        await using ConsoleBeside beside = await console.BesideAsync(breakGlass: new Uri(odd.Urls.Single()));
        IPage page = await console.OpenAsync("/emergency-cases/c-1", beside.Address);
        await page.SignInAsync(console.People["ben"]);
        ILocator score = page.GetByRole(AriaRole.Region, new() { Name = "Misuse score" });
        await Expect(score).ToContainTextAsync("PolicyDecision cannot be asked.");
        await Expect(score).ToContainTextAsync("There is no score now");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What was opened" })).ToContainTextAsync("Not known now.");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Earlier cases" }).GetByRole(AriaRole.Row)
            .Filter(new() { HasText = "P-9" })).ToContainTextAsync("Unclear");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Give the verdict" })).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync();

        evidence = "";
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What the case is judged by" })).ToContainTextAsync("status_503");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Give the verdict" })).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_justified_cases_teach_is_told_drawn_and_written_as_a_draft()
    {
        IPage page = await console.OpenAsync("/emergency-cases/lessons?From=2020-01-01T00:00&To=2020-02-01T00:00", "ada");
        await Expect(page.Locator("main")).ToContainTextAsync("No emergency of this time was found to be justified.");
        await page.ShouldBeSoundAsync();
        foreach (string person in (string[])["emma", "elsa"])
        {
            string id = await OpenedCaseAsync(person, "P-2", Hospital.OtherStudy);
            IPage judge = await console.OpenAsync($"/emergency-cases/{id}", "ben");
            await judge.GetByRole(AriaRole.Radio, new() { Name = "Justified", Exact = true }).CheckAsync();
            await judge.GetByLabel("What the verdict rests on").FillAsync("On call");
            await judge.PressAsync("Give the verdict");
            await judge.ShouldTellAsync("The case is reviewed.");
        }

        await Eventually.HoldsAsync(
            async () => (await console.BreakGlass.GetAsync("emergency-cases/lessons"))["lessons"]!.AsArray()
                .Any(lesson => lesson!["proposal"] is not null), "something is learnt");
        page = await console.OpenAsync("/emergency-cases", "ada");
        await page.FollowAsync("lessons");
        await page.ShouldBeAsync("What emergencies teach");
        ILocator groups = page.GetByRole(AriaRole.Region, new() { Name = "Who needed what" });
        await Expect(groups).ToContainTextAsync("comes first, with");
        await Expect(groups).ToContainTextAsync("Emergency treatment");
        await Expect(groups.GetByRole(AriaRole.Row).Filter(new() { HasText = "radiology" })).ToContainTextAsync("ward-physician");
        ILocator proposal = page.GetByRole(AriaRole.Region, new() { Name = "Proposal: ward-physician, radiology" });
        await Expect(proposal).ToContainTextAsync("may find, view and retrieve the studies of the department radiology");
        await proposal.Locator("summary").PressAsync("Enter");
        await Expect(proposal.Locator("pre")).ToContainTextAsync("@id(\"lesson-ward-physician-radiology\")");
        await page.ShouldBeSoundAsync();

        await proposal.GetByRole(AriaRole.Button, new() { Name = "Write it as a draft" }).PressAsync("Enter");
        await page.ShouldTellAsync("The draft is written.");
        await Expect(page).ToHaveURLAsync(new Regex("/policies/drafts/"));
        await Expect(page.Locator("main")).ToContainTextAsync("lesson-ward-physician-radiology.cedar");
        await page.GetByText("Give the draft up").ClickAsync();
        await page.GetByLabel("Why").FillAsync("It was a test");
        await page.PressAsync("Give it up");
        await page.ShouldTellAsync("The draft is given up.");

        // The other way: a person with the right gives somebody the role in that department, from the form that the proposal fills in.
        await page.GotoAsync("/emergency-cases/lessons");
        await page.FollowAsync("Give somebody ward-physician in radiology");
        await page.ShouldBeAsync("Give a role");
        await Expect(page.GetByLabel("Which role")).ToHaveValueAsync("ward-physician");
        await Expect(page.GetByLabel("Of which site, department or patient")).ToHaveValueAsync("radiology");
        await Expect(page.GetByLabel("For reading only")).ToBeCheckedAsync();
        await Expect(page.GetByLabel("Why")).ToHaveValueAsync(new Regex("^Learnt from .* justified emergenc"));
        await page.ShouldBeSoundAsync();
        await page.GetByLabel("Whom (their id)").FillAsync("quinn");
        await page.GetByLabel("Of which site, department or patient").FillAsync("nowhere");
        string key = await page.Locator("input[name=Key]").InputValueAsync();
        key.Length.ShouldBe(32);
        await page.PressAsync("Give the role");
        await page.ShouldRefuseAsync("department_unknown");
        await Expect(page.Locator("input[name=Key]")).ToHaveValueAsync(key, new() { Timeout = 1000 });
        await page.GetByLabel("Of which site, department or patient").FillAsync("radiology");
        await page.PressAsync("Give the role");
        await page.ShouldTellAsync("quinn has the role ward-physician now.");
        JsonNode grant = (await console.Service.SendAsync(HttpMethod.Get, "grants?subject=quinn&role=ward-physician"))!["grants"]!.AsArray()
            .Single()!;
        (grant["scope"]!["id"]!.GetValue<string>(), grant["readOnly"]!.GetValue<bool>(), grant["givenBy"]!.GetValue<string>())
            .ShouldBe(("radiology", true, "ada"));
    }

    [Fact]
    public async Task A_draft_that_needs_a_second_factor_leads_to_it_and_back_to_the_same_time()
    {
        await using WebApplication odd = await OddService.AnswerAsync(path => path.Contains("propose", StringComparison.Ordinal)
            ? (401, """{ "type": "urn:accessgov:break-glass:step_up_required", "detail": "Sign in again." }""")
            : (200, """
                { "from": "2026-04-01T00:00:00Z", "to": "2026-05-01T00:00:00Z", "casesMin": 2, "lessons": [{ "role": "r", "department": "d",
                  "cases": 2, "people": 1, "offShift": 2, "reasons": [{ "reasonCode": "BTG", "cases": 2 }],
                  "proposal": { "kind": "policy_draft", "file": "f.cedar", "text": "permit" } }] }
                """));
        await using ConsoleBeside beside = await console.BesideAsync(breakGlass: new Uri(odd.Urls.Single()));
        IPage page = await console.OpenAsync("/emergency-cases/lessons?From=2026-04-01T00:00&To=2026-05-01T00:00", beside.Address);
        await page.SignInAsync(console.People["ada"]);
        await Expect(page.Locator("main")).ToContainTextAsync("of the department d outside of working hours");
        await page.PressAsync("Write it as a draft");
        await page.ShouldRefuseAsync("step_up_required");
        await page.FollowAsync("Sign in with your second factor");
        await Expect(page.GetByLabel("From (UTC)")).ToHaveValueAsync("2026-04-01T00:00");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Write it as a draft" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Signing_in_more_strongly_leads_back_to_the_images_that_were_denied()
    {
        await using WebApplication odd = await OddService.AnswerAsync(path => path == "/emergency-access/terms"
            ? (200, """{ "hours": 4, "reviewHours": 24 }""")
            : (401, """{ "type": "urn:accessgov:break-glass:step_up_required", "detail": "Sign in again." }"""));
        await using ConsoleBeside beside = await console.BesideAsync(breakGlass: new Uri(odd.Urls.Single()));
        IPage page = await console.OpenAsync("/emergency-access/new?denial=what+it+gave", beside.Address);
        await page.SignInAsync(console.People["emma"]);
        await page.GetByLabel("Why you need these images now").FillAsync("Unconscious");
        await page.PressAsync("Open the images now");
        await page.ShouldRefuseAsync("step_up_required");
        await page.FollowAsync("Sign in with your second factor");
        await Expect(page).ToHaveURLAsync(new Regex("/emergency-access/new\\?Denial=what(%20|\\+)it(%20|\\+)gave$", RegexOptions.IgnoreCase));
        await Expect(page.Locator("form.urgent")).ToContainTextAsync("For the images that you were just denied.");
    }

    private static string CaseJson() => JsonSerializer.Serialize(new
    {
        id = "c-1", state = "awaiting_review", person = "emma", patient = "P-1", role = "emergency-reader", invokerRole = "ward-physician",
        reasonCode = "ETREAT", reason = "Unconscious", invokedAt = "2026-05-04T12:00:00Z", until = "2026-05-04T16:00:00Z",
        reviewDue = "2026-05-05T12:00:00Z", practice = false, level = 0, overdue = false, followUpOpen = false, history = Array.Empty<object>(),
    });

    /// <summary>A case under which a study was opened, and which is over.</summary>
    private async Task<string> OpenedCaseAsync(string person, string patient, string study)
    {
        IPage page = await console.OpenAsync($"/emergency-access/new?patient={patient}", person);
        await page.GetByLabel("Why you need these images now").FillAsync("Unconscious");
        await page.PressAsync("Open the images now");
        await page.ShouldBeAsync("Emergency access is open");
        string id = new Uri(page.Url).Segments[^1];
        await Eventually.HoldsAsync(
            async () => (await Hospital.DecideAsync(console.Service, person, "study.view", study))["decision"]!.GetValue<bool>(),
            "the images are open");
        await Eventually.HoldsAsync(
            async () => (await EvidenceAsync(id))["opened"] is JsonArray { Count: > 0 }, "what was opened is in the journal");
        await page.PressAsync("End it now");
        await page.ShouldTellAsync("It is over");
        return id;
    }

    private Task<JsonNode> EvidenceAsync(string id) => console.BreakGlass.GetAsync($"emergency-cases/{id}/evidence");
}
