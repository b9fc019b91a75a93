using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tests.Tokens;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tests.Clearances;

/// <summary>Where a hospital requires clearances, nobody administers without them.</summary>
[Trait("Requirement", "S116")]
public sealed class AdministrationTests
{
    private const string Everything = "openid things.read people.manage offline_access";
    private const string Rest = "openid things.read offline_access";

    [Fact]
    public async Task Nobody_administers_without_what_is_required_and_everybody_goes_on_with_the_rest()
    {
        using var log = new LogLines();
        await using IdentityFederationHost host = await StartAsync(log: log, required: ["background_check", "privacy_agreement"]);
        (string ada, string client) = (await host.PersonAsync("ada"), await RegisterAsync(host));
        await GroupAsync(host, [ada], "people.manage");
        using Browser browser = await Browser.SignedInAsync(host, ada);
        JsonNode told = await Viewer.TokensAsync(host, browser, client, ("scope", Everything));
        Shown(told).ShouldBe((Rest, "background_check privacy_agreement"));
        log.All.ShouldContain(line => line.Level == LogLevel.Warning
            && line.Text == $"Person {ada} got none of the scopes of their groups for client {client}: "
                + "no valid clearance on file (background_check privacy_agreement)");

        await ClearanceTests.FileAsync(host, ada, "background_check", null);
        Shown(told = await RefreshAsync(host, client, told)).ShouldBe((Rest, "privacy_agreement"), "both are required");
        using HttpResponseMessage nothing = await Viewer.RedeemAsync(
            host, client, await browser.CodeAsync(client, ("scope", "people.manage")));
        (await nothing.Content.ReadAsStringAsync()).ShouldContain("privacy_agreement", Case.Sensitive, "it is said why");
        await ClientPeer.ShouldRefuseAsync(nothing, 400, "invalid_scope");

        await ClearanceTests.FileAsync(host, ada, "privacy_agreement", null);
        Shown(told = await RefreshAsync(host, client, told)).ShouldBe(("openid things.read people.manage offline_access", null));

        using HttpResponseMessage withdrawn = await host.SendAsync(
            HttpMethod.Delete, $"/people/{ada}/clearances/background_check", """{"reason":"Forged."}""",
            host.TokenOf("grace", "clearances.write"));
        withdrawn.IsSuccessStatusCode.ShouldBeTrue();
        Shown(await RefreshAsync(host, client, told)).ShouldBe((Rest, "background_check"));
    }

    [Fact]
    public async Task A_clearance_that_ends_counts_until_its_last_day_is_over()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost host = await StartAsync(clock, required: "background_check");
        (string ada, string client) = (await host.PersonAsync("ada"), await RegisterAsync(host));
        await GroupAsync(host, [ada], "people.manage");
        clock.Stop();
        clock.Advance(clock.GetUtcNow().Date.AddDays(1).AddSeconds(-2) - clock.GetUtcNow().UtcDateTime);
        string today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)
            .ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await ClearanceTests.FileAsync(host, ada, "background_check", today);
        using Browser browser = await Browser.SignedInAsync(host, ada);
        JsonNode told = await Viewer.TokensAsync(host, browser, client, ("scope", Everything));
        Shown(told).ShouldBe(("openid things.read people.manage offline_access", null));
        clock.Advance(TimeSpan.FromSeconds(1));
        Shown(told = await RefreshAsync(host, client, told)).ShouldBe(("openid things.read people.manage offline_access", null));
        clock.Advance(TimeSpan.FromSeconds(1));
        Shown(await RefreshAsync(host, client, told)).ShouldBe((Rest, "background_check"));
    }

    [Fact]
    public async Task Where_nothing_is_required_who_lacks_what_is_reported_and_nothing_else()
    {
        await using IdentityFederationHost host = await StartAsync();
        (string ada, string client) = (await host.PersonAsync("ada"), await RegisterAsync(host));
        await GroupAsync(host, [ada], "people.manage");
        using Browser browser = await Browser.SignedInAsync(host, ada);
        Shown(await Viewer.TokensAsync(host, browser, client, ("scope", Everything)))
            .ShouldBe(("openid things.read people.manage offline_access", null));
    }

    [Fact]
    public async Task Whoever_lacks_one_needs_two_factors_all_the_same()
    {
        await using IdentityFederationHost host = await StartAsync(required: "background_check");
        (string ada, string client) = (await host.PersonAsync("ada"), await RegisterAsync(host));
        await GroupAsync(host, [ada], "people.manage");
        using Browser weak = await Browser.SignedInAsync(host, ada, IdentityFederation.Sessions.AuthenticationContexts.SingleFactor);
        (await weak.ToSignInAsync(Browser.Request(client, ("scope", Everything))))["acr_values"]
            .ShouldBe(IdentityFederation.Sessions.AuthenticationContexts.MultiFactor);
    }

    [Theory]
    [InlineData("backgroundCheck")]
    [InlineData("Background_Check")]
    [InlineData("")]
    public async Task A_kind_that_there_is_not_is_refused_at_the_start(string kind)
    {
        OptionsValidationException refused = await Should.ThrowAsync<OptionsValidationException>(() => StartAsync(required: kind));
        refused.Message.ShouldContain("RequiredClearances");
    }

    /// <summary>A group of these people that may this; answers its id.</summary>
    internal static async Task<string> GroupAsync(IdentityFederationHost host, string[] members, params string[] scopes)
    {
        var body = new JsonObject
        {
            ["displayName"] = $"{Guid.NewGuid()}",
            ["members"] = new JsonArray([.. members.Select(member => new JsonObject { ["value"] = member })]),
        };
        var request = new HttpRequestMessage(HttpMethod.Post, "/scim/v2/Groups")
        {
            Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/scim+json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.TokenOf("tests", "scim"));
        using HttpResponseMessage made = await host.Client.SendAsync(request);
        string text = await made.Content.ReadAsStringAsync();
        made.IsSuccessStatusCode.ShouldBeTrue(text);
        string group = JsonNode.Parse(text)!["id"]!.GetValue<string>();
        using HttpResponseMessage assigned = await host.SendAsync(
            HttpMethod.Put, $"/groups/{group}/scopes", new JsonObject { ["scopes"] = new JsonArray([.. scopes]) }.ToJsonString(),
            host.TokenOf("grace", "scopes.assign"));
        assigned.IsSuccessStatusCode.ShouldBeTrue(await assigned.Content.ReadAsStringAsync());
        return group;
    }

    private static (string Scope, string? Missing) Shown(JsonNode told) => (
        told["scope"]!.GetValue<string>(),
        told["missing_clearances"] is JsonArray missing ? string.Join(' ', missing.Select(kind => kind!.GetValue<string>())) : null);

    private static async Task<JsonNode> RefreshAsync(IdentityFederationHost host, string client, JsonNode told) =>
        await ClientPeer.OkAsync(await Viewer.RefreshAsync(host, client, told["refresh_token"]!.GetValue<string>()));

    private static Task<IdentityFederationHost> StartAsync(TimeProvider? clock = null, LogLines? log = null, params string[] required)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["IdentityFederation:Provisioning:Clients:tests"] = "hospital",
            ["IdentityFederation:Sessions:InsideNetworks:0"] = "127.0.0.0/8",
            ["Logging:LogLevel:AccessGov.IdentityFederation.Clearances"] = "Warning",
        };
        foreach ((int place, string kind) in required.Index())
        {
            settings[$"IdentityFederation:RequiredClearances:{place}"] = kind;
        }

        return IdentityFederationHost.StartAsync(
            settings: settings, clock: clock, configure: log is null ? null : services => services.AddSingleton<ILoggerProvider>(log));
    }

    private static async Task<string> RegisterAsync(IdentityFederationHost host)
    {
        using HttpResponseMessage registered = await host.PutAsync("/clients/desk", new
        {
            name = "desk", scopes = new[] { "things.read", "people.manage" }, authentication = "none",
            redirectUris = new[] { Browser.RedirectUri }, offlineAccess = true,
        });
        registered.IsSuccessStatusCode.ShouldBeTrue(await registered.Content.ReadAsStringAsync());
        return "desk";
    }
}
