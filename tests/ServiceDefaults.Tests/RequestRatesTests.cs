using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class RequestRatesTests : IAsyncLifetime
{
    private const int AtOnce = 40;

    private RunningService service = null!;

    public async Task InitializeAsync() => service = await RunningService.StartAsync(
        app =>
        {
            app.MapGet("/things", () => Results.Ok()).RequireAuthorization("things.read");
            app.MapGet("/always", () => Results.Ok()).RequireAuthorization("things.read").DisableRateLimiting();
        },
        settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["RequestRates:PerCallerPerSecond"] = "1" });

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Whoever_asks_too_often_is_refused_and_nobody_else_is()
    {
        string flood = service.Token();
        HttpResponseMessage[] answers = await FloodAsync("/things", flood);

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBeGreaterThanOrEqualTo(2);
        HttpResponseMessage refused = answers.First(answer => answer.StatusCode != HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await refused.Content.ReadAsStringAsync()).ShouldContain("urn:accessgov:example:too_many_requests");

        string other = service.Mint.Mint("viewer", ["things.read"], TimeSpan.FromMinutes(10));
        string person = service.Mint.Mint("pacs", ["things.read"], TimeSpan.FromMinutes(10), subject: "ada");
        (await service.SendAsync(HttpMethod.Get, "/things", token: other)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.SendAsync(HttpMethod.Get, "/things", token: person)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whoever_has_no_valid_token_counts_by_address()
    {
        HttpResponseMessage[] answers = await FloodAsync("/things", "no token");

        answers.Select(answer => answer.StatusCode).Distinct().Order().ShouldBe([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests]);
        (await service.SendAsync(HttpMethod.Get, "/things", token: service.Token())).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/always")]
    [InlineData("/health/ready")]
    public async Task What_must_always_answer_does(string path) =>
        (await FloodAsync(path, service.Token())).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);

    private Task<HttpResponseMessage[]> FloodAsync(string path, string token) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => service.SendAsync(HttpMethod.Get, path, token: token)));
}
