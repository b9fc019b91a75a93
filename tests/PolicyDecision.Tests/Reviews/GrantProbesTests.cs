using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.ShippedPolicies;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.Reviews;

/// <summary>The question that shows that a grant was taken back, by the shipped policies: they ask for networks, second factors and sites.</summary>
public sealed class GrantProbesTests : IAsyncLifetime
{
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync();
        foreach (string role in (string[])["radiologist", "radiology-technologist", "system-administrator", "referring-physician"])
        {
            await DoneAsync(host.PutAsync($"/roles/{role}", new { description = $"the {role}" }));
        }

        await DoneAsync(host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "Europe/Vienna", workingHours = new[] { new { days = new[] { 1, 2, 3, 4, 5 }, start = "07:00", end = "19:00" } },
            networks = new[] { new { name = "wards", cidr = "10.1.0.0/16" } },
            departments = new[] { new { id = "radiology", name = "Radiology" }, new { id = "surgery", name = "Surgery" } }, archives = new[] { "north-pacs" },
        }));
        await DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new
        {
            files = Directory.GetFiles(ShippedPolicySet.Current.Folder)
                .Where(path => Path.GetExtension(path) is ".cedar" or ".cedarschema" or ".obligations" || Path.GetFileName(path) is "actions.json" or "obligations.json")
                .Select(path => new { name = Path.GetFileName(path), text = File.ReadAllText(path) }),
            comment = "Shipped",
        }));
        await DoneAsync(host.SendAsync(HttpMethod.Post, "/studies/import", """
            {"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1","department":"radiology","modality":["CT"]},
                        {"studyInstanceUid":"1.2.2","patientId":"P2","department":"surgery","modality":["CT"]}]}
            """, host.Token("studies.feed")));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("radiologist", "department", "radiology")]
    [InlineData("radiologist", "site", "north")]
    [InlineData("radiologist", "everywhere", null)]
    [InlineData("radiologist", "patient", "P2")]
    [InlineData("radiology-technologist", "department", "surgery")]
    [InlineData("system-administrator", "everywhere", null)]
    public async Task What_a_grant_let_through_is_asked_and_denied_once_it_is_revoked(string role, string kind, string? id)
    {
        string grant = await GiveAsync("ada", role, kind, id);
        JsonNode asked = (await ProbeAsync(grant))!;
        (await DecideAsync(asked)).ShouldBeTrue(asked.ToJsonString());
        await DoneAsync(host.PostAsync($"/grants/{grant}/revoke", new { reason = "r" }));
        JsonNode afterwards = (await ProbeAsync(grant))!;
        (await DecideAsync(afterwards)).ShouldBeFalse(afterwards.ToJsonString());
        (await DecideAsync(asked)).ShouldBeFalse(asked.ToJsonString());
    }

    [Fact]
    public async Task Nothing_is_asked_that_the_person_may_do_without_the_grant()
    {
        string narrow = await GiveAsync("ben", "radiologist", "department", "radiology"), wide = await GiveAsync("ben", "radiologist", "site", "north");
        (await ProbeAsync(narrow)).ShouldBeNull("the site's grant gives all of it");
        (await ProbeAsync(wide))!["resource"]!["id"]!.GetValue<string>().ShouldBeOneOf("1.2.2", "P2", "north-pacs");
        string read = await GiveAsync("carl", "radiologist", "everywhere", null, readOnly: true), full = await GiveAsync("carl", "radiologist", "everywhere", null);
        (await ProbeAsync(read)).ShouldBeNull();
        (await DecideAsync((await ProbeAsync(full))!)).ShouldBeTrue();
        string later = await GiveAsync("dora", "radiologist", "everywhere", null, from: DateTimeOffset.UtcNow.AddDays(1));
        (await ProbeAsync(later)).ShouldBeNull("a grant that has not begun lets nothing through");
    }

    [Fact]
    public async Task Only_who_applies_reviews_asks_and_only_about_what_was_given()
    {
        await Refusal.ShouldBeAsync(await SendAsync("none", "reviews.apply"), 404, "grant_unknown");
        string grant = await GiveAsync("eve", "radiologist", "everywhere", null);
        await Refusal.ShouldBeAsync(await SendAsync(grant, "reviews.apply", $"?atPosition={long.MaxValue}"), 503, "position_not_reached");
        using HttpResponseMessage forbidden = await SendAsync(grant, "reviews.gather");
        ((int)forbidden.StatusCode).ShouldBe(403);
    }

    private Task<HttpResponseMessage> SendAsync(string grant, string scope, string query = "") =>
        host.SendAsync(HttpMethod.Get, $"/reviewed-grants/{grant}/probe{query}", token: host.Token(scope));

    private async Task<JsonNode?> ProbeAsync(string grant) => (await DoneAsync(SendAsync(grant, "reviews.apply")))!["question"];

    private async Task<bool> DecideAsync(JsonNode question) => (await DoneAsync(host.SendAsync(
        HttpMethod.Post, "/access/v1/evaluation", question.ToJsonString(), host.Token("decisions.evaluate"))))!["decision"]!.GetValue<bool>();

    private async Task<string> GiveAsync(string subject, string role, string kind, string? id, bool readOnly = false, DateTimeOffset? from = null) =>
        (await DoneAsync(host.PostAsync("/grants", new { subjectId = subject, role, scope = new { kind, id }, reason = "because", readOnly, from })))["id"]!
            .GetValue<string>();
}
