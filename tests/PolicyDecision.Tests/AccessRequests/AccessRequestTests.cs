using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.AccessRequests;

/// <summary>From the denial over the request and the approval to the permit and its end, through HTTP.</summary>
public sealed class AccessRequestTests : IAsyncLifetime
{
    private const string Policies = """
        @id("reader") permit (principal in Reader::"consultant", action == Action::"study.view", resource) when { context.knownNetwork };
        @id("never") forbid (principal == User::"barred", action, resource);
        """;

    private readonly SettableClock clock = new(DateTimeOffset.UtcNow);
    private readonly string keyFile = Path.GetTempFileName();
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        }

        host = await PolicyDecisionHost.StartAsync(clock: clock, settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PolicyDecision:AccessRequestKeyFile"] = keyFile, ["PolicyDecision:ConsoleUrl"] = "https://console.test",
        });
        await host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = Policies } }, comment = "c" });
        await host.PutAsync("/roles/pacs-administrator", new { description = "Decides" });
        await host.PutAsync("/roles/consultant", new { description = "Reads a patient", request = new { hoursMax = 8, approver = "pacs-administrator" } });
        await host.PutAsync("/sites/north", new { name = "North", timeZone = "UTC", networks = new[] { new { name = "wards", cidr = "10.1.0.0/16" } } });
        await host.PostAsync("/grants", new { subjectId = "grace", role = "pacs-administrator", scope = new { kind = "everywhere" }, reason = "x" });
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        File.Delete(keyFile);
    }

    [Fact]
    public async Task A_denial_that_a_role_would_remedy_says_how_to_ask_and_the_approval_permits_until_it_ends()
    {
        JsonNode offer = (await DeniedAsync("ada"))["access_request"]!;
        (offer["endpoint"]!.GetValue<string>(), offer["template"]!.GetValue<string>()).ShouldBe(("https://pdp.test/access/v1/requests", "consultant"));
        offer["form_url"]!.GetValue<string>().ShouldStartWith("https://console.test/access-requests/new?evaluation=");

        JsonNode task = await TaskAsync(await RequestAsync("ada", Token(offer)), HttpStatusCode.Accepted);
        string id = task["task"]!["id"]!.GetValue<string>();
        task["task"]!["status"]!.GetValue<string>().ShouldBe("pending");
        (await TaskAsync(await RequestAsync("ada", Token(offer)), HttpStatusCode.Accepted))["task"]!["id"]!.GetValue<string>().ShouldBe(id, "the same denial asks once");
        await Eventually.HoldsAsync(async () => (await ListAsync("status=pending&mine=true")).Contains(id), "it stands in the queue of those who decide");

        (await DecideAsync(id, "approve", new { comment = "second opinion" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await DecideAsync(id, "approve", new { comment = "again" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        JsonNode done = await TaskAsync(await StatusAsync(id), HttpStatusCode.OK);
        (done["task"]!["status"]!.GetValue<string>(), done["result"]!["mode"]!.GetValue<string>()).ShouldBe(("approved", "reevaluate"));
        (await EvaluateAsync("ada"))["decision"]!.GetValue<bool>().ShouldBeTrue();
        await Eventually.HoldsAsync(async () => (await ListAsync("status=approved")).Contains(id), "the list knows that it is approved");

        await Eventually.HoldsAsync(
            async () => (await host.GetAsync("/grants?subject=ada"))["grants"]!.AsArray().SingleOrDefault()?["reason"]!.GetValue<string>() == $"Access request {id}: second opinion",
            "the grant says what it comes from");

        clock.Now += TimeSpan.FromHours(8);
        (await EvaluateAsync("ada"))["decision"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task What_no_role_would_remedy_cannot_be_asked_for()
    {
        (await DeniedAsync("barred"))["access_request"].ShouldBeNull();
        (await DeniedAsync("ada", sourceIp: "203.0.113.1"))["access_request"].ShouldBeNull();
        (await DeniedAsync("ada", action: "study.delete"))["access_request"].ShouldBeNull();
        (await DeniedAsync("ada", resource: "System"))["access_request"].ShouldBeNull();
        JsonNode metadata = JsonNode.Parse(await host.Client.GetStringAsync("/.well-known/authzen-configuration"))!;
        metadata["access_request_endpoint"]!.GetValue<string>().ShouldBe("https://pdp.test/access/v1/requests");
        metadata["capabilities"]!.AsArray().Single()!.GetValue<string>().ShouldBe("urn:openid:authzen:capability:access-request");
        JsonNode.Parse(await host.Client.GetStringAsync("/access/v1/jwks"))!["keys"]!.AsArray().Single()!["d"].ShouldBeNull();
    }

    [Fact]
    public async Task A_token_binds_one_question_of_one_client_for_ten_minutes()
    {
        string token = Token((await DeniedAsync("ada"))["access_request"]!);
        await ProblemAsync(await RequestAsync("bob", token), 400, "invalid_denial_binding");
        await ProblemAsync(await RequestAsync("ada", token, action: "study.delete"), 400, "invalid_denial_binding");
        await ProblemAsync(await RequestAsync("ada", token, client: "another"), 400, "invalid_denial_binding");
        await ProblemAsync(await RequestAsync("ada", token[..^4] + "AAAA"), 400, "invalid_denial_binding");
        await ProblemAsync(await RequestAsync("ada", "garbage"), 400, "invalid_denial_binding");
        await ProblemAsync(await RequestAsync("ada", token, emergency: true), 400, "not_requestable");
        await ProblemAsync(await RequestAsync("ada", token, sourceIp: "203.0.113.1"), 400, "not_requestable");
        clock.Now += TimeSpan.FromMinutes(10);
        await ProblemAsync(await RequestAsync("ada", token), 410, "expired_denial");
    }

    [Fact]
    public async Task What_is_permitted_by_now_is_not_asked_for()
    {
        string token = Token((await DeniedAsync("ada"))["access_request"]!);
        var grant = new { subjectId = "ada", role = "consultant", scope = new { kind = "patient", id = "P1" }, reason = "x" };
        (await host.PostAsync("/grants", grant)).EnsureSuccessStatusCode();
        await ProblemAsync(await RequestAsync("ada", token), 400, "not_requestable");
    }

    [Fact]
    public async Task Whoever_was_denied_asks_in_person_and_nobody_else_learns_of_the_denial()
    {
        string denial = (await DeniedAsync("ada"))["evaluation_id"]!.GetValue<string>();
        JsonNode offer = await TaskAsync(await OfferAsync(denial, "ada"), HttpStatusCode.OK);
        (offer["role"]!.GetValue<string>(), offer["hoursMax"]!.GetValue<int>(), offer["resourceId"]!.GetValue<string>()).ShouldBe(("consultant", 8, "P1"));
        await Refusal.ShouldBeAsync(await OfferAsync(denial, "bob"), 404, "decision_unknown");
        await Refusal.ShouldBeAsync(await OfferAsync(Guid.NewGuid().ToString(), "ada"), 404, "decision_unknown");
        await Refusal.ShouldBeAsync(await OfferAsync("nothing", "ada"), 404, "decision_unknown");
        await Refusal.ShouldBeAsync(await AskAsync(denial, "bob", 2, "curious"), 404, "decision_unknown");
        await Refusal.ShouldBeAsync(await AskAsync(denial, "ada", 9, "second opinion"), 400, "hours_malformed");
        await Refusal.ShouldBeAsync(await AskAsync(denial, "ada", 2, " "), 400, "reason_required");

        JsonNode task = await TaskAsync(await AskAsync(denial, "ada", 2, "second opinion"), HttpStatusCode.Accepted);
        (task["id"]!.GetValue<string>(), task["status"]!.GetValue<string>()).ShouldBe((denial, "pending"));
        (await TaskAsync(await StatusAsync(denial), HttpStatusCode.OK))["task"]!["status"]!.GetValue<string>().ShouldBe("pending", "the enforcement point follows it too");
        (await DecideAsync(denial, "approve", new { comment = "yes" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Refusal.ShouldBeAsync(await OfferAsync(denial, "ada"), 409, "not_requestable");
        clock.Now += TimeSpan.FromHours(2);
        (await EvaluateAsync("ada"))["decision"]!.GetValue<bool>().ShouldBeFalse("it ends after the hours that were asked for");
        await Refusal.ShouldBeAsync(await OfferAsync(denial, "ada"), 409, "denial_expired");
    }

    [Fact]
    public async Task A_task_belongs_to_its_client_and_is_over_once()
    {
        string id = (await TaskAsync(await RequestAsync("ada", Token((await DeniedAsync("ada"))["access_request"]!)), HttpStatusCode.Accepted))["task"]!["id"]!.GetValue<string>();
        await ProblemAsync(await StatusAsync(id, "another"), 404, "unknown_task");
        await ProblemAsync(await StatusAsync("nothing"), 404, "unknown_task");
        (await TaskAsync(await CancelAsync(id), HttpStatusCode.OK))["task"]!["status"]!.GetValue<string>().ShouldBe("cancelled");
        (await TaskAsync(await CancelAsync(id), HttpStatusCode.OK))["task"]!["status"]!.GetValue<string>().ShouldBe("cancelled");
        await Refusal.ShouldBeAsync(await DecideAsync(id, "approve", new { comment = "late" }), 409, "access_request_over");
        (await EvaluateAsync("ada"))["decision"]!.GetValue<bool>().ShouldBeFalse();

        string denied = (await TaskAsync(await RequestAsync("ada", Token((await DeniedAsync("ada"))["access_request"]!)), HttpStatusCode.Accepted))["task"]!["id"]!.GetValue<string>();
        (await DecideAsync(denied, "deny", new { comment = "no relation" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Refusal.ShouldBeAsync(await DecideAsync(denied, "approve", new { comment = "no relation" }), 409, "access_request_over");
        (await TaskAsync(await StatusAsync(denied), HttpStatusCode.OK))["task"]!["status"]!.GetValue<string>().ShouldBe("denied");
    }

    [Fact]
    public async Task An_undecided_request_expires_after_a_day()
    {
        string id = (await TaskAsync(await RequestAsync("ada", Token((await DeniedAsync("ada"))["access_request"]!)), HttpStatusCode.Accepted))["task"]!["id"]!.GetValue<string>();
        clock.Now += TimeSpan.FromHours(24);
        (await TaskAsync(await StatusAsync(id), HttpStatusCode.OK))["task"]!["status"]!.GetValue<string>().ShouldBe("expired");
        await Refusal.ShouldBeAsync(await DecideAsync(id, "approve", new { comment = "late" }), 409, "access_request_over");
    }

    [Fact]
    public async Task Evaluating_again_with_the_approval_tells_how_long_it_permits_or_what_to_do_next()
    {
        string id = await ApprovedAsync();
        JsonNode permit = await AgainAsync(id);
        (permit["decision"]!.GetValue<bool>(), permit["context"]!["approval"]!["id"]!.GetValue<string>()).ShouldBe((true, id));
        permit["context"]!["approval"]!["approved_until"]!.GetValue<DateTimeOffset>().ShouldBe(clock.Now.AddHours(8), TimeSpan.FromSeconds(1));
        (await AgainAsync("another"))["context"]!["approval"].ShouldBeNull("the permit does not rest on what was presented");

        NextOf(await AgainAsync(id, action: "study.delete")).ShouldBe(("out_of_scope", "none", null), "no role that may be asked for deletes");
        NextOf(await AgainAsync(id, subject: "bob")).ShouldBe(("approval_unverifiable", "none", null));
        NextOf(await AgainAsync(id, subject: "bob", client: "another")).ShouldBe(("approval_unverifiable", "none", null));
        NextOf(await AgainAsync("no id", subject: "bob")).ShouldBe(("approval_unverifiable", "none", null));
        NextOf(await AgainAsync(id, sourceIp: "203.0.113.1")).ShouldBe(("policy_denied", "none", null), "the grant is there, the network is not");
        NextOf(await AgainAsync(id, subject: "barred")).ShouldBe(("forbidden", "none", null));

        (await host.PostAsync($"/grants/{id}/revoke", new { reason = "x" })).EnsureSuccessStatusCode();
        NextOf(await AgainAsync(id)).ShouldBe(("approval_expired", "request", null));
        string second = await ApprovedAsync();
        clock.Now += TimeSpan.FromHours(8);
        NextOf(await AgainAsync(second)).ShouldBe(("approval_expired", "request", null), "it can be asked for anew");
    }

    [Fact]
    public async Task A_batch_is_told_of_the_approvals_of_its_items()
    {
        string id = await ApprovedAsync();
        JsonNode answers = await TaskAsync(
            await SendAsync("/access/v1/evaluations", new { evaluations = new[] { Again("ada", "study.view", id, "10.1.2.3"), Question("ada", "study.view", "Patient", "10.1.2.3"), Again("bob", "study.view", id, "10.1.2.3") } }, "pacs"),
            HttpStatusCode.OK);

        answers["evaluations"]![0]!["context"]!["approval"]!["id"]!.GetValue<string>().ShouldBe(id);
        answers["evaluations"]![1]!["context"]!["approval"].ShouldBeNull();
        NextOf(answers["evaluations"]![2]!).ShouldBe(("approval_unverifiable", "none", null));
    }

    [Fact]
    public async Task An_approval_becomes_a_grant_also_when_whoever_approved_is_killed_in_between()
    {
        string id = (await TaskAsync(await RequestAsync("ada", Token((await DeniedAsync("ada"))["access_request"]!)), HttpStatusCode.Accepted))["task"]!["id"]!.GetValue<string>();

        // The first of the command's two transactions, and nothing after it.
        await host.Store.RunAsync<AccessRequest, AccessRequestEvent>(
            AccessRequest.Streams.StreamId(id), AccessRequest.Streams.Name, AccessRequest.Streams.Initial, AccessRequest.Streams.Evolve,
            _ => new AccessRequestApproved(clock.Now, clock.Now.AddHours(8), "second opinion"), new EventMetadata("grace", "trace", "tests"));

        await Eventually.HoldsAsync(async () => (await EvaluateAsync("ada"))["decision"]!.GetValue<bool>(), "the grant is given by the subscription");

        // The list for people follows a moment later than the facts that decisions rest on.
        JsonArray grants = [];
        await Eventually.HoldsAsync(async () => (grants = (await host.GetAsync("/grants?subject=ada"))["grants"]!.AsArray()).Count > 0, "the grant is listed");
        grants.ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(id);
    }

    private async Task<string> ApprovedAsync()
    {
        string id = (await TaskAsync(await RequestAsync("ada", Token((await DeniedAsync("ada"))["access_request"]!)), HttpStatusCode.Accepted))["task"]!["id"]!.GetValue<string>();
        (await DecideAsync(id, "approve", new { comment = "second opinion" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        return id;
    }

    private async Task<JsonNode> AgainAsync(string approval, string subject = "ada", string action = "study.view", string sourceIp = "10.1.2.3", string client = "pacs") =>
        await TaskAsync(await SendAsync("/access/v1/evaluation", Again(subject, action, approval, sourceIp), client), HttpStatusCode.OK);

    private static object Again(string subject, string action, string approval, string sourceIp) => new
    {
        subject = new { type = "User", id = subject }, action = new { name = action }, resource = new { type = "Patient", id = "P1" },
        context = new { sourceIp, approval = new { id = approval, approved_until = "2030-01-01T00:00:00Z" } },
    };

    private static (string Reason, string? NextAction, int? RetryAfter) NextOf(JsonNode answer) =>
        (answer["context"]!["reason"]!.GetValue<string>(), answer["context"]!["next_action"]?.GetValue<string>(), answer["context"]!["retry_after"]?.GetValue<int>());

    private static string Token(JsonNode offer) => offer["binding_token"]!.GetValue<string>();

    private static async Task<JsonNode> TaskAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task ProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        JsonNode problem = await TaskAsync(answer, (HttpStatusCode)status);
        problem["type"]!.GetValue<string>().ShouldBe($"urn:openid:authzen:access-request:error:{code}");
    }

    private static object Question(string subject, string action, string resource, string? sourceIp) => new
    {
        subject = new { type = "User", id = subject }, action = new { name = action }, resource = new { type = resource, id = "P1" }, context = new { sourceIp },
    };

    private async Task<JsonNode> DeniedAsync(string subject, string action = "study.view", string resource = "Patient", string sourceIp = "10.1.2.3")
    {
        JsonNode answer = await EvaluateAsync(subject, action, resource, sourceIp);
        answer["decision"]!.GetValue<bool>().ShouldBeFalse();
        return answer["context"]!;
    }

    private async Task<JsonNode> EvaluateAsync(string subject, string action = "study.view", string resource = "Patient", string sourceIp = "10.1.2.3") =>
        await TaskAsync(await SendAsync("/access/v1/evaluation", Question(subject, action, resource, sourceIp), "pacs"), HttpStatusCode.OK);

    private Task<HttpResponseMessage> RequestAsync(
        string subject, string token, string action = "study.view", string client = "pacs", bool emergency = false, string sourceIp = "10.1.2.3") => SendAsync("/access/v1/requests", new
    {
        subject = new { type = "User", id = subject }, action = new { name = action }, resource = new { type = "Patient", id = "P1" },
        context = new { sourceIp, justification = "second opinion" }, denial = new { binding_token = token }, requested_access = new { emergency },
    }, client);

    private Task<HttpResponseMessage> StatusAsync(string id, string client = "pacs") =>
        host.SendAsync(HttpMethod.Get, $"/access/v1/requests/{id}", token: host.TokenOfClient(client, "decisions.evaluate"));

    private Task<HttpResponseMessage> CancelAsync(string id) => SendAsync($"/access/v1/requests/{id}/cancel", new { }, "pacs");

    private Task<HttpResponseMessage> DecideAsync(string id, string what, object body) =>
        host.SendAsync(HttpMethod.Post, $"/access-requests/{id}/{what}", JsonSerializer.Serialize(body), host.Token("access-requests.decide"));

    private Task<HttpResponseMessage> OfferAsync(string evaluation, string person) =>
        host.SendAsync(HttpMethod.Get, $"/access-offers/{evaluation}", token: host.TokenOf(person, "access-requests.ask"));

    private Task<HttpResponseMessage> AskAsync(string evaluation, string person, int hours, string justification) => host.SendAsync(
        HttpMethod.Post, $"/access-offers/{evaluation}/request", JsonSerializer.Serialize(new { hours, justification }), host.TokenOf(person, "access-requests.ask"));

    private async Task<string> ListAsync(string query) =>
        await (await host.SendAsync(HttpMethod.Get, $"/access-requests?{query}", token: host.Token("access-requests.decide"))).Content.ReadAsStringAsync();

    private Task<HttpResponseMessage> SendAsync(string path, object body, string client) =>
        host.SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body), host.TokenOfClient(client, "decisions.evaluate"));
}
