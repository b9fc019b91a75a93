using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.Clearances;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.IdentityFederation.Tests.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Sessions;

/// <summary>What is said of time-outs is what happens.</summary>
public sealed class StatedLimitsTests
{
    [Fact]
    [Trait("Requirement", "S13")]
    public async Task What_is_stated_is_what_a_session_gets()
    {
        await using IdentityFederationHost first = await IdentityFederationHost.StartAsync(
            settings: new Dictionary<string, string?>(SignInBrowser.Settings, StringComparer.Ordinal)
            {
                ["IdentityFederation:Provisioning:Clients:tests"] = "hospital",
                ["IdentityFederation:Sessions:Inside:Idle"] = "00:20:00",
                ["IdentityFederation:Sessions:Outside:Idle"] = "00:07:30",
            });
        (string away, string secret) = await SignInBrowser.PersonAsync(first, "away", app: true);
        (string ward, _) = await SignInBrowser.PersonAsync(first, "ward");
        (string desk, _) = await SignInBrowser.PersonAsync(first, "desk");
        string group = await AdministrationTests.GroupAsync(first, [ward]);
        await using IdentityFederationHost host = await first.BesideAsync(
            ($"IdentityFederation:Sessions:Groups:{group}:Idle", "00:10:00"),
            ($"IdentityFederation:Sessions:Groups:{group}:Absolute", "10:00:00"));

        JsonNode stated = await ClientPeer.OkAsync(
            await host.SendAsync(HttpMethod.Get, "/session-limits", token: host.TokenOf("grace", "sessions.read")));
        stated["insideNetworks"]!.ToJsonString().ShouldBe("""["10.0.0.0/8"]""");
        stated["strictestCounts"]!.GetValue<bool>().ShouldBeTrue();
        stated["rules"]!.AsArray()
            .Select(rule => $"{rule!["network"]} {rule["group"]} {rule["idleSeconds"]} {rule["absoluteSeconds"]}").ShouldBe(
            ["inside  1200 43200", "outside  450 28800", $"inside {group} 600 36000", $"outside {group} 450 28800"]);
        stated["rules"]![2]!["groupName"]!.GetValue<string>().ShouldNotBeEmpty();

        foreach ((string person, string name, bool inside, string? of) in new[]
        {
            (desk, "desk", true, null), (ward, "ward", true, group), (away, "away", false, (string?)null),
        })
        {
            var browser = new SignInBrowser(host, inside ? SignInBrowser.Inside : SignInBrowser.Outside);
            await browser.SignInAsync(name);
            if (!inside)
            {
                await browser.TypeCodeAsync(await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30)));
            }

            if (browser.Location.Contains("acknowledgement", StringComparison.Ordinal))
            {
                await browser.AcknowledgeAsync();
            }

            JsonNode rule = stated["rules"]!.AsArray().Single(
                rule => rule!["group"]?.GetValue<string>() == of
                    && rule["network"]!.GetValue<string>() == (inside ? "inside" : "outside"))!;
            Session.Open session = host.Services.GetRequiredService<OpenSessions>().Of(person)
                .MaxBy(open => open.State.StartedAt)!.State;
            session.Bounds.Idle.TotalSeconds.ShouldBe(rule["idleSeconds"]!.GetValue<double>(), name);
            (session.Bounds.EndsAt - session.StartedAt).TotalSeconds.ShouldBe(rule["absoluteSeconds"]!.GetValue<double>(), name);
        }
    }

    [Fact]
    public async Task They_are_stated_to_whoever_may_see_sessions()
    {
        await using IdentityFederationHost host = await IdentityFederationHost.StartAsync();
        using HttpResponseMessage forbidden = await host.SendAsync(
            HttpMethod.Get, "/session-limits", token: host.TokenOf("grace", "people.read"));
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
