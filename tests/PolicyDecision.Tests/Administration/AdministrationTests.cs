using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Administration;
using AccessGov.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.PolicyDecision.Tests.Administration;

/// <summary>Under the shipped policies ursula manages users, sigrid configures, otto reviews the journal, and nobody does two of these.</summary>
public sealed class AdministrationTests : IAsyncLifetime
{
    private const string SecondFactor = "https://refeds.org/profile/mfa";

    private static readonly string[] Everything =
        ["roles.manage", "grants.manage", "relations.manage", "sites.manage", "policies.manage", "policies.approve", "facts.read", "journal.read", "access-requests.decide"];

    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PolicyDecision:DecideAdministration"] = "true" });
        foreach (string role in (string[])["user-administrator", "system-administrator", "audit-reviewer", "radiologist"])
        {
            (await host.PutAsync($"/roles/{role}", new { description = role })).EnsureSuccessStatusCode();
        }

        await host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "UTC", networks = new[] { new { name = "here", cidr = "127.0.0.0/8" } },
            workingHours = new[] { new { days = new[] { 1, 2, 3, 4, 5, 6, 7 }, start = "00:00", end = "24:00" } },
        });
        foreach ((string who, string role) in ((string, string)[])[("ursula", "user-administrator"), ("sigrid", "system-administrator"), ("otto", "audit-reviewer")])
        {
            (await GiveAsync(null, who, role)).EnsureSuccessStatusCode();
        }

        (await PublishAsync(null, await ShippedFilesAsync())).EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_user_administrator_with_a_second_factor_gives_grants_and_it_is_in_the_journal()
    {
        using HttpResponseMessage given = await GiveAsync(Strong("ursula"), "ada", "radiologist");

        given.StatusCode.ShouldBe(HttpStatusCode.Created, await given.Content.ReadAsStringAsync());
        JsonNode decision = await JournaledAsync(given);
        (decision["action"]!.GetValue<string>(), decision["subject"]!["id"]!.GetValue<string>(), decision["permitted"]!.GetValue<bool>()).ShouldBe(("user.manage", "ursula", true));
        decision["request"]!["operation"]!.GetValue<string>().ShouldBe("POST /grants");
        decision["policies"]!.ToJsonString().ShouldBe("""["user-administrator-users"]""");
    }

    [Fact]
    public async Task Without_a_second_factor_the_answer_asks_for_one_and_nothing_is_given()
    {
        using HttpResponseMessage given = await GiveAsync(host.TokenOf("ursula", Everything), "ada", "radiologist");

        await Refusal.ShouldBeAsync(given, 401, "step_up_required");
        string challenge = given.Headers.WwwAuthenticate.Single().ToString();
        challenge.ShouldContain("error=\"insufficient_user_authentication\"");
        challenge.ShouldContain($"acr_values=\"{SecondFactor}\"");
        (await JournaledAsync(given))["permitted"]!.GetValue<bool>().ShouldBeFalse();
        host.Facts.Current.Subjects.Keys.ShouldNotContain(subject => subject.Id == "ada");
    }

    [Fact]
    public async Task A_scope_alone_administers_nothing()
    {
        await Refusal.ShouldBeAsync(await GiveAsync(Strong("sigrid"), "ada", "radiologist"), 403, "administration_denied");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Put, "/roles/scribe", """{"description":"d"}""", Strong("ursula")), 403, "administration_denied");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/decisions", null, Strong("sigrid")), 403, "administration_denied");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/analytics/access", null, Strong("sigrid")), 403, "administration_denied");
        await Refusal.ShouldBeAsync(await GiveAsync(host.TokenOf("tests", Everything), "ada", "radiologist"), 403, "administration_denied");
        (await host.SendAsync(HttpMethod.Put, "/roles/scribe", """{"description":"d"}""", Strong("sigrid"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync(HttpMethod.Get, "/decisions", null, Strong("otto"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage counted = await host.SendAsync(HttpMethod.Get, "/analytics/access", null, Strong("otto"));
        counted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await JournaledAsync(counted))["request"]!["operation"]!.GetValue<string>().ShouldBe("GET /analytics/access");
        (await host.SendAsync(HttpMethod.Get, "/roles", null, host.TokenOf("anybody", "facts.read"))).StatusCode.ShouldBe(HttpStatusCode.OK, "reading facts is not administration");
    }

    [Fact]
    public async Task Deciding_access_requests_and_reading_them_needs_a_second_factor_and_a_person_and_is_in_the_journal()
    {
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])[(HttpMethod.Post, "/access-requests/x/approve"), (HttpMethod.Post, "/access-requests/x/deny"), (HttpMethod.Get, "/access-requests")])
        {
            string? body = method == HttpMethod.Post ? """{"comment":"c"}""" : null;
            await Refusal.ShouldBeAsync(await host.SendAsync(method, path, body, host.TokenOf("ada", Everything)), 401, "step_up_required");
            await Refusal.ShouldBeAsync(await host.SendAsync(method, path, body, Strong("tests")), 403, "administration_denied");

            using HttpResponseMessage decided = await host.SendAsync(method, path, body, Strong("ada"));
            decided.StatusCode.ShouldBe(method == HttpMethod.Get ? HttpStatusCode.OK : HttpStatusCode.NotFound, "the policies permit it, and there is no such request");
            JsonNode decision = await JournaledAsync(decided);
            (decision["action"]!.GetValue<string>(), decision["subject"]!["id"]!.GetValue<string>(), decision["permitted"]!.GetValue<bool>()).ShouldBe(("access.approve", "ada", true));
            decision["request"]!["operation"]!.GetValue<string>().ShouldBe($"{method} {path}");
        }
    }

    [Fact]
    public async Task A_known_idempotency_key_is_decided_like_any_other_command()
    {
        (string, string) key = ("Idempotency-Key", "once");
        using HttpResponseMessage given = await GiveAsync(Strong("ursula"), "uta", "user-administrator");
        string grant = JsonNode.Parse(await given.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        (await GiveAsync(Strong("uta"), "ada", "radiologist", key)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await GiveAsync(Strong("uta"), "ada", "radiologist", key)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await host.SendAsync(HttpMethod.Post, $"/grants/{grant}/revoke", """{"reason":"x"}""", Strong("ursula"))).EnsureSuccessStatusCode();

        using HttpResponseMessage again = await GiveAsync(Strong("uta"), "ada", "radiologist", key);
        await Refusal.ShouldBeAsync(again, 403, "administration_denied");
        (await JournaledAsync(again))["permitted"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_permitted_only_along_with_something_that_nobody_here_can_do_is_denied()
    {
        const string policies = """
            @id("configure") permit (principal in Role::"system-administrator", action == Action::"system.configure", resource);
            @id("manage") @obligation_1("told@1") permit (principal in Role::"user-administrator", action == Action::"user.manage", resource);
            """;
        const string catalogue = """{"told@1":{"type":"custom","properties":{"name":"told"}}}""";
        (await PublishAsync(Strong("sigrid"), [new { name = "a.cedar", text = policies }, new { name = "obligations.json", text = catalogue }])).StatusCode.ShouldBe(HttpStatusCode.OK);

        JsonNode refused = await Refusal.ShouldBeAsync(await GiveAsync(Strong("ursula"), "ada", "radiologist"), 403, "administration_denied");

        refused["detail"]!.GetValue<string>().ShouldContain("permitted only along with something");
        host.Facts.Current.Subjects.Keys.ShouldNotContain(subject => subject.Id == "ada");
    }

    [Fact]
    public async Task Whoever_holds_two_of_the_roles_may_do_neither()
    {
        (await GiveAsync(Strong("ursula"), "sigrid", "user-administrator")).StatusCode.ShouldBe(HttpStatusCode.Created);

        JsonNode refused = await Refusal.ShouldBeAsync(await GiveAsync(Strong("sigrid"), "ada", "radiologist"), 403, "administration_denied");
        refused["detail"]!.GetValue<string>().ShouldContain("superuser");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Put, "/roles/scribe", """{"description":"d"}""", Strong("sigrid")), 403, "administration_denied");
    }

    [Fact]
    public async Task A_policy_set_that_leaves_nobody_to_change_it_is_refused()
    {
        object[] files = [new { name = "a.cedar", text = "@id(\"read\") permit (principal, action == Action::\"study.view\", resource);" }];
        (await PublishAsync(Strong("sigrid"), files, "drafts")).StatusCode.ShouldBe(HttpStatusCode.OK, "a set that does not decide may be anything");
        await Refusal.ShouldBeAsync(await PublishAsync(Strong("sigrid"), files), 409, "administration_lost");

        files = [new { name = "a.cedar", text = "@id(\"configure\") permit (principal in Role::\"system-administrator\", action == Action::\"system.configure\", resource);" }];
        (await PublishAsync(Strong("sigrid"), files)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync(HttpMethod.Post, "/policy-sets/hospital/roll-back", """{"version":1}""", Strong("sigrid"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nor_does_such_a_set_come_into_force_by_a_draft_that_two_people_want()
    {
        (await GiveAsync(Strong("ursula"), "sven", "system-administrator")).StatusCode.ShouldBe(HttpStatusCode.Created);
        object[] files = [new { name = "a.cedar", text = "@id(\"read\") permit (principal is User, action == Action::\"study.view\", resource is Study);" }];
        JsonNode written = await OkAsync(HttpMethod.Post, "/policy-drafts", JsonSerializer.Serialize(new { policySet = "hospital", files, comment = "c" }), "sigrid");
        string draft = $"/policy-drafts/{written["id"]}";
        (await OkAsync(HttpMethod.Post, $"{draft}/check", null, "sigrid"))["passed"]!.GetValue<bool>().ShouldBeTrue();
        await OkAsync(HttpMethod.Post, $"{draft}/impact", """{"from":"2026-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z"}""", "sigrid");
        await Eventually.HoldsAsync(async () => (await OkAsync(HttpMethod.Get, $"{draft}/impact", null, "sigrid"))["state"]!.GetValue<string>() == "complete", "the assessment ends");
        string hash = (await OkAsync(HttpMethod.Get, draft, null, "sigrid"))["hash"]!.GetValue<string>();
        await OkAsync(HttpMethod.Post, $"{draft}/approve", JsonSerializer.Serialize(new { hash }), "sven");

        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Post, $"{draft}/publish", null, Strong("sigrid")), 409, "administration_lost");
        host.Facts.Current.Policies!.Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_set_that_lets_people_configure_from_a_known_network_only_leaves_somebody_who_can()
    {
        (await PublishAsync(Strong("sigrid"), Configure("context.knownNetwork"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync(HttpMethod.Put, "/roles/scribe", """{"description":"d"}""", Strong("sigrid"))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PublishAsync(Strong("sigrid"), Configure("context has network && context.network == \"here\""))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Refusal.ShouldBeAsync(await PublishAsync(Strong("sigrid"), Configure("context has network && context.network == \"there\"")), 409, "administration_lost");
        await Refusal.ShouldBeAsync(await PublishAsync(Strong("sigrid"), Configure("context.networkLists.contains(\"vpn\")")), 409, "administration_lost");
        (await host.SendAsync(HttpMethod.Put, "/network-lists/vpn", """{"description":"d","networks":[{"name":"v","cidr":"10.9.0.0/16"}]}""", Strong("sigrid"))).EnsureSuccessStatusCode();
        (await PublishAsync(Strong("sigrid"), Configure("context.networkLists.contains(\"vpn\")"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        static object[] Configure(string when) =>
            [new { name = "a.cedar", text = $"@id(\"configure\") permit (principal in Role::\"system-administrator\", action == Action::\"system.configure\", resource) when {{ {when} }};" }];
    }

    [Fact]
    public async Task Without_the_setting_a_scope_is_enough_again_which_is_the_way_back_in()
    {
        await using PolicyDecisionHost open = await host.StartReplicaAsync(true, ("PolicyDecision:DecideAdministration", "false"));

        (await open.SendAsync(HttpMethod.Put, "/roles/scribe", """{"description":"d"}""", host.Token(Everything))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public void Whatever_changes_something_is_administrative_or_is_named_here()
    {
        // What people and archives do: asking, fulfilling, asking for access. Telling of studies is what a machine does all day: data, not administration.
        string[] others =
        [
            "/access/v1/evaluation", "/access/v1/evaluations", "/access/v1/search/subject", "/access/v1/search/resource", "/access/v1/search/action", "/access/v1/obligations/receipts",
            "/access/v1/requests", "/access/v1/requests/{id}/cancel", "/access-offers/{evaluationId}/request", "/explain", "/forward-auth",
            "/studies/import", "/studies/{uid}", "/emergency-eligibility", "/emergency-evidence",
            "/reviewed-grants/{id}/revoke", "/reviewed-grants/{id}/replace", "/reviewed-grants/{id}/restore",
        ];

        string[] commands = [.. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.All(method => method is "GET" or "HEAD") is not true
                && AdministrativeActions.Of(endpoint) is null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/')).Distinct(StringComparer.Ordinal)];

        commands.Except(others, StringComparer.Ordinal).ShouldBeEmpty();
        commands.Length.ShouldBeGreaterThan(8, "otherwise nothing was looked at");
    }

    private static async Task<object[]> ShippedFilesAsync() => await Task.WhenAll(
        Directory.GetFiles(WorkingCopy.PathOf("deploy", "policies")).Where(file => Path.GetExtension(file) != ".md")
            .Select(async file => (object)new { name = Path.GetFileName(file), text = await File.ReadAllTextAsync(file) }));

    private string Strong(string who) => host.TokenOf(who, SecondFactor, null, Everything);

    private async Task<JsonNode> OkAsync(HttpMethod method, string path, string? json, string who)
    {
        using HttpResponseMessage answer = await host.SendAsync(method, path, json, Strong(who));
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {text}");
        return text.Length > 0 ? JsonNode.Parse(text)! : new JsonObject();
    }

    private Task<HttpResponseMessage> GiveAsync(
        string? token, string who, string role, params (string Name, string Value)[] headers) => host.SendAsync(
        HttpMethod.Post, "/grants", new JsonObject
        {
            ["subjectId"] = who, ["role"] = role, ["scope"] = new JsonObject { ["kind"] = "everywhere" }, ["reason"] = "x",
        }.ToJsonString(), token, headers);

    private Task<HttpResponseMessage> PublishAsync(string? token, object[] files, string set = "hospital") =>
        host.SendAsync(HttpMethod.Post, $"/policy-sets/{set}/versions", JsonSerializer.Serialize(new { files, comment = "c" }), token);

    private async Task<JsonNode> JournaledAsync(HttpResponseMessage answer)
    {
        string id = answer.Headers.GetValues("AccessGov-Evaluation").Single();
        JsonNode? found = null;
        await Eventually.HoldsAsync(async () =>
        {
            using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, $"/decisions/{id}", null, Strong("otto"));
            found = response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
            return found is not null;
        }, "the decision is in the journal's index");
        return found!;
    }
}
