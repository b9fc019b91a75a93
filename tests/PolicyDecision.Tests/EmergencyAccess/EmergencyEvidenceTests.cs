using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Contracts.BreakGlass.V1;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.EmergencyAccess;

/// <summary>What BreakGlass is told of a case, from the real journal and the real history.</summary>
public sealed class EmergencyEvidenceTests : IAsyncLifetime
{
    private const string Policies = """
        @id("ward") permit (principal in Reader::"ward-physician", action == Action::"study.print", resource);
        @id("emergency")
        permit (principal in Reader::"emergency-reader", action in [Action::"study.view", Action::"study.search"], resource);
        """;

    private readonly SettableClock clock = new(DateTimeOffset.UtcNow);
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync(clock: clock);
        await Answers.DoneAsync(host.PostAsync("/policy-sets/hospital/versions",
            new { files = new[] { new { name = "a.cedar", text = Policies } }, comment = "c" }));
        await Answers.DoneAsync(host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "UTC",
                workingHours = new[] { new { days = new[] { 1, 2, 3, 4, 5, 6, 7 }, start = "00:00", end = "00:00" } },
            departments = new[] { new { id = "ward", name = "Ward" } },
        }));
        await Answers.DoneAsync(host.PutAsync("/roles/ward-physician", new { description = "d" }));
        await Answers.DoneAsync(host.PutAsync(
            "/roles/emergency-reader", new { description = "d", emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } } }));
        await Answers.DoneAsync(host.PostAsync("/grants",
            new { subjectId = "ada", role = "ward-physician", scope = new { kind = "department", id = "ward" }, reason = "x" }));
        await Answers.DoneAsync(host.SendAsync(
            HttpMethod.Post, "/studies/import",
            """
            {"studies":[{"studyInstanceUid":"1.2.3","patientId":"P1","department":"ward","labels":["vip"],"referringPhysician":"ada"}]}
            """,
            host.Token("studies.feed")));
        foreach ((string kind, string user, string patient) in ((string, string, string)[])[("care-team", "ada", "P1"),
            ("self", "carol", "P1"), ("family", "ada", "P2")])
        {
            await Answers.DoneAsync(host.PostAsync("/relations", new { kind, user, patient }));
        }
    }

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Fact]
    public async Task It_tells_what_was_opened_and_who_the_person_was_to_the_patient()
    {
        (await DecideAsync("Study", "1.2.3")).ShouldBeFalse();
        clock.Now += TimeSpan.FromMinutes(11);
        (await DecideAsync("Patient", "P1")).ShouldBeFalse();
        clock.Now += TimeSpan.FromMinutes(5);
        (string id, DateTimeOffset from) = await TakeAsync("P1");
        await Eventually.HoldsAsync(() => DecideAsync("Patient", "P1"), "the access is active");
        clock.Now += TimeSpan.FromMinutes(1);
        (await DecideAsync("Study", "1.2.3", "ws-7", "10.0.0.7")).ShouldBeTrue();
        DateTimeOffset first = clock.Now;
        clock.Now += TimeSpan.FromMinutes(1);
        (await DecideAsync("Study", "1.2.3", "ws-8", "10.0.0.7")).ShouldBeTrue();

        JsonNode told = await AskAsync(id, "P1", from, from.AddHours(4));
        told["complete"]!.GetValue<bool>().ShouldBeTrue();
        JsonNode study = told["opened"]!.AsArray().Single(one => one!["study"]?.GetValue<string>() == "1.2.3")!;
        (study["action"]!.GetValue<string>(), study["department"]!.GetValue<string>(), study["vip"]!.GetValue<bool>(),
            study["count"]!.GetValue<int>())
            .ShouldBe(("study.view", "ward", true, 2));
        study["workstations"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldBe(["ws-7", "ws-8"]);
        study["addresses"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldBe(["10.0.0.7"]);
        (study["last"]!.GetValue<DateTimeOffset>() - study["first"]!.GetValue<DateTimeOffset>()).ShouldBe(TimeSpan.FromMinutes(1));
        (study["first"]!.GetValue<DateTimeOffset>() - first).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));

        // What was denied sixteen minutes before is not shortly before.
        JsonNode denial = told["deniedBefore"]!.AsArray().Single()!;
        (denial["reason"]!.GetValue<string>(), denial["study"]?.GetValue<string>()).ShouldBe(("not_permitted", null));
        told["relation"]!.ToJsonString().ShouldBe(
            """{"careTeam":true,"referral":false,"order":true,"family":false,"self":false,"staff":true}""");
        told["roles"]!.ToJsonString().ShouldBe(
            """[{"role":"ward-physician","scope":"department","scopeId":"ward"}]""", "the emergency itself is no role that they held");
        told["workingHours"]!.GetValue<bool>().ShouldBeTrue();

        // BreakGlass reads these members and no others: its own test reads the same file.
        JsonNode example = JsonNode.Parse(File.ReadAllText(WorkingCopy.PathOf("tests", "BreakGlass.Tests", "Evidence", "evidence.json")))!;
        Members(told).ShouldBe(Members(example));
        Members(study).ShouldBe(Members(example["opened"]![0]!));
        Members(denial).ShouldBe(Members(example["deniedBefore"]![0]!).Except(["study"]), "what is null is left out");
        Members(told["relation"]!).ShouldBe(Members(example["relation"]!));
        Members(told["roles"]![0]!).ShouldBe(Members(example["roles"]![0]!));
        Members((await AskAsync(id, "P1", from, from.AddHours(4), "1.2.3"))["studies"]![0]!).ShouldBe(Members(example["studies"]![0]!));
    }

    [Fact]
    public async Task Of_studies_that_an_edge_opened_by_itself_it_tells_what_is_known()
    {
        JsonNode told = await AskAsync("offline", "P1", clock.Now.AddMinutes(1), clock.Now.AddHours(1), "1.2.3", "1.2.3", "1.2.404");
        told["studies"]!.ToJsonString().ShouldBe("""[{"study":"1.2.3","department":"ward","vip":true}]""");
        told["relation"]!["order"]!.GetValue<bool>().ShouldBeTrue();
        told["opened"]!.AsArray().ShouldBeEmpty();
        (await AskAsync("offline", "P1", clock.Now.AddMinutes(1), clock.Now.AddHours(1)))["relation"]!["order"]!.GetValue<bool>()
            .ShouldBeFalse();
        foreach (string?[] studies in (string?[][])[[" 1"], [null], [.. Enumerable.Repeat("1.2.3", 501)]])
        {
            await Refusal.ShouldBeAsync(
                await SendAsync(new { caseId = "c", subjectId = "ada", patient = "P1", from = clock.Now, to = clock.Now.AddHours(1), studies }),
                400, "emergency_malformed");
        }
    }

    [Fact]
    public async Task Who_they_were_is_told_of_the_time_at_which_it_began()
    {
        clock.Now = DateTimeOffset.UtcNow.AddMinutes(1);
        (string id, DateTimeOffset from) = await TakeAsync("P2");
        JsonNode told = await AskAsync(id, "P2", from, from.AddHours(4));
        told["relation"]!["family"]!.GetValue<bool>().ShouldBeTrue();

        // Long before, nothing was known yet; what is known of another case is not told.
        JsonNode before = await AskAsync(id, "P2", from.AddDays(-1), from.AddHours(-23));
        before["relation"]!["family"]!.GetValue<bool>().ShouldBeFalse();
        before["roles"]!.AsArray().ShouldBeEmpty();
        before["workingHours"].ShouldBeNull();
    }

    [Theory]
    [InlineData("", "ada", "P1", 1)]
    [InlineData("c", "", "P1", 1)]
    [InlineData("c", "ada", " P1", 1)]
    [InlineData("c", "ada", "P1", 0)]
    [InlineData("c", "ada", "P1", 25)]
    public async Task A_malformed_question_is_refused(string caseId, string subjectId, string patient, int hours) =>
        await Refusal.ShouldBeAsync(
        await SendAsync(new { caseId, subjectId, patient, from = clock.Now, to = clock.Now.AddHours(hours) }), 400, "emergency_malformed");

    [Fact]
    public async Task It_is_BreakGlass_that_asks()
    {
        using HttpResponseMessage refused = await host.SendAsync(
            HttpMethod.Post, "/emergency-evidence",
            """{"caseId":"c","subjectId":"ada","patient":"P1","from":"2026-01-01T00:00:00Z","to":"2026-01-01T01:00:00Z"}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static IEnumerable<string> Members(JsonNode node) => node.AsObject().Select(member => member.Key);

    private async Task<(string Id, DateTimeOffset From)> TakeAsync(string patient)
    {
        string id = Guid.CreateVersion7().ToString();
        var invoked = new EmergencyAccessInvoked(id, "ada", patient, null, "emergency-reader", "ETREAT", false, clock.Now,
            clock.Now.AddHours(4));
        await using NpgsqlConnection connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await host.Services.GetRequiredService<IMessageBus>().PublishAsync(
            invoked, new PublishOptions($"emergency-access-{id}", Guid.NewGuid()), transaction, CancellationToken.None);
        await transaction.CommitAsync();
        return (id, invoked.InvokedAt);
    }

    private async Task<JsonNode> AskAsync(
        string caseId, string patient, DateTimeOffset from, DateTimeOffset to, params string[] studies)
    {
        using HttpResponseMessage answer = await SendAsync(new { caseId, subjectId = "ada", patient, from, to, studies });
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private Task<HttpResponseMessage> SendAsync(object question) => host.SendAsync(
        HttpMethod.Post, "/emergency-evidence", JsonSerializer.Serialize(question), host.Token("emergency-access.check"));

    private async Task<bool> DecideAsync(string type, string id, string? device = null, string? address = null)
    {
        var context = new Dictionary<string, object>(StringComparer.Ordinal);
        if (device is not null)
        {
            (context["device"], context["sourceIp"]) = (device, address!);
        }

        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluation",
            JsonSerializer.Serialize(new { subject = new { type = "User", id = "ada" }, action = new { name = "study.view" },
                resource = new { type, id }, context }),
            host.Token("decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["decision"]!.GetValue<bool>();
    }
}
