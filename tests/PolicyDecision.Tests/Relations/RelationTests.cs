using System.Net;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Facts;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Relations;

public sealed class RelationTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task Relations_of_all_kinds_are_facts_until_they_end()
    {
        string team = await StartAsync("care-team", "ada", "P1");
        await StartAsync("referral", "lise", "P1");
        string family = await StartAsync("family", "ada", "P2");
        string self = await StartAsync("self", "ada", "P3");
        Patient("P1").CareTeam.ShouldHaveSingleItem().UserId.ShouldBe("ada");
        Patient("P1").Referrals.ShouldHaveSingleItem().UserId.ShouldBe("lise");
        (Ada.Family.ShouldHaveSingleItem().PatientId, Ada.SelfPatientId, Patient("P3").IsStaff).ShouldBe(("P2", "P3", true));

        foreach (string id in (string[])[team, family, self, self])
        {
            (await host.SendAsync(HttpMethod.Post, $"/relations/{id}/end")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        Patient("P1").CareTeam.ShouldBeEmpty();
        Patient("P3").IsStaff.ShouldBeFalse();
        host.Facts.Current.Subjects.ContainsKey(new SubjectKey("User", "ada")).ShouldBeFalse();
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync("/relations?patient=P1"))["relations"]!.AsArray() is [var left] && left!["kind"]!.GetValue<string>() == "referral",
            "the list shows what is left");
    }

    [Fact]
    public async Task Nobody_is_two_patients_however_many_say_so_at_once()
    {
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => host.PostAsync("/relations", new { kind = "self", user = "eve", patient = $"E{i}" })));
        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
        await Refusal.ShouldBeAsync(answers.First(answer => !answer.IsSuccessStatusCode), 409, "self_taken");
    }

    [Fact]
    public async Task An_import_sent_again_changes_nothing_and_a_new_end_is_taken()
    {
        async Task<JsonNode> ImportAsync(DateTimeOffset? until) => JsonNode.Parse(await (await host.PostAsync("/relations/import", new
        {
            relations = Enumerable.Range(0, 500).Select(i => new { kind = "care-team", user = $"u{i % 7}", patient = $"I{i}", until }).Append(new { kind = "care-team", user = "u0", patient = "I0", until }),
        })).Content.ReadAsStringAsync())!;

        (await ImportAsync(null))["accepted"]!.GetValue<int>().ShouldBe(500);
        (await ImportAsync(null))["unchanged"]!.GetValue<int>().ShouldBe(501);
        (await ImportAsync(DateTimeOffset.UtcNow.AddDays(1)))["accepted"]!.GetValue<int>().ShouldBe(500);
        Patient("I3").CareTeam.ShouldHaveSingleItem().Until.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_relation_that_never_was_cannot_end() =>
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Post, "/relations/none/end"), 404, "relation_unknown");

    private SubjectFacts Ada => host.Facts.Current.Subjects[new SubjectKey("User", "ada")];

    private PatientFacts Patient(string id) => host.Facts.Current.Patients.GetValueOrDefault(id, PatientFacts.None);

    private async Task<string> StartAsync(string kind, string user, string patient)
    {
        using HttpResponseMessage answer = await host.PostAsync("/relations", new { kind, user, patient });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }
}
