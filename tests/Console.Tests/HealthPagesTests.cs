using System.Net;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Whoever administers sees whether the services are in order, and what to do where they are not.</summary>
[Collection(ConsoleTests.Name)]
public sealed class HealthPagesTests(RunningConsole console)
{
    private static readonly string[] Works = ["works", "works, needs a look"];

    [Fact]
    public async Task Each_service_says_how_it_is_with_its_checks_its_work_and_when_that_last_went_on()
    {
        IPage page = await console.OpenAsync("/", "ada");
        await page.FollowAsync("Service health");
        await page.ShouldBeAsync("Service health");

        foreach (string service in new[] { "identity_federation", "policy_decision", "break_glass" })
        {
            Works.ShouldContain(await Part(page, service).Locator(".verdict .mark").TextContentAsync());
            await Expect(Part(page, service)).ToContainTextAsync("No dead letters.");
            await Expect(Check(page, service, "Event store")).ToContainTextAsync("in order");
            await Expect(Check(page, service, "The process")).ToContainTextAsync("The service runs.");
        }

        await Expect(Check(page, "policy_decision", "Facts that decisions rest on")).ToContainTextAsync(Ago);
        ILocator work = Part(page, "identity_federation").Locator("table.workers tbody tr");
        (await work.Locator("th code").AllTextContentsAsync()).ShouldBe(
        [
            "dormant-accounts", "end-of-access", "issuance", "logout-notices", "roles-of-groups", "session-activity", "sign-in-failures",
            "signing-keys", "warning-mails",
        ]);
        foreach (ILocator worker in await work.AllAsync())
        {
            await Expect(worker.Locator(".mark")).ToHaveTextAsync("works");
            await Expect(worker).ToContainTextAsync(Ago);
        }

        // Figures by keyboard.
        ILocator figures = Check(page, "policy_decision", "Decision journal").Locator("summary");
        await figures.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(Check(page, "policy_decision", "Decision journal").Locator("dl")).ToContainTextAsync("waiting records");
        await page.ShouldBeSoundAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Ask again" }).PressAsync("Enter");
        await page.ShouldBeAsync("Service health");
    }

    [Fact]
    public async Task A_service_that_does_not_answer_or_is_something_else_is_shown_as_such()
    {
        var nobody = new Uri("http://127.0.0.1:1/");
        await using WebApplication other = await AnswerAsync(200, "text/html", "<p>Welcome to nginx!</p>");
        await using ConsoleBeside alone = await console.BesideAsync(new Uri(other.Urls.Single()), nobody);
        IPage page = await console.OpenAsync(alone.Address.AbsoluteUri);
        await page.SignInAsync(console.People["ada"]);

        IResponse? answer = await page.GotoAsync(new Uri(alone.Address, "/service-health").AbsoluteUri);

        answer!.Status.ShouldBe(200);
        await Expect(Part(page, "identity_federation").Locator(".verdict")).ToHaveTextAsync("does not answer");
        await Expect(Part(page, "identity_federation")).ToContainTextAsync("Code: identity_federation_unreachable");
        await Expect(Part(page, "identity_federation")).ToContainTextAsync("nobody can sign in");
        await Expect(Part(page, "policy_decision").Locator(".verdict")).ToHaveTextAsync("does not answer");
        await Expect(Part(page, "policy_decision")).ToContainTextAsync("Code: policy_decision_not_understood");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_is_out_of_order_is_said_with_what_to_do()
    {
        await using WebApplication ill = await AnswerAsync(503, "application/json",
            """
            {"status":"unhealthy","service":"policy-decision","checks":{
              "event-store":{"status":"unhealthy","description":"The event store's database does not answer.",
                "data":{"waiting_appends":1234}},
              "messaging":{"status":"degraded","description":"Dead letters.",
                "data":{"q.dead":2,"q.blocked":1,"q.oldest_waiting_seconds":0.5}},
              "workers":{"status":"degraded","data":{"issuance":"event_not_understood","issuance.worked_seconds_ago":7200.5,
                "directory main":"store_unreachable","new-work":"works"}},
              "unheard-of":{"status":"degraded","data":{"feedLastSuccess":"2026-01-02T03:04:05+01:00","nested":{},"on":true}}}}
            """);
        await using ConsoleBeside beside = await console.BesideAsync(new Uri(ill.Urls.Single()));
        IPage page = await console.OpenAsync(beside.Address.AbsoluteUri);
        await page.SignInAsync(console.People["ada"]);

        IResponse? answer = await page.GotoAsync(new Uri(beside.Address, "/service-health").AbsoluteUri);

        answer!.Status.ShouldBe((int)HttpStatusCode.OK);
        ILocator part = Part(page, "policy_decision");
        await Expect(part.Locator(".verdict .mark")).ToHaveTextAsync("does not work");
        await Expect(part.Locator(".message")).ToContainTextAsync("2 dead letters: messages from another service");
        await Expect(part.Locator(".message")).ToContainTextAsync("1 message waits behind");
        await Expect(Check(page, "policy_decision", "Event store")).ToContainTextAsync("Look whether PostgreSQL runs");
        await Check(page, "policy_decision", "Event store").Locator("summary").ClickAsync();
        await Expect(Check(page, "policy_decision", "Event store").Locator("dd")).ToHaveTextAsync("1\u202F234");
        ILocator unheard = Check(page, "policy_decision", "unheard-of");
        await Expect(unheard).ToContainTextAsync("2026-01-02 02:04 UTC");
        await Expect(unheard).ToContainTextAsync("The service's log says why.");
        await unheard.Locator("summary").ClickAsync();
        await Expect(unheard.Locator("dd")).ToHaveTextAsync(["2026-01-02 02:04 UTC", "none", "yes"]);
        ILocator work = part.Locator("table.workers tbody tr");
        await Expect(work.Nth(0)).ToContainTextAsync("A stored event is not understood.");
        await Expect(work.Nth(0)).ToContainTextAsync("2 hours ago");
        await Expect(work.Nth(1)).ToContainTextAsync("takes people over from this directory");
        await Expect(work.Nth(1)).ToContainTextAsync("it goes on by itself then");
        await Expect(work.Nth(2).Locator(".mark")).ToHaveTextAsync("works");
        await Expect(Part(page, "identity_federation").Locator(".verdict .mark")).Not.ToHaveTextAsync("does not work");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Whoever_does_not_administer_is_not_led_there_and_told_so()
    {
        await using ConsoleBeside narrow = await console.BesideAsync(scopes: ["people.read", "sessions.own"]);
        IPage page = await console.OpenAsync(narrow.Address.AbsoluteUri);
        await page.SignInAsync(console.People["walter"]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Service health" })).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Clearances" })).ToHaveCountAsync(0);
        (await page.GetByRole(AriaRole.Navigation, new() { Name = "Areas" }).GetByRole(AriaRole.Link).AllTextContentsAsync())
            .ShouldBe(["People"]);

        IResponse? answer = await page.GotoAsync(new Uri(narrow.Address, "/service-health").AbsoluteUri);

        answer!.Status.ShouldBe(403);
        await page.ShouldRefuseAsync("insufficient_scope");
        await page.ShouldBeSoundAsync();
    }

    private static System.Text.RegularExpressions.Regex Ago { get; } = new("(just now|ago), \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC");

    private static ILocator Part(IPage page, string service) => page.Locator($"section[aria-labelledby={service}]");

    private static ILocator Check(IPage page, string service, string name) => Part(page, service).Locator("table").First
        .Locator("tbody > tr").Filter(new() { Has = page.GetByRole(AriaRole.Rowheader, new() { Name = name, Exact = true }) });

    /// <summary>Something that answers every question alike.</summary>
    private static async Task<WebApplication> AnswerAsync(int status, string type, string text)
    {
        WebApplication app = WebApplication.CreateSlimBuilder(
            [$"--urls=http://127.0.0.1:{FreePort.Next()}", "--Logging:LogLevel:Default=Error"]).Build();
        app.MapFallback(async (HttpContext http) =>
        {
            (http.Response.StatusCode, http.Response.ContentType) = (status, type);
            await http.Response.WriteAsync(text);
        });
        await app.StartAsync();
        return app;
    }
}
