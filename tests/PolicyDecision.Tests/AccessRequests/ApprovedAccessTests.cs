using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Facts;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.PolicyDecision.Tests.AccessRequests;

/// <summary>What becomes of an approval whose grant is refused, through HTTP. A rule keeps consultants and auditors apart; ada is an auditor.</summary>
public sealed class ApprovedAccessTests : IAsyncLifetime
{
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync();
        await host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = "@id(\"reader\") permit (principal in Reader::\"consultant\", action, resource);" } }, comment = "c" });
        await host.PutAsync("/roles/pacs-administrator", new { description = "Decides" });
        await host.PutAsync("/roles/auditor", new { description = "Audits" });
        await host.PutAsync("/roles/consultant", new { description = "Reads a patient", request = new { hoursMax = 8, approver = "pacs-administrator" } });
        foreach ((string who, string role) in ((string, string)[])[("grace", "pacs-administrator"), ("tests", "pacs-administrator"), ("ada", "auditor")])
        {
            (await host.PostAsync("/grants", new { subjectId = who, role, scope = new { kind = "everywhere" }, reason = "x" })).EnsureSuccessStatusCode();
        }
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task What_separated_duties_forbid_is_not_approved_and_stays_to_be_decided()
    {
        await SeparateAsync();
        string id = await AskedAsync("ada");

        await Refusal.ShouldBeAsync(await DecideAsync(id, "approve", "grace"), 409, "separation_of_duties");

        (await StatusAsync(id)).ShouldBe("pending");
        (await DecideAsync(id, "deny", "grace")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_rule_that_comes_between_the_approval_and_the_grant_fails_the_request_for_good()
    {
        await SeparateAsync();
        string id = await AskedAsync("ada");

        // As if the rule had come right after somebody approved.
        await AppendAsync(id, new AccessRequestApproved(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(8), "second opinion"));

        await Eventually.HoldsAsync(async () => await StatusAsync(id) == "failed", "the task says that there is no grant");
        JsonNode again = await AgainAsync(id);
        (again["decision"]!.GetValue<bool>(), again["context"]!["reason"]!.GetValue<string>(), again["context"]!["next_action"]!.GetValue<string>()).ShouldBe((false, "approval_failed", "none"));
        await Eventually.HoldsAsync(async () => (await ListAsync("status=failed", "grace")).Contains(id), "the list knows it");
        (await ListAsync("status=failed", "grace")).ShouldContain("The rule apart allows one person 1 of its roles");

        (await host.SendAsync(HttpMethod.Delete, "/duty-separations/apart")).EnsureSuccessStatusCode();
        await Refusal.ShouldBeAsync(await DecideAsync(id, "approve", "ada"), 409, "self_approval");
        await Refusal.ShouldBeAsync(await DecideAsync(id, "approve", "grace"), 409, "access_request_over");
        (await host.GetAsync("/grants?subject=ada"))["grants"]!.AsArray().ShouldNotContain(grant => grant!["role"]!.GetValue<string>() == "consultant");
    }

    [Fact]
    public async Task A_grant_that_was_given_does_not_fail_when_it_could_not_be_given_any_more()
    {
        string id = await AskedAsync("ada");
        (await DecideAsync(id, "approve", "grace")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        FactsSnapshot later = host.Facts.Current with { Roles = host.Facts.Current.Roles.Remove("consultant"), RetiredRoles = ["consultant"] };

        GiveApprovedAccess.Result again = await host.Services.GetRequiredService<GiveApprovedAccess>().GiveAsync(id, later, EventMetadata.None, default);

        again.Refusal.ShouldBeNull();
        (await StatusAsync(id)).ShouldBe("approved");
    }

    [Fact]
    public async Task An_approval_with_a_key_and_a_version_gives_the_grant_at_once_and_so_does_its_repetition()
    {
        string id = await AskedAsync("ada");
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage approved = await DecideAsync(id, "approve", "grace", ("Idempotency-Key", "k"), ("If-Match", "\"1\""));
            approved.StatusCode.ShouldBe(HttpStatusCode.NoContent, await approved.Content.ReadAsStringAsync());
            (await AgainAsync(id))["decision"]!.GetValue<bool>().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Whoever_has_lost_the_approvers_role_gets_no_first_answer_again()
    {
        var hedy = new { subjectId = "hedy", role = "pacs-administrator", scope = new { kind = "everywhere" }, reason = "x" };
        using HttpResponseMessage given = await host.PostAsync("/grants", hedy);
        string grant = JsonNode.Parse(await given.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        string id = await AskedAsync("ada");
        (await DecideAsync(id, "approve", "hedy", ("Idempotency-Key", "lost"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await DecideAsync(id, "approve", "hedy", ("Idempotency-Key", "lost"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await host.PostAsync($"/grants/{grant}/revoke", new { reason = "x" })).EnsureSuccessStatusCode();

        await Refusal.ShouldBeAsync(await DecideAsync(id, "approve", "hedy", ("Idempotency-Key", "lost")), 409, "approver_role_missing");
        (await StatusAsync(id)).ShouldBe("approved");
    }

    [Fact]
    public async Task A_program_that_acts_for_nobody_decides_nothing_though_it_has_the_name_of_an_approver()
    {
        string id = await AskedAsync("ada");
        await Eventually.HoldsAsync(async () => (await ListAsync("mine=true", "grace")).Contains(id), "it stands in the queue of a person");

        (await ListAsync("mine=true", "tests")).ShouldNotContain(id);
        await Refusal.ShouldBeAsync(await DecideAsync(id, "approve", "tests"), 409, "approver_unknown");
        await Refusal.ShouldBeAsync(await DecideAsync(id, "deny", "tests"), 409, "approver_unknown");
        (await StatusAsync(id)).ShouldBe("pending");
    }

    private async Task SeparateAsync() =>
        (await host.PutAsync("/duty-separations/apart", new { description = "x", roles = new[] { "consultant", "auditor" }, atMost = 1 })).EnsureSuccessStatusCode();

    private async Task<string> AskedAsync(string subject)
    {
        var id = Guid.CreateVersion7();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        await AppendAsync($"{id}", new AccessRequested("User", subject, "study.view", "Patient", "P1", "P1", "consultant", "pacs-administrator", id, "pacs", now.AddHours(8), now.AddHours(24), ""));
        return $"{id}";
    }

    private Task AppendAsync(string id, AccessRequestEvent @event) => host.Store.RunAsync<AccessRequest, AccessRequestEvent>(
        AccessRequest.Streams.StreamId(id), AccessRequest.Streams.Name, AccessRequest.Streams.Initial, AccessRequest.Streams.Evolve, _ => @event, new EventMetadata("grace", "trace", "tests"));

    private async Task<string> StatusAsync(string id)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, $"/access/v1/requests/{id}", token: host.TokenOfClient("pacs", "decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["task"]!["status"]!.GetValue<string>();
    }

    private async Task<JsonNode> AgainAsync(string approval)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, "/access/v1/evaluation", JsonSerializer.Serialize(new
        {
            subject = new { type = "User", id = "ada" }, action = new { name = "study.view" }, resource = new { type = "Patient", id = "P1" }, context = new { approval = new { id = approval } },
        }), host.TokenOfClient("pacs", "decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private Task<HttpResponseMessage> DecideAsync(string id, string what, string who, params (string Name, string Value)[] headers) =>
        host.SendAsync(HttpMethod.Post, $"/access-requests/{id}/{what}", """{"comment":"c"}""", host.TokenOf(who, "access-requests.decide"), headers);

    private async Task<string> ListAsync(string query, string who) =>
        await (await host.SendAsync(HttpMethod.Get, $"/access-requests?{query}", token: host.TokenOf(who, "access-requests.decide"))).Content.ReadAsStringAsync();
}
