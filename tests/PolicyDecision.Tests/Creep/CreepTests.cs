using System.Globalization;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.Incoming;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Answers;
using V1 = AccessGov.Contracts.Recertification.V1;

namespace AccessGov.PolicyDecision.Tests.Creep;

/// <summary>What people have gathered since an instant, as the real service tells it.</summary>
public sealed class CreepTests : IAsyncLifetime
{
    private const string Cedar = """
        @id("read") permit (principal in Reader::"radiologist", action == Action::"study.view", resource);
        @id("write") permit (principal in Role::"radiologist", action == Action::"study.annotate", resource);
        @id("old") permit (principal in Reader::"old", action == Action::"study.view", resource);
        @id("bill") permit (principal in Reader::"billing", action == Action::"bill.view", resource);
        """;

    private PolicyDecisionHost host = null!;
    private string beginning = "";
    private string before = "";
    private string billing = "";

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync();
        foreach (string role in (string[])["radiologist", "billing", "old"])
        {
            await DoneAsync(host.PutAsync($"/roles/{role}", new { description = role }));
        }

        await DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "p.cedar", text = Cedar } }, comment = "c" }));
        beginning = await host.NowAsync();
        await GiveAsync("ada", "billing");
        string ended = await GiveAsync("ada", "old");
        await ViewAsync("ada");
        before = await host.NowAsync();
        await DoneAsync(host.PostAsync($"/grants/{ended}/revoke", new { reason = "r" }));
        billing = await GiveAsync("ada", "billing", "P1");
        await GiveAsync("ada", "radiologist");
        await GiveAsync("bob", "radiologist", readOnly: true);
        await GiveAsync("carla", "radiologist", from: DateTimeOffset.UtcNow.AddDays(1));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task What_somebody_gathered_is_told_with_the_rights_and_which_were_used()
    {
        JsonNode ada = await host.GetAsync($"/subjects/User/ada/creep?since={before}");
        ada["held"]!.GetValue<int>().ShouldBe(3);
        ada["gathered"]!.AsArray().Select(grant => $"{grant!["role"]} {grant["scope"]}").ShouldBe(["billing patient/P1", "radiologist everywhere"]);
        ada["gathered"]![0]!["grantId"]!.GetValue<string>().ShouldBe(billing);

        // She could see bills before.
        Rights(ada).ShouldBe("radiologist study.annotate False; radiologist study.view False");
        await ViewAsync("ada");
        await Eventually.HoldsAsync(
            async () => Rights(await host.GetAsync($"/subjects/User/ada/creep?since={before}")) == "radiologist study.annotate False; radiologist study.view True", "what was used is indexed");

        Rights(await host.GetAsync($"/subjects/User/bob/creep?since={before}")).ShouldBe("radiologist study.view False");
        (await host.GetAsync($"/subjects/User/carla/creep?since={before}"))["gathered"]!.AsArray().ShouldBeEmpty();
        (await host.GetAsync($"/subjects/User/ada/creep?since={await host.NowAsync()}"))["gathered"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_used_before_the_instant_does_not_count()
    {
        // By a role that she has no more; the indexed decision is a use of the time before only.
        await Eventually.HoldsAsync(
            async () => Rights(await host.GetAsync($"/subjects/User/ada/creep?since={beginning}")).Contains("radiologist study.view True", StringComparison.Ordinal), "what was used is indexed");
        Rights(await host.GetAsync($"/subjects/User/ada/creep?since={before}")).ShouldBe("radiologist study.annotate False; radiologist study.view False");
    }

    [Fact]
    public async Task Without_an_instant_it_is_what_was_gathered_in_ninety_days_or_since_the_beginning() =>
        (await host.GetAsync("/subjects/User/ada/creep"))["gathered"]!.AsArray().Count.ShouldBe(3);

    [Fact]
    public async Task Without_an_instant_it_is_what_was_gathered_since_the_person_was_certified()
    {
        await host.TellAsync("c1", new V1.AccessCertified("c1", "g1", "ada", "billing", "boss", DateTimeOffset.Parse(before, CultureInfo.InvariantCulture)));
        await host.TellAsync("c0", new V1.AccessChangeDecided("c0", "g0", "ada", "billing", true, null, "boss", DateTimeOffset.Parse(beginning, CultureInfo.InvariantCulture)));
        await host.TellAsync("c0", new V1.AccessChangeDecided("c0", "g0", "bob", "billing", true, null, "boss", DateTimeOffset.Parse(beginning, CultureInfo.InvariantCulture)));
        await Eventually.HoldsAsync(async () => (await host.GetAsync("/subjects/User/bob/creep"))["certifiedAt"] is not null, "the certifications are heard of");
        JsonNode ada = await host.GetAsync("/subjects/User/ada/creep");
        ada["certifiedAt"]!.GetValue<DateTimeOffset>().ShouldBe(DateTimeOffset.Parse(before, CultureInfo.InvariantCulture));
        ada["since"]!.GetValue<DateTimeOffset>().ShouldBe(ada["certifiedAt"]!.GetValue<DateTimeOffset>());
        ada["gathered"]!.AsArray().Count.ShouldBe(2, "what came before was seen by whoever certified");
    }

    [Fact]
    public async Task Who_gathered_most_comes_first()
    {
        JsonNode most = await host.GetAsync($"/role-creep?since={before}");
        most["people"]!.AsArray().Select(person => $"{person!["id"]} {person["grants"]} {string.Join(',', person["roles"]!.AsArray())}").ShouldBe(["ada 2 radiologist", "bob 1 radiologist"]);
        (await host.GetAsync($"/role-creep?since={before}&top=1"))["people"]!.AsArray().ShouldHaveSingleItem();
        await DoneAsync(host.SendAsync(HttpMethod.Delete, "/roles/radiologist"));
        (await host.GetAsync($"/role-creep?since={before}"))["people"]!.AsArray().Select(person => $"{person!["id"]} {person["grants"]}").ShouldBe(["ada 1"]);
    }

    [Fact]
    public async Task That_it_was_asked_is_in_the_journal()
    {
        await host.GetAsync($"/subjects/User/ada/creep?since={before}");
        await Eventually.HoldsAsync(
            async () =>
            {
                using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, "/decisions?subject=grace", token: host.Token("journal.read"));
                return (await answer.Content.ReadAsStringAsync()).Contains("facts.time-travel", StringComparison.Ordinal);
            },
            "the access is found");
    }

    [Theory]
    [InlineData("/subjects/Robot/ada/creep", 400, "subject_malformed")]
    [InlineData("/subjects/User/%01/creep", 400, "subject_malformed")]
    [InlineData("/subjects/User/ada/creep?since=yesterday", 400, "instant_malformed")]
    [InlineData("/subjects/User/ada/creep?since=9026-01-01T00:00:00Z", 400, "instant_in_future")]
    [InlineData("/subjects/User/ada/creep?since=2020-01-01T00:00:00Z", 404, "instant_before_beginning")]
    [InlineData("/role-creep?since=yesterday", 400, "instant_malformed")]
    [InlineData("/role-creep?top=0", 400, "request_malformed")]
    [InlineData("/role-creep?top=1001", 400, "request_malformed")]
    public async Task What_cannot_be_asked_is_refused(string path, int status, string code) =>
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, path), status, code);

    private async Task ViewAsync(string subject)
    {
        JsonNode answer = (await DoneAsync(host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluation",
            $$"""{"subject":{"id":"{{subject}}","type":"User"},"action":{"name":"study.view"},"resource":{"type":"Patient","id":"P1"} }""", host.Token("decisions.evaluate"))))!;
        answer["decision"]!.GetValue<bool>().ShouldBeTrue(answer.ToJsonString());
    }

    private static string Rights(JsonNode gathered) => string.Join("; ", gathered["rights"]!.AsArray().Select(right => $"{right!["role"]} {right["action"]} {right["used"]!.GetValue<bool>()}"));

    private async Task<string> GiveAsync(string subject, string role, string? patient = null, bool readOnly = false, DateTimeOffset? from = null) =>
        (await DoneAsync(host.PostAsync("/grants", new
        {
            subjectId = subject, role, scope = patient is null ? (object)new { kind = "everywhere" } : new { kind = "patient", id = patient }, reason = "x", readOnly, from,
        })))["id"]!.GetValue<string>();
}
