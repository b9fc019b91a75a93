using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.Recertification.Tests.Reviews;

/// <summary>With the real PolicyDecision and IdentityFederation: what a reviewer revokes is denied.</summary>
public sealed class RealServicesTests : IAsyncLifetime
{
    private const string Policies = """
        @id("look") permit (principal in Reader::"radiologist", action == Action::"study.view", resource);
        @id("write") permit (principal in Role::"radiologist", action == Action::"study.annotate", resource);
        @id("known") forbid (principal, action, resource is Study) unless { context.knownNetwork && context.assuranceLevel >= 2 };
        @id("manage") permit (principal in Role::"user-administrator", action == Action::"user.manage", resource);
        """;

    private static readonly Dictionary<string, string> Settings =
        new(StringComparer.Ordinal) { ["PolicyDecision__DirectPublication"] = "true" };

    private readonly AccessGovProcesses others = new();
    private RecertificationHost host = null!;
    private string campaign = "";

    public async Task InitializeAsync()
    {
        await others.StartAsync(new Uri("http://127.0.0.1:9/"), Settings);
        await others.SendAsync(HttpMethod.Put, "/sites/north", new
        {
            name = "North", timeZone = "UTC", departments = new[] { new { id = "ct", name = "CT" } }, networks = new[] { new { name = "wards", cidr = "10.1.0.0/16" } },
        });
        await others.SendAsync(HttpMethod.Post, "/studies/import", new
        {
            studies = new[] { new { studyInstanceUid = "1.2.1", patientId = "P1", department = "ct" } },
        });
        foreach (string role in (string[])["radiologist", "user-administrator"])
        {
            await others.SendAsync(HttpMethod.Put, $"/roles/{role}", new { description = $"the {role}" });
        }

        await others.SendAsync(HttpMethod.Post, "/policy-sets/hospital/versions", new
        {
            files = new[] { new { name = "a.cedar", text = Policies } }, comment = "Reviews.",
        });
        foreach ((string id, string? manager) in ((string, string?)[])[("boss", null), ("ada", "boss"), ("bob", "boss"), ("eva", "boss")])
        {
            await others.SendAsync(HttpMethod.Post, new Uri(others.IdentityFederation, "people").AbsoluteUri, new
            {
                organisation = "hospital", id,
                profile = new { userName = id, displayName = $"{id} of the house", employment = new { department = "ct", manager } },
            });
        }

        host = await RecertificationHost.StartBesideAsync(others);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await others.DisposeAsync();
    }

    [Fact]
    public async Task What_is_revoked_is_denied_with_proof_and_given_back_it_is_permitted()
    {
        string everywhere = await GiveAsync("ada", "radiologist", new { kind = "everywhere" });
        string department = await GiveAsync("bob", "radiologist", new { kind = "department", id = "ct" });
        string administrator = await GiveAsync("eva", "user-administrator", new { kind = "everywhere" });
        (await MayAsync("ada")).ShouldBeTrue();
        await LaunchAsync(3);

        foreach (string grant in (string[])[everywhere, department, administrator])
        {
            await host.TakenAsync($"/reviews/{campaign}.{grant}/decide", "boss", new { verdict = "revoke" });
            JsonNode applied = await AppliedAsync(grant);
            applied["probe"]!["permitted"]!.GetValue<bool>().ShouldBeFalse();
            applied["probe"]!["evaluation"]!.GetValue<string>().ShouldNotBeEmpty();
            applied["probe"]!["atPosition"]!.GetValue<long>().ShouldBeGreaterThan(0);
        }

        (await MayAsync("ada")).ShouldBeFalse("it is revoked");
        await host.TakenAsync($"/reviews/{campaign}.{everywhere}/restore", "boss", new { reason = "A mistake" });
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/reviews/{campaign}.{everywhere}", "boss"))["state"]!.GetValue<string>() == "restored",
            "it is given back");
        (await MayAsync("ada")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_reduced_reads_only_and_what_is_kept_for_a_time_ends_then()
    {
        string reduced = await GiveAsync("ada", "radiologist", new { kind = "everywhere" });
        string kept = await GiveAsync("bob", "radiologist", new { kind = "everywhere" });
        await LaunchAsync(2);
        DateTimeOffset until = DateTimeOffset.UtcNow.AddDays(30);
        await host.TakenAsync($"/reviews/{campaign}.{reduced}/decide", "boss", new { verdict = "reduce" });
        await host.TakenAsync($"/reviews/{campaign}.{kept}/decide", "boss", new { verdict = "keep_until", until });
        string readOnly = (await AppliedAsync(reduced))["newGrant"]!.GetValue<string>();
        string timed = (await AppliedAsync(kept))["newGrant"]!.GetValue<string>();
        (await MayAsync("ada")).ShouldBeTrue();
        (await MayAsync("ada", "study.annotate")).ShouldBeFalse();
        await Eventually.HoldsAsync(async () => await GrantAsync("ada", readOnly) is not null && await GrantAsync("bob", timed) is not null, "they are listed");
        (await GrantAsync("ada", readOnly))!["readOnly"]!.GetValue<bool>().ShouldBeTrue();
        (await GrantAsync("bob", timed))!["until"]!.GetValue<DateTimeOffset>().ShouldBe(until, TimeSpan.FromSeconds(1));
    }

    private async Task LaunchAsync(int items)
    {
        await Eventually.HoldsAsync(
            async () => (await others.SendAsync(HttpMethod.Get, "/grants?active=true"))!["grants"]!.AsArray().Count == items, "the grants are listed");
        campaign = (await host.TakenAsync("/campaigns", "sven", new
        {
            name = "Now", kind = "ad_hoc", zone = "UTC", starts = host.Clock.GetUtcNow(), deadline = host.Clock.GetUtcNow().AddDays(7),
        }))!["id"]!.GetValue<string>();
        await host.TakenAsync($"/campaigns/{campaign}/launch", "sven");
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync("/reviews", "boss"))["items"]!.AsArray().Count == items, "the manager is asked");
    }

    private async Task<JsonNode> AppliedAsync(string grant)
    {
        JsonNode shown = null!;
        await Eventually.HoldsAsync(
            async () => (shown = await host.GetAsync($"/reviews/{campaign}.{grant}", "boss"))["state"]!.GetValue<string>() is "applied" or "not_applied",
            "it is carried out");
        shown["state"]!.GetValue<string>().ShouldBe("applied", shown.ToJsonString());
        return shown["history"]!.AsArray().Last()!["data"]!;
    }

    private async Task<bool> MayAsync(string person, string action = "study.view") =>
        (await others.SendAsync(HttpMethod.Post, "/access/v1/evaluation", new
        {
            subject = new { type = "User", id = person }, action = new { name = action }, resource = new { type = "Patient", id = "P1" },
        }))!["decision"]!.GetValue<bool>();

    private async Task<JsonNode?> GrantAsync(string person, string id) =>
        (await others.SendAsync(HttpMethod.Get, $"/grants?subject={person}"))!["grants"]!.AsArray()
            .SingleOrDefault(grant => grant!["id"]!.GetValue<string>() == id);

    private async Task<string> GiveAsync(string person, string role, object scope) => (await others.SendAsync(HttpMethod.Post, "/grants", new
    {
        subjectId = person, role, scope, reason = "works there",
    }))!["id"]!.GetValue<string>();
}
