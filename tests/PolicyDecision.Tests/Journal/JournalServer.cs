using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessGov.PolicyDecision.Analytics;
using AccessGov.PolicyDecision.Journal;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Tests.Journal;

/// <summary>Serves a journal's queries over HTTP, in the test's process.</summary>
internal static class JournalServer
{
    public static async Task<JsonElement> GetAsync(WebApplication app, string path)
    {
        using HttpClient client = app.GetTestClient();
        using HttpResponseMessage response = await client.GetAsync(path);
        string body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    public static async Task<WebApplication> ServeAsync(
        JournalHarness harness, bool allowed = true, AccessCounts? counts = null, TimeProvider? clock = null)
    {
        WebApplicationBuilder builder = Builder(allowed);
        builder.Services.AddSingleton(harness.Database);
        builder.Services.AddSingleton(harness.Journal);
        builder.Services.AddSingleton(HashedIds.From(harness.Options.IdHashKeyFile));
        builder.Services.AddSingleton(AnchorKey.From(harness.Options));
        builder.Services.AddSingleton<DecisionSearch>();
        builder.Services.AddSingleton<JournalVerification>();
        builder.Services.AddSingleton(counts ?? new AccessCounts(harness.Database));
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        WebApplication app = builder.Build();
        app.UseAuthorization();
        app.MapDecisionJournal();
        CountAccesses.Map(app);
        await app.StartAsync();
        return app;
    }

    public static WebApplicationBuilder Builder(bool allowed)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddAuthentication("none").AddScheme<AuthenticationSchemeOptions, Nobody>("none", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy(FindDecisions.Scope, policy => policy.RequireAssertion(_ => allowed));
        return builder;
    }

    private sealed class Nobody(
        IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(AuthenticateResult.Success(new(new(new ClaimsIdentity("none")), "none")));
    }
}
