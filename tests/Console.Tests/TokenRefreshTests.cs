using AccessGov.Testing;
using Microsoft.Playwright;

namespace AccessGov.Console.Tests;

/// <summary>Whoever works longer than a token lasts notices nothing of it.</summary>
[Collection(ConsoleTests.Name)]
public sealed class TokenRefreshTests(RunningConsole console)
{
    [Fact]
    public async Task Tokens_are_fetched_anew_before_they_are_over_by_one_of_all_who_need_them()
    {
        // A token of a minute is too old for each call: everything needs a fresh one, and a refresh token that comes twice would end the session.
        await using ConsoleBeside own = await console.BesideAsync(console.Service.PolicyDecision, tokenMinutes: 1);
        IPage page = await console.OpenAsync(own.Address.AbsoluteUri);
        await page.SignInAsync(console.People["terry"]);
        string roles = new Uri(own.Address, "roles").AbsoluteUri;
        await page.GotoAsync(roles);
        await page.ShouldBeAsync("Roles");

        IAPIResponse[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => page.Context.APIRequest.GetAsync(roles, new() { MaxRedirects = 0 })));
        answers.ShouldAllBe(answer => answer.Status == 200);
        await page.GotoAsync(roles);
        await page.ShouldBeAsync("Roles");

        await console.EndSessionsAsync("terry");
        await Eventually.HoldsAsync(
            async () => (await page.Context.APIRequest.GetAsync(roles, new() { MaxRedirects = 0 })).Status == 302, "nothing more is fetched for a session that is over");
    }
}
