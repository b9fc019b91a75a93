using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Whoever administers and lacks a clearance that the hospital requires is told why they may do less, and what to do.</summary>
[Collection(ConsoleTests.Name)]
[Trait("Requirement", "S116")]
public sealed class HeldBackTests(RunningConsole console)
{
    private const string Scope = "wards.manage";
    private static readonly string[] Told = ["/", "/me"];

    [Fact]
    public async Task Whoever_lacks_a_clearance_is_told_at_the_sign_in_and_with_every_fresh_token_until_it_is_on_file()
    {
        await GroupAsync("clara");
        await using ConsoleBeside own = await console.BesideAsync(scopes: ["sessions.own", Scope]);
        IPage page = await console.OpenAsync(own.Address.AbsoluteUri);
        await page.SignInAsync(console.People["clara"], strongly: true);

        // A token that is good for long: it is the sign-in's answer that says so.
        foreach (string path in Told)
        {
            await page.GotoAsync(At(own, path));
            await Expect(Note(page)).ToContainTextAsync("No valid background check and no valid privacy agreement of yours are on file");
            await Expect(Note(page)).ToContainTextAsync("clearances.write");
            await page.ShouldBeSoundAsync();
        }

        await Expect(May(page)).Not.ToContainTextAsync(Scope);
        await FileAsync("background_check");
        await FileAsync("privacy_agreement");
        await page.FollowAsync("sign in again");
        await page.ShouldBeAsync("You");
        await Expect(May(page)).ToContainTextAsync(Scope);
        await ShouldTellNothingAsync(page, own);

        // A token of a minute is fetched anew for each page.
        await using ConsoleBeside brief = await console.BesideAsync(tokenMinutes: 1, scopes: ["sessions.own", Scope]);
        await page.GotoAsync(brief.Address.AbsoluteUri);
        await ShouldTellNothingAsync(page, brief);
        await console.Service.SendAsync(HttpMethod.Delete, Clearance("background_check"), new { reason = "A test." });
        foreach (string path in Told)
        {
            await page.GotoAsync(At(brief, path));
            await Expect(Note(page)).ToContainTextAsync("No valid background check of yours is on file");
        }

        await Expect(May(page)).Not.ToContainTextAsync(Scope);
        await FileAsync("background_check");
        await ShouldTellNothingAsync(page, brief);
        await Expect(May(page)).ToContainTextAsync(Scope);
    }

    [Fact]
    public async Task Whoever_administers_nothing_is_told_nothing_of_it()
    {
        IPage page = await console.OpenAsync("/", "ada");
        await page.ShouldBeAsync("Overview");
        await Expect(Note(page)).ToHaveCountAsync(0);
    }

    private static async Task ShouldTellNothingAsync(IPage page, ConsoleBeside at)
    {
        foreach (string path in Told)
        {
            (await page.GotoAsync(At(at, path)))!.Status.ShouldBe(200);
            await Expect(page.Locator(".person")).ToHaveTextAsync("clara");
            await Expect(Note(page)).ToHaveCountAsync(0);
        }
    }

    private static ILocator Note(IPage page) =>
        page.GetByRole(AriaRole.Note).Filter(new() { HasText = "You may do less here than your groups permit." });

    private static ILocator May(IPage page) => page.Locator("section[aria-labelledby=may]");

    private static string At(ConsoleBeside console, string path) => new Uri(console.Address, path).AbsoluteUri;

    private string Clearance(string kind) => new Uri(console.Service.IdentityFederation, $"people/clara/clearances/{kind}").AbsoluteUri;

    private Task FileAsync(string kind) => console.Service.SendAsync(
        HttpMethod.Put, Clearance(kind), new { completedOn = "2026-03-01", validUntil = (string?)null, reference = "HR-7" });

    private async Task GroupAsync(string member)
    {
        JsonNode group = (await console.Service.SendAsync(
            HttpMethod.Post, new Uri(console.Service.IdentityFederation, "scim/v2/Groups").AbsoluteUri,
            new { displayName = "Ward administrators", members = new[] { new { value = member } } },
            await console.Service.TokenAsync("provisioning")))!;
        await console.Service.SendAsync(
            HttpMethod.Put,
            new Uri(console.Service.IdentityFederation, $"groups/{group["id"]!.GetValue<string>()}/scopes").AbsoluteUri,
            new { scopes = new[] { Scope } });
    }
}
