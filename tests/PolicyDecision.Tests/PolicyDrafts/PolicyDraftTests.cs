using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.PolicyDrafts;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.PolicyDrafts;

/// <summary>The whole way of a policy, over HTTP: ada writes, ben approves, grace tends the service.</summary>
public sealed class PolicyDraftTests
{
    private const string View = "@id(\"view\")\npermit (principal, action == Action::\"view\", resource) when { principal.level > 2 };";

    private static readonly object Schema = new { name = "s.cedarschema", text = "entity User { level: Long }; entity Study; action view appliesTo { principal: User, resource: Study };" };

    private static readonly Dictionary<string, string?> FourEyes = new(StringComparer.Ordinal) { ["PolicyDecision:DirectPublication"] = "false" };

    [Fact]
    public async Task A_draft_is_checked_approved_by_a_second_person_and_published()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(settings: FourEyes);
        string id = await WriteAsync(host, View.Replace("level", "rank", StringComparison.Ordinal));

        JsonNode failed = await OkAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{id}/check"));
        failed["passed"]!.GetValue<bool>().ShouldBeFalse();
        (failed["errors"]![0]!["file"]!.GetValue<string>(), failed["errors"]![0]!["line"]!.GetValue<int>(), failed["errors"]![0]!["column"]!.GetValue<int>()).ShouldBe(("p.cedar", 2, 63));
        await RefusedAsync(ApproveAsync(host, id, "ben"), 409, "check_failed");

        (await PutAsync(host, id, View, "\"2\"")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await RefusedAsync(PutAsync(host, id, View + " ", "\"2\""), 412, "stale");
        await RefusedAsync(ApproveAsync(host, id, "ben"), 409, "check_missing");
        (await OkAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{id}/check")))["passed"]!.GetValue<bool>().ShouldBeTrue();
        await RefusedAsync(PublishAsync(host, id), 409, "approval_missing");
        await RefusedAsync(ApproveAsync(host, id, "ada"), 409, "self_approval");
        await RefusedAsync(ApproveAsync(host, id, "ben", hash: "0123"), 409, "draft_changed");
        await RefusedAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{id}/approve", """{"hash":"x"}""", ProgramToken(host)), 403, "person_required");
        (await host.SendAsync(HttpMethod.Post, $"/policy-drafts/{id}/approve", """{"hash":"x"}""", PersonToken(host, "ben", "policies.manage"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ApproveAsync(host, id, "ben")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        JsonNode published = await OkAsync(PublishAsync(host, id));
        (published["version"]!.GetValue<int>(), published["draftId"]!.GetValue<string>()).ShouldBe((1, id));
        host.Facts.Current.Policies!.Compiled.Source.Policies.ShouldHaveSingleItem().Id.ShouldBe("view");
        JsonNode draft = await host.GetAsync($"/policy-drafts/{id}");
        (draft["state"]!.GetValue<string>(), draft["publishedVersion"]!.GetValue<int>(), draft["approval"]!["by"]!.GetValue<string>()).ShouldBe(("published", 1, "ben"));
        draft["texts"]!.AsArray().Select(text => text!["by"]!.GetValue<string>()).ShouldBe(["ada", "ada"]);
        JsonNode version = await host.GetAsync("/policy-sets/hospital/versions/1");
        (version["draftId"]!.GetValue<string>(), version["approvedBy"]!.GetValue<string>(), version["files"]!.AsArray().Count).ShouldBe((id, "ben", 2));

        // A second time it is the same version, and one person alone cannot add another.
        (await OkAsync(PublishAsync(host, id)))["version"]!.GetValue<int>().ShouldBe(1);
        await RefusedAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { File(View + "\n") }, comment = "alone" }), 409, "draft_required");
        await Eventually.HoldsAsync(async () => (await ListAsync(host, "published")).SingleOrDefault() is { } item && item["approvedBy"]!.GetValue<string>() == "ben", "the list has the draft as published");
    }

    [Fact]
    public async Task A_draft_without_a_schema_is_checked_with_that_of_the_set_in_force()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        string lone = await WriteAsync(host, View, schema: false);
        await RefusedAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{lone}/check"), 409, "schema_missing");
        await OkAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { File(View), Schema }, comment = "first" }));
        await RefusedAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { File(View.Replace("level", "rank", StringComparison.Ordinal)), Schema }, comment = "c" }), 400, "policy_invalid");

        (await OkAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{lone}/check")))["passed"]!.GetValue<bool>().ShouldBeTrue();
        (await ApproveAsync(host, lone, "ben")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        // It was written when nothing was in force.
        await RefusedAsync(PublishAsync(host, lone), 409, "base_changed");
        (await host.SendAsync(HttpMethod.Put, $"/policy-drafts/{lone}", Json(new { files = new[] { File(View + "\n// newer") }, comment = "c", baseVersion = 1 }), PersonToken(host, "ada"))).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);
        await OkAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{lone}/check"));
        (await host.GetAsync($"/policy-drafts/{lone}"))["impactMissing"]!.GetValue<bool>().ShouldBeTrue();
        await RefusedAsync(ApproveAsync(host, lone, "ben"), 409, "impact_missing");
        await AssessAsync(host, lone);
        (await host.GetAsync($"/policy-drafts/{lone}"))["impactMissing"]!.GetValue<bool>().ShouldBeFalse();
        (await ApproveAsync(host, lone, "ben")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await OkAsync(PublishAsync(host, lone)))["version"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Two_drafts_upon_one_version_do_not_both_become_the_next()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(settings: FourEyes);
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        string[] ids = [await WriteAsync(host, View), await WriteAsync(host, View + "\n// other")];
        foreach (string id in ids)
        {
            await ApprovedAsync(host, id);
        }

        HttpResponseMessage[] answers = await Task.WhenAll(ids.SelectMany(id => new[] { PublishAsync(host, id), PublishAsync(replica, id, host.Token("policies.manage")) }));

        string[] said = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(2, string.Join('\n', said));
        foreach (HttpResponseMessage refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
        {
            await Refusal.ShouldBeAsync(refused, 409, "base_changed");
        }

        (await host.GetAsync("/policy-sets/hospital"))["versions"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_is_killed_between_the_set_and_its_draft_leaves_one_version_and_the_draft_follows()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(settings: FourEyes);
        string id = await WriteAsync(host, View);
        await ApprovedAsync(host, id);
        var open = (PolicyDraft.Open)await PolicyDraftView.FindAsync(host.Store, id, default);

        // What a publisher has done who is killed before it can tell the draft.
        var published = new PolicySetPublished(1, open.Hash, open.Files, open.Comment) { DraftId = id, ApprovedBy = "ben" };
        await host.Store.AppendAsync(new StreamAppend("policy-set-hospital", ExpectedVersion.NoStream, [published]) { StreamType = "policy-set" });

        await Eventually.HoldsAsync(async () => await PolicyDraftView.FindAsync(host.Store, id, default) is PolicyDraft.Published, "the draft follows");
        (await OkAsync(PublishAsync(host, id)))["version"]!.GetValue<int>().ShouldBe(1);
        (await host.Store.LoadAsync("policy-set-hospital")).Version.ShouldBe(1);
        (await host.Store.LoadAsync($"policy-draft-{id}")).Events.Count(stored => stored.Data is PolicyDraftPublished).ShouldBe(1);
        await RefusedAsync(PutAsync(host, id, View + " ", null), 409, "draft_published");
    }

    [Fact]
    public async Task A_version_that_is_not_sound_any_more_is_not_rolled_back_to()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();

        // What an engine of earlier days took.
        PolicyFile[] unsound = [new("p.cedar", "@id(\"view\") permit (principal, action, resource) when { wish };")];
        var published = new PolicySetPublished(1, PolicyText.Hash(unsound), unsound, "c");
        await host.Store.AppendAsync(new StreamAppend("policy-set-hospital", ExpectedVersion.NoStream, [published]) { StreamType = "policy-set" });
        (await OkAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { File(View), Schema }, comment = "c" })))["version"]!.GetValue<int>().ShouldBe(2);
        await RefusedAsync(host.PostAsync("/policy-sets/hospital/roll-back", new { version = 1 }), 400, "policy_set_malformed");
    }

    [Fact]
    public async Task A_draft_is_given_up_and_what_is_unknown_is_said_to_be()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        string odd = await WriteAsync(host, "@id(\"a\\0\") permit (principal, action, resource);\n@id(\"a\\0\") forbid (principal, action, resource);");
        (await OkAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{odd}/check")))["errors"]![0]!["code"]!.GetValue<string>().ShouldBe("policy_id_doubled");
        string id = await WriteAsync(host, View);
        (await host.PostAsync($"/policy-drafts/{id}/abandon", new { reason = "better idea" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await RefusedAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{id}/check"), 409, "draft_abandoned");
        await RefusedAsync(PublishAsync(host, id), 409, "draft_abandoned");
        await RefusedAsync(host.SendAsync(HttpMethod.Get, "/policy-drafts/none"), 404, "policy_draft_unknown");
        await RefusedAsync(PublishAsync(host, "none"), 404, "policy_draft_unknown");
        await RefusedAsync(host.SendAsync(HttpMethod.Post, "/policy-drafts/none/check"), 404, "policy_draft_unknown");
        await RefusedAsync(host.SendAsync(HttpMethod.Post, "/policy-drafts", Json(new { policySet = "hospital", files = new[] { File(View) }, comment = "c" }), ProgramToken(host)), 403, "person_required");
        await RefusedAsync(host.SendAsync(HttpMethod.Post, "/policy-drafts", """{"policySet":"hospital","files":[null],"comment":"c"}"""), 400, "policy_set_malformed");
        await RefusedAsync(host.SendAsync(HttpMethod.Post, "/policy-sets/hospital/versions", """{"files":[null],"comment":"c"}"""), 400, "policy_set_malformed");
        await Eventually.HoldsAsync(async () => (await ListAsync(host, "abandoned")).Count == 1, "the list has one draft as abandoned");
    }

    private static async Task<string> WriteAsync(PolicyDecisionHost host, string cedar, bool schema = true)
    {
        object[] files = schema ? [File(cedar), Schema] : [File(cedar)];
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, "/policy-drafts", Json(new { policySet = "hospital", files, comment = "c" }), PersonToken(host, "ada"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    private static Task<HttpResponseMessage> PutAsync(PolicyDecisionHost host, string id, string cedar, string? ifMatch) => host.SendAsync(
        HttpMethod.Put, $"/policy-drafts/{id}", Json(new { files = new[] { File(cedar), Schema }, comment = "c" }), PersonToken(host, "ada"), ifMatch is null ? [] : [("If-Match", ifMatch)]);

    private static async Task ApprovedAsync(PolicyDecisionHost host, string id)
    {
        (await OkAsync(host.SendAsync(HttpMethod.Post, $"/policy-drafts/{id}/check")))["passed"]!.GetValue<bool>().ShouldBeTrue();
        (await ApproveAsync(host, id, "ben")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static async Task AssessAsync(PolicyDecisionHost host, string id)
    {
        using HttpResponseMessage started = await host.SendAsync(
            HttpMethod.Post, $"/policy-drafts/{id}/impact", """{"from":"2026-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z"}""");
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        await Eventually.HoldsAsync(async () => (await host.GetAsync($"/policy-drafts/{id}/impact"))["state"]!.GetValue<string>() == "complete", "the assessment ends");
    }

    private static async Task<HttpResponseMessage> ApproveAsync(PolicyDecisionHost host, string id, string person, string? hash = null) => await host.SendAsync(
        HttpMethod.Post, $"/policy-drafts/{id}/approve", Json(new { hash = hash ?? (await host.GetAsync($"/policy-drafts/{id}"))["hash"]!.GetValue<string>() }),
        PersonToken(host, person));

    private static Task<HttpResponseMessage> PublishAsync(PolicyDecisionHost host, string id, string? token = null) =>
        host.SendAsync(HttpMethod.Post, $"/policy-drafts/{id}/publish", token: token);

    private static async Task<JsonArray> ListAsync(PolicyDecisionHost host, string state) => (await host.GetAsync($"/policy-drafts?state={state}"))["drafts"]!.AsArray();

    private static string PersonToken(PolicyDecisionHost host, string person, params string[] scopes) =>
        host.TokenOf(person, scopes.Length > 0 ? scopes : ["policies.manage", "policies.approve"]);

    private static string ProgramToken(PolicyDecisionHost host) => host.TokenOf("tests", ["policies.manage", "policies.approve"]);

    private static object File(string cedar) => new { name = "p.cedar", text = cedar };

    private static string Json(object body) => JsonSerializer.Serialize(body, JsonSerializerOptions.Web);

    private static async Task<JsonNode> OkAsync(Task<HttpResponseMessage> sent)
    {
        using HttpResponseMessage answer = await sent;
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task RefusedAsync(Task<HttpResponseMessage> sent, int status, string code) => await Refusal.ShouldBeAsync(await sent, status, code);
}
