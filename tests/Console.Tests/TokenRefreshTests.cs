using System.Net;
using AccessGov.Testing;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AccessGov.Console.Tests;

/// <summary>Whoever works longer than a token lasts notices nothing of it.</summary>
[Collection(ConsoleTests.Name)]
public sealed class TokenRefreshTests(RunningConsole console)
{
    [Fact]
    public async Task Tokens_are_fetched_anew_before_they_are_over_by_one_of_all_who_need_them()
    {
        // A token of a minute is too old for each call: everything needs a fresh one, and a refresh token that comes again after its
        // successor would end the session.
        await using ConsoleBeside own = await console.BesideAsync(console.Service.PolicyDecision, tokenMinutes: 1);
        IPage page = await console.OpenAsync(own.Address.AbsoluteUri);
        await page.SignInAsync(console.People["terry"]);
        string roles = new Uri(own.Address, "roles").AbsoluteUri;
        await page.GotoAsync(roles);
        await page.ShouldBeAsync("Roles");

        IAPIResponse[] answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => page.Context.APIRequest.GetAsync(roles, new() { MaxRedirects = 0 })));
        answers.ShouldAllBe(answer => answer.Status == 200);
        await page.GotoAsync(roles);
        await page.ShouldBeAsync("Roles");

        await console.EndSessionsAsync("terry");
        await Eventually.HoldsAsync(
            async () => (await page.Context.APIRequest.GetAsync(roles, new() { MaxRedirects = 0 })).Status == 302,
            "nothing more is fetched for a session that is over");
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_asked_for_once_more_and_the_session_goes_on()
    {
        using var way = new LosesEverySecondRefresh();
        await using ConsoleBeside own = await console.BesideAsync(tokenMinutes: 1, configure: services =>
            services.Configure<OpenIdConnectOptions>("openid", openId => openId.BackchannelHttpHandler = way));
        IPage page = await console.OpenAsync(own.Address.AbsoluteUri);
        await page.SignInAsync(console.People["tess"]);
        string roles = new Uri(own.Address, "roles").AbsoluteUri;
        int before = way.Lost;
        for (int visit = 0; visit < 2; visit++)
        {
            await page.GotoAsync(roles);
            await page.ShouldBeAsync("Roles");
        }

        (way.Lost - before).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task The_overview_is_what_a_token_of_now_permits_also_of_whoever_has_nothing_to_do()
    {
        using var way = new Refuses();
        await using ConsoleBeside own = await console.BesideAsync(tokenMinutes: 1, scopes: "sessions.own", configure: services =>
            services.Configure<OpenIdConnectOptions>("openid", openId => openId.BackchannelHttpHandler = way));
        IPage page = await console.OpenAsync(own.Address.AbsoluteUri);
        await page.SignInAsync(console.People["terry"]);

        way.Answer = () => throw new HttpRequestException("It is away.");
        (await page.GotoAsync(own.Address.AbsoluteUri))!.Status.ShouldBe(503);
        await page.ShouldBeAsync("Overview");
        await page.ShouldRefuseAsync("identity_federation_unreachable");
        await page.ShouldBeSoundAsync();

        way.Answer = () => new HttpResponseMessage(HttpStatusCode.BadRequest);
        IAPIResponse over = await page.Context.APIRequest.GetAsync(own.Address.AbsoluteUri, new() { MaxRedirects = 0 });
        (over.Status, over.Headers["location"]).ShouldBe((302, "/sign-in?returnUrl=%2F"));
    }

    /// <summary>Refreshes are answered otherwise where that is said.</summary>
    private sealed class Refuses() : DelegatingHandler(new SocketsHttpHandler())
    {
        public Func<HttpResponseMessage>? Answer { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Answer is { } answer && request.Content is not null
            && (await request.Content.ReadAsStringAsync(cancellationToken)).Contains("grant_type=refresh_token", StringComparison.Ordinal)
                ? answer()
                : await base.SendAsync(request, cancellationToken);
    }

    /// <summary>What IdentityFederation answered to a refresh is lost on the way, but for what is asked after that.</summary>
    private sealed class LosesEverySecondRefresh() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int refreshes;

        public int Lost => (refreshes + 1) / 2;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
            if (request.Content is null
                || !(await request.Content.ReadAsStringAsync(cancellationToken))
                    .Contains("grant_type=refresh_token", StringComparison.Ordinal)
                || Interlocked.Increment(ref refreshes) % 2 == 0)
            {
                return answer;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Dispose();
            throw new HttpRequestException("The connection is gone.");
        }
    }
}
