using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Tests.Clearances;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>Somebody of another organisation, let in for a while, reads what auditors read and changes nothing.</summary>
[Trait("Requirement", "S122")]
public sealed partial class OutsideAuditorTests : IAsyncLifetime
{
    private static readonly string[] Reading = ["people.read", "sessions.read", "clearances.read", "directories.read"];

    // For whoever has no token yet, and for programs: no scope of a person opens or closes them.
    private static readonly string[] OfNobody = ["/oauth/", "/sign-in/"];

    private readonly MovedClock clock = new();
    private IdentityFederationHost host = null!;
    private Browser browser = null!;
    private JsonNode told = null!;
    private string auditor = "";
    private DateTimeOffset end;

    private string Token => told["access_token"]!.GetValue<string>();

    public async Task InitializeAsync()
    {
        // Also in the moment before the service has deactivated them: here nobody does.
        host = await IdentityFederationHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["IdentityFederation:Provisioning:Clients:tests"] = "audit-firm",
            },
            clock: clock,
            configure: services => services.Remove(services.Single(service => service.ImplementationType == typeof(EndAccess))));
        auditor = await host.PersonAsync("olga", "audit-firm");
        await AdministrationTests.GroupAsync(host, [auditor], Reading);
        clock.Stop();
        clock.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerSecond - (clock.GetUtcNow().Ticks % TimeSpan.TicksPerSecond)));
        end = clock.GetUtcNow().AddMinutes(10);
        using HttpResponseMessage limited = await host.PostAsync($"/people/{auditor}/limit-access", new { endsAt = end });
        limited.IsSuccessStatusCode.ShouldBeTrue(await limited.Content.ReadAsStringAsync());
        using HttpResponseMessage registered = await host.PutAsync("/clients/pages", new
        {
            name = "pages", authentication = "none", redirectUris = new[] { Browser.RedirectUri }, offlineAccess = true,
            scopes = new[] { "people.manage", "clearances.write", "clients.manage", "sessions.manage", "scopes.assign" }.Concat(Reading),
        });
        registered.IsSuccessStatusCode.ShouldBeTrue(await registered.Content.ReadAsStringAsync());
        browser = await Browser.SignedInAsync(host, auditor);
        told = await Viewer.TokensAsync(
            host, browser, "pages", ("scope", $"openid offline_access people.manage clearances.write {string.Join(' ', Reading)}"));
    }

    public async Task DisposeAsync()
    {
        browser.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task They_read_what_auditors_read_until_the_second_in_which_their_access_ends()
    {
        told["scope"]!.GetValue<string>().ShouldBe(
            $"openid offline_access {string.Join(' ', Reading)}", "and nothing that changes anything");
        told["expires_in"]!.GetValue<int>().ShouldBe(600, "no token outlives the access");
        string period = $"from={end.AddDays(-1).UtcDateTime:O}&until={end.AddDays(1).UtcDateTime:O}";
        string[] reads =
        [
            "/people", $"/people/{auditor}", $"/people/{auditor}/groups", $"/people/{auditor}/sessions", $"/people/{auditor}/clearances",
            "/groups", "/organisations", "/reports/dormant-accounts", $"/reports/deprovisioning?{period}", "/clearances/missing",
            "/session-limits", "/directories",
        ];
        foreach (string path in reads)
        {
            (await StatusAsync(path)).ShouldBe(HttpStatusCode.OK, path);
        }

        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        (await StatusAsync("/people")).ShouldBe(HttpStatusCode.OK);
        (await Viewer.IsActiveAsync(host, Token)).ShouldBeTrue();
        told = await ClientPeer.OkAsync(await Viewer.RefreshAsync(host, "pages", told["refresh_token"]!.GetValue<string>()));
        told["expires_in"]!.GetValue<int>().ShouldBe(1);

        clock.Advance(TimeSpan.FromSeconds(1));
        foreach (string path in reads)
        {
            (await StatusAsync(path)).ShouldBe(HttpStatusCode.Unauthorized, path);
        }

        (await Viewer.IsActiveAsync(host, Token)).ShouldBeFalse();
        await ClientPeer.ShouldRefuseAsync(
            await Viewer.RefreshAsync(host, "pages", told["refresh_token"]!.GetValue<string>()), 400, "invalid_grant");
        using HttpResponseMessage none = await Viewer.RedeemAsync(
            host, "pages", await browser.CodeAsync("pages", ("scope", "openid people.read")));
        await ClientPeer.ShouldRefuseAsync(none, 400, "invalid_grant");
    }

    [Fact]
    public async Task Every_command_that_there_is_is_refused()
    {
        JsonObject paths = (await host.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        long before = await host.Store.HeadAsync();
        int commands = 0;
        foreach ((string path, JsonNode? operations) in paths.Where(
            path => !OfNobody.Any(start => path.Key.StartsWith(start, StringComparison.Ordinal))))
        {
            foreach ((string method, _) in operations!.AsObject().Where(operation => operation.Key is not ("get" or "head")))
            {
                using HttpResponseMessage answer = await host.SendAsync(
                    new HttpMethod(method.ToUpperInvariant()), Parameter().Replace(path, auditor), "{}", Token);
                answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{method} {path}");
                commands++;
            }
        }

        commands.ShouldBeGreaterThan(25);
        (await host.Store.HeadAsync()).ShouldBe(before);
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using HttpResponseMessage answer = await Viewer.GetAsync(host, path, Token);
        return answer.StatusCode;
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
