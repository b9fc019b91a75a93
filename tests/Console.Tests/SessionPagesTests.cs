using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Sessions are seen and ended, one's own and those of others; what cannot be read or done is said.</summary>
[Collection(ConsoleTests.Name)]
public sealed class SessionPagesTests(RunningConsole console)
{
    [Fact]
    public async Task A_session_that_somebody_ends_for_another_is_over()
    {
        IPage tess = await console.OpenAsync("/");
        await tess.SignInAsync(console.People["tess"]);
        IPage ada = await console.OpenAsync("/people/tess", "ada");
        await Expect(Sessions(ada)).ToHaveCountAsync(await OpenAsync("tess"));
        ILocator session = Sessions(ada).Last;
        await session.Locator("summary").PressAsync("Enter");
        await session.GetByRole(AriaRole.Textbox).FillAsync("  ");
        await session.GetByRole(AriaRole.Button).PressAsync("Enter");
        await ada.ShouldRefuseAsync("reason_required");
        await ada.ShouldBeSoundAsync();
        session = Sessions(ada).Last;
        await session.GetByRole(AriaRole.Textbox).FillAsync("A stolen laptop");
        await session.GetByRole(AriaRole.Button).PressAsync("Enter");

        await ada.ShouldTellAsync("The session is over.");
        await IsOutAsync(tess);

        await tess.SignInAsync(console.People["tess"]);
        await ada.ReloadAsync();
        await ada.GetByLabel("Why: End all sessions").FillAsync("A stolen laptop");
        await ada.PressAsync("End all sessions");
        await ada.ShouldBeAsync("End all sessions of tess?");
        await ada.ShouldBeSoundAsync();
        await ada.PressAsync("Yes, end them all");
        await ada.ShouldTellAsync("ended.");
        await Expect(ada.Locator("section[aria-labelledby=sessions]")).ToContainTextAsync("Signed in nowhere.");
        await IsOutAsync(tess);
    }

    [Fact]
    public async Task Everybody_sees_and_ends_their_own_sessions_and_what_they_may()
    {
        IPage here = await console.OpenAsync("/");
        await here.SignInAsync(console.People["sven"]);
        IPage there = await console.OpenAsync("/");
        await there.SignInAsync(console.People["sven"]);

        await here.Locator(".person").ClickAsync();

        await here.ShouldBeAsync("You");
        await Expect(here.Locator("section[aria-labelledby=may]")).ToContainTextAsync("decide what others ask for access-requests.decide");
        await Expect(here.GetByRole(AriaRole.Link, new() { Name = "What you sign in with" }))
            .ToHaveAttributeAsync("href", new Uri(console.Service.IdentityFederation, "account").AbsoluteUri);
        await Expect(Sessions(here).Filter(new() { HasText = "this session" })).ToHaveCountAsync(1);
        await Expect(Sessions(here).Filter(new() { HasText = "this session" }).GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await here.ShouldBeSoundAsync();
        await Sessions(here).Last.GetByRole(AriaRole.Button).PressAsync("Enter");
        await here.ShouldTellAsync("The session is over.");
        await IsOutAsync(there);

        // What is over already, or somebody else's, is told to be none.
        await there.SignInAsync(console.People["sven"]);
        await here.ReloadAsync();
        ILocator form = Sessions(here).Last.Locator("form");
        await form.Locator("input[name=session]").EvaluateAsync("input => input.value = '019ad000-0000-7000-8000-000000000000'");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await here.ShouldRefuseAsync("session_unknown");
        await here.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Whoever_ends_the_session_that_they_are_in_is_asked_once_more()
    {
        IPage page = await console.OpenAsync("/");
        await page.SignInAsync(console.People["quinn"]);
        await page.GotoAsync("/people/quinn");
        ILocator session = Sessions(page).Filter(new() { HasText = "this session" });
        await session.Locator("summary").ClickAsync();
        await session.GetByRole(AriaRole.Textbox).FillAsync("Enough");
        await session.GetByRole(AriaRole.Button).ClickAsync();
        await page.ShouldBeAsync("End the session that you are in?");
        await page.PressAsync("Yes, sign me out");
        await page.ShouldBeAsync("Sign in");
    }

    [Fact]
    public async Task Whoever_may_not_is_offered_nothing_and_told_so()
    {
        await using ConsoleBeside narrow = await console.BesideAsync(scopes: ["people.read", "sessions.own"]);
        IPage page = await console.OpenAsync(narrow.Address.AbsoluteUri);
        await page.SignInAsync(console.People["walter"]);
        await Expect(page.Locator("main")).ToContainTextAsync("Nothing waits for you.");
        await page.ShouldBeSoundAsync();

        await page.GotoAsync(new Uri(narrow.Address, "/people/ben").AbsoluteUri);
        await page.ShouldBeAsync("ben");
        await Expect(page.Locator("main").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        foreach (string part in new[] { "roles", "sessions" })
        {
            await Expect(page.Locator($"section[aria-labelledby={part}]")).ToContainTextAsync("Code: insufficient_scope");
        }

        await page.ShouldBeSoundAsync();

        // A form that was not offered is refused by the service.
        await page.GotoAsync(new Uri(narrow.Address, "/me").AbsoluteUri);
        await page.EvaluateAsync(
            """
            () => {
                const form = document.querySelector('form.who');
                form.action = '/people/ben?handler=Suspend';
                form.insertAdjacentHTML('beforeend', '<input name="Reason" value="Because">');
                form.submit();
            }
            """);
        await page.ShouldRefuseAsync("insufficient_scope");
        await page.ShouldBeAsync("ben");

        await using ConsoleBeside nothing = await console.BesideAsync(scopes: ["sessions.own"]);
        IPage other = await console.OpenAsync(nothing.Address.AbsoluteUri);
        await other.SignInAsync(console.People["walter"]);
        foreach (string path in new[] { "/people", "/people/ben" })
        {
            IResponse? answer = await other.GotoAsync(new Uri(nothing.Address, path).AbsoluteUri);
            answer!.Status.ShouldBe(403);
            await other.ShouldRefuseAsync("insufficient_scope");
        }

        await other.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task While_one_service_is_away_what_the_other_knows_is_shown()
    {
        var nobody = new Uri("http://127.0.0.1:1/");
        await using (ConsoleBeside withoutPeople = await console.BesideAsync(identityFederation: nobody))
        {
            IPage page = await console.OpenAsync(withoutPeople.Address.AbsoluteUri);
            await page.SignInAsync(console.People["ada"]);
            await page.ShouldBeAsync("Overview");
            (await page.GotoAsync(new Uri(withoutPeople.Address, "/people").AbsoluteUri))!.Status.ShouldBe(503);
            await page.ShouldRefuseAsync("identity_federation_unreachable");
            await page.GotoAsync(new Uri(withoutPeople.Address, "/me").AbsoluteUri);
            await Expect(page.Locator("section[aria-labelledby=sessions]")).ToContainTextAsync("identity_federation_unreachable");
            await page.ShouldBeSoundAsync();
        }

        await using ConsoleBeside withoutDecisions = await console.BesideAsync(policyDecision: nobody);
        IPage half = await console.OpenAsync(withoutDecisions.Address.AbsoluteUri);
        await half.SignInAsync(console.People["ada"]);
        await half.ShouldBeAsync("Overview");
        await Expect(half.Locator(".tasks li")).ToHaveCountAsync(2);
        await Expect(half.Locator(".tasks")).ToContainTextAsync("Access requests cannot be told now: PolicyDecision cannot be reached");
        await half.ShouldBeSoundAsync();
        await half.GotoAsync(new Uri(withoutDecisions.Address, "/people/ada").AbsoluteUri);
        await Expect(half.Locator("section[aria-labelledby=roles]")).ToContainTextAsync("policy_decision_unreachable");
        await Expect(half.Locator("section[aria-labelledby=sessions]")).ToContainTextAsync("this session");
        await half.ShouldBeSoundAsync();
    }

    private static ILocator Sessions(IPage page) => page.Locator("section[aria-labelledby=sessions] .rows > li");

    private async Task<int> OpenAsync(string person) => (await console.Service.SendAsync(
        HttpMethod.Get, new Uri(console.Service.IdentityFederation, $"people/{person}/sessions").AbsoluteUri))!["sessions"]!
        .AsArray().Count;

    private Task IsOutAsync(IPage page) => Eventually.HoldsAsync(async () =>
    {
        await page.GotoAsync("/me");
        return page.Url.StartsWith(console.Service.IdentityFederation.AbsoluteUri, StringComparison.Ordinal);
    }, "whoever was signed in is asked who they are");
}
