using System.Net;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessGov.ServiceDefaults.Tests;

/// <summary>A key that the issuer does not show any more counts until the keys are read again, and no longer.</summary>
public sealed class KeysRefreshTests : IAsyncLifetime
{
    private readonly TokenMint first = TokenMint.WithNewKey(RunningService.Issuer, RunningService.Audience, new ManualClock());
    private readonly TokenMint next = TokenMint.WithNewKey(RunningService.Issuer, RunningService.Audience, new ManualClock());
    private WebApplication issuer = null!;
    private volatile string shown = "";
    private int reads;

    public async Task InitializeAsync()
    {
        shown = first.Jwks;
        issuer = WebApplication.CreateBuilder().Build();
        issuer.Urls.Add("http://127.0.0.1:0");
        issuer.MapGet("/jwks", () =>
        {
            Interlocked.Increment(ref reads);
            return Results.Text(shown);
        });
        await issuer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await issuer.DisposeAsync();
        next.Dispose();
    }

    [Fact]
    public async Task What_a_vanished_key_signed_is_refused_also_when_it_was_taken_before()
    {
        await using RunningService service = await StartAsync();
        string before = Token(first);
        (await StatusAsync(service, before)).ShouldBe(HttpStatusCode.OK);

        shown = next.Jwks;
        await Eventually.HoldsAsync(async () => await StatusAsync(service, before) == HttpStatusCode.Unauthorized, "the keys were read again");
        (await StatusAsync(service, Token(first))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(service, Token(next))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task While_they_cannot_be_read_the_last_ones_stay()
    {
        await using RunningService service = await StartAsync();
        string before = Token(first);
        (await StatusAsync(service, before)).ShouldBe(HttpStatusCode.OK);

        shown = "nothing that is a key";
        int until = Volatile.Read(ref reads) + 3;
        await Eventually.HoldsAsync(() => Volatile.Read(ref reads) >= until, "they were asked for again and again");
        (await StatusAsync(service, before)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(service, Token(first))).ShouldBe(HttpStatusCode.OK);
    }

    private static string Token(TokenMint mint) => mint.Mint("pacs", ["things.read"], TimeSpan.FromMinutes(5));

    private static async Task<HttpStatusCode> StatusAsync(RunningService service, string token) => (await service.GetAsync("/things", token)).StatusCode;

    // Its clock stands still, so no token expires; what waits, waits in real time.
    private Task<RunningService> StartAsync() => RunningService.StartAsync(
        app => app.MapGet("/things", (CallerIdentity caller) => caller.Subject).RequireAuthorization("things.read"),
        settings: new(StringComparer.Ordinal)
        {
            ["Authentication:Keys"] = null, ["Authentication:KeysUrl"] = $"{issuer.Urls.Single()}/jwks", ["Authentication:KeysReadEvery"] = "00:00:01",
        },
        environment: "Development", mint: first);
}
