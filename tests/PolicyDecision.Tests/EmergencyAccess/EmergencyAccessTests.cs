using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Contracts.BreakGlass.V1;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.EmergencyAccess;

/// <summary>What BreakGlass asks, what it tells, and what decisions make of it.</summary>
public sealed class EmergencyAccessTests : IAsyncLifetime
{
    private const string Policies = """
        @id("ward") permit (principal in Reader::"ward-physician", action == Action::"study.view", resource);
        @id("emergency") permit (principal in Reader::"emergency-reader", action in [Action::"study.view", Action::"study.search"], resource);
        @id("full") permit (principal in Role::"emergency-reader", action == Action::"study.export", resource);
        @id("never") forbid (principal == User::"barred", action, resource);
        """;

    private const string Obligations = """
        @id("marked") @obligation_1("mark@1") @obligation_2("banner@1")
        permit (principal, action, resource) when { context has emergencyAccess };
        """;

    private const string Catalogue = """
        {"mark@1": {"type": "custom", "advice": true, "properties": {"name": "mark-action", "case": "{emergency.id}"}},
         "banner@1": {"type": "notification", "advice": true, "properties": {"to": "viewer", "body": "until {emergency.until}"}}}
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
            ["PolicyDecision:AccessRequestKeyFile"] = keyFile, ["PolicyDecision:BreakGlassUrl"] = "https://console.test/emergency-access/new",
        });
        await Answers.DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new
        {
            files = new[]
            {
                new { name = "a.cedar", text = Policies }, new { name = "a.obligations", text = Obligations }, new { name = "obligations.json", text = Catalogue },
            },
            comment = "c",
        }));
        await Answers.DoneAsync(host.PutAsync("/sites/north", new { name = "North", timeZone = "UTC", departments = new[] { new { id = "ward", name = "Ward" } } }));
        await Answers.DoneAsync(host.PutAsync("/roles/ward-physician", new { description = "d" }));
        await Answers.DoneAsync(host.PutAsync("/roles/clerk", new { description = "d" }));
        await Answers.DoneAsync(host.PutAsync(
            "/roles/emergency-reader", new { description = "d", emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } } }));
        foreach ((string who, string role) in ((string, string)[])[("ada", "ward-physician"), ("barred", "ward-physician"), ("bill", "clerk"), ("sue", "ward-physician")])
        {
            await Answers.DoneAsync(host.PostAsync("/grants", new { subjectId = who, role, scope = new { kind = "department", id = "ward" }, reason = "x" }));
        }
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        File.Delete(keyFile);
    }

    [Fact]
    public async Task Whoever_is_a_clinician_may_take_a_patients_images()
    {
        JsonNode may = await AskAsync(new { subjectId = "ada", patient = "P1" });
        (may["role"]!.GetValue<string>(), may["hoursMax"]!.GetValue<int>(), may["patient"]!.GetValue<string>(), may["invokerRole"]!.GetValue<string>())
            .ShouldBe(("emergency-reader", 4, "P1", "ward-physician"));
    }

    [Fact]
    public async Task In_general_it_says_what_may_be_promised_ahead_and_whose_images_it_would_not_open()
    {
        foreach ((string kind, string patient) in ((string, string)[])[("self", "P-self"), ("family", "P-child"), ("care-team", "P-care")])
        {
            await Answers.DoneAsync(host.PostAsync("/relations", new { kind, user = "ada", patient }));
        }

        JsonNode ended = await Answers.DoneAsync(host.PostAsync("/relations", new { kind = "family", user = "ada", patient = "P-former" }));
        await Answers.DoneAsync(host.SendAsync(HttpMethod.Post, $"/relations/{ended["id"]!.GetValue<string>()}/end"));
        JsonNode may = await AskAsync(new { subjectId = "ada" });
        (may["role"]!.GetValue<string>(), may["hoursMax"]!.GetValue<int>(), may["invokerRole"]!.GetValue<string>(), may["patient"])
            .ShouldBe(("emergency-reader", 4, "ward-physician", null));
        may["excludedPatients"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldBe(["P-child", "P-self"]);
    }

    [Theory]
    [InlineData("bill", "not_clinical")]
    [InlineData("nobody", "not_clinical")]
    [InlineData("barred", "emergency_forbidden")]
    public async Task Others_are_refused_and_told_whom_to_ask(string subject, string code)
    {
        await Refusal.ShouldBeAsync(await SendAsync(new { subjectId = subject, patient = "P1" }), 403, code);
        await Refusal.ShouldBeAsync(await SendAsync(new { subjectId = subject }), 403, code);
    }

    [Fact]
    public async Task Whoever_is_kept_out_takes_nothing_in_an_emergency_either()
    {
        foreach ((object message, string code) in ((object, string)[])
        [
            (new Contracts.IdentityFederation.V1.UserSuspended("ada", "alert", null, clock.Now), "person_suspended"),
            (new Contracts.IdentityFederation.V1.UserLocked("sue", "dormant", null, clock.Now), "person_locked"),
            (new Contracts.IdentityFederation.V1.UserDeprovisioned("barred", "left", null, clock.Now), "person_left"),
        ])
        {
            string person = message switch
            {
                Contracts.IdentityFederation.V1.UserSuspended e => e.UserId,
                Contracts.IdentityFederation.V1.UserLocked e => e.UserId,
                _ => "barred",
            };
            await TellAsync(message, $"person-{person}");
            await Eventually.HoldsAsync(async () =>
            {
                using HttpResponseMessage answer = await SendAsync(new { subjectId = person, patient = "P1" });
                return (await answer.Content.ReadAsStringAsync()).Contains(code, StringComparison.Ordinal);
            }, $"{person} is refused with {code}");
        }
    }

    [Theory]
    [InlineData("""{"subjectId":" ada"}""")]
    [InlineData("""{"subjectId":"ada","patient":"P1","study":"1.2.3"}""")]
    [InlineData("""{"subjectId":"","patient":"P1"}""")]
    [InlineData("""{"subjectId":"ada","patient":" P1"}""")]
    public async Task A_malformed_question_is_refused(string question) => await Refusal.ShouldBeAsync(
        await host.SendAsync(HttpMethod.Post, "/emergency-eligibility", question, host.Token("emergency-access.check")), 400, "emergency_malformed");

    [Fact]
    public async Task A_study_that_nobody_knows_has_no_patient() =>
        await Refusal.ShouldBeAsync(await SendAsync(new { subjectId = "ada", study = "1.2.3" }), 404, "study_unknown");

    [Fact]
    public async Task The_denial_that_offers_it_names_what_it_is_about_for_ten_minutes_and_to_its_own_person()
    {
        JsonNode offer = (await EvaluateAsync("ada"))["context"]!["break_glass"]!;
        string token = offer["binding_token"]!.GetValue<string>();
        (await AskAsync(new { subjectId = "ada", denial = token }))["patient"]!.GetValue<string>().ShouldBe("P1");
        await Refusal.ShouldBeAsync(await SendAsync(new { subjectId = "sue", denial = token }), 409, "denial_expired");
        await Refusal.ShouldBeAsync(await SendAsync(new { subjectId = "ada", denial = token[..^4] + "AAAA" }), 409, "denial_expired");
        clock.Now += TimeSpan.FromMinutes(11);
        await Refusal.ShouldBeAsync(await SendAsync(new { subjectId = "ada", denial = token }), 409, "denial_expired");
    }

    [Fact]
    [Trait("Requirement", "S33")]
    public async Task Emergency_access_permits_reading_one_patient_with_its_obligations_until_it_is_over()
    {
        string id = Guid.CreateVersion7().ToString();
        var invoked = new EmergencyAccessInvoked(id, "ada", "P1", null, "emergency-reader", "ETREAT", false, clock.Now, clock.Now.AddHours(4));
        (await PermittedAsync("ada")).ShouldBeFalse();
        await TellAsync(invoked, $"emergency-access-{id}");
        await TellAsync(invoked, $"emergency-access-{id}");
        await Eventually.HoldsAsync(() => PermittedAsync("ada"), "the access is active");

        JsonNode answer = await EvaluateAsync("ada");
        JsonNode[] obligations = [.. answer["context"]!["obligations"]!.AsArray().Select(one => one!)];
        obligations.Single(one => one["id"]!.GetValue<string>() == "mark@1")["properties"]!["case"]!.GetValue<string>().ShouldBe(id);
        obligations.Single(one => one["id"]!.GetValue<string>() == "banner@1")["properties"]!["body"]!.GetValue<string>()
            .ShouldBe($"until {invoked.Until:yyyy-MM-dd'T'HH:mm:ss'Z'}");

        // What an enforcement point cannot do is left out, and opens the images all the same.
        (await EvaluateAsync("ada", support: ["notification"]))["context"]!["obligations"]!.AsArray().Single()!["id"]!.GetValue<string>().ShouldBe("banner@1");
        JsonNode plain = await EvaluateAsync("ada", support: []);
        plain["decision"]!.GetValue<bool>().ShouldBeTrue();
        plain["context"]!["obligations"].ShouldBeNull();

        (await PermittedAsync("ada", "study.export")).ShouldBeFalse("it reads and nothing else");
        (await PermittedAsync("ada", patient: "P2")).ShouldBeFalse();
        (await PermittedAsync("sue")).ShouldBeFalse();

        // Nobody takes it back by hand behind the back of the case.
        await Refusal.ShouldBeAsync(await host.PostAsync($"/grants/{id}/revoke", new { reason = "x" }), 409, "grant_by_emergency");

        await TellAsync(new EmergencyAccessEnded(id, "ada", "clinician", false, "ada", clock.Now), $"emergency-access-{id}");
        await Eventually.HoldsAsync(async () => !await PermittedAsync("ada"), "it is over");
    }

    [Fact]
    public async Task It_runs_out_to_the_second()
    {
        string id = Guid.CreateVersion7().ToString();
        DateTimeOffset until = clock.Now.AddHours(1);
        await TellAsync(new EmergencyAccessInvoked(id, "ada", "P1", null, "emergency-reader", "BTG", false, clock.Now, until), $"emergency-access-{id}");
        await Eventually.HoldsAsync(() => PermittedAsync("ada"), "the access is active");
        clock.Now = until.AddTicks(-1);
        (await PermittedAsync("ada")).ShouldBeTrue();
        clock.Now = until;
        (await PermittedAsync("ada")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("ada", "ward-physician", 4, "role_not_for_emergencies")]
    [InlineData("ada", "emergency-reader", 5, "until_too_late")]
    public async Task What_cannot_be_given_is_told_to_BreakGlass(string person, string role, int hours, string code)
    {
        await ExecuteAsync(
            $"insert into bus.queue (name, role) values ('listener', current_user); insert into bus.subscription (queue, message) values ('listener', '{Contracts.PolicyDecision.V1.EmergencyGrantRefused.MessageName}')");
        string id = Guid.CreateVersion7().ToString();
        await TellAsync(new EmergencyAccessInvoked(id, person, "P1", null, role, "BTG", false, clock.Now, clock.Now.AddHours(hours)), $"emergency-access-{id}");
        await Eventually.HoldsAsync(
            async () => (string?)await ExecuteAsync($"select data ->> 'code' from bus.message where queue = 'listener' and data ->> 'caseId' = '{id}'") == code,
            "the refusal is told");
    }

    [Fact]
    public async Task The_journal_says_under_which_emergency_access_something_was_read()
    {
        string id = Guid.CreateVersion7().ToString();
        await TellAsync(
            new EmergencyAccessInvoked(id, "ada", "P1", null, "emergency-reader", "BTG", false, clock.Now, clock.Now.AddHours(1)), $"emergency-access-{id}");
        await Eventually.HoldsAsync(() => PermittedAsync("ada"), "the access is active");
        string evaluation = (await EvaluateAsync("ada"))["context"]!["evaluation_id"]!.GetValue<string>();
        await Eventually.HoldsAsync(async () =>
        {
            using HttpResponseMessage found = await host.SendAsync(HttpMethod.Get, $"/decisions/{evaluation}", null, host.Token("journal.read"));
            return found.IsSuccessStatusCode && (await found.Content.ReadAsStringAsync()).Contains($"\"emergencyAccess\":\"{id}\"", StringComparison.Ordinal);
        }, "the decision says so");
    }

    private async Task<JsonNode> AskAsync(object question)
    {
        using HttpResponseMessage answer = await SendAsync(question);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private Task<HttpResponseMessage> SendAsync(object question) => host.SendAsync(
        HttpMethod.Post, "/emergency-eligibility", JsonSerializer.Serialize(question), host.Token("emergency-access.check"));

    private async Task<bool> PermittedAsync(string subject, string action = "study.view", string patient = "P1") =>
        (await EvaluateAsync(subject, action, patient))["decision"]!.GetValue<bool>();

    private async Task<JsonNode> EvaluateAsync(string subject, string action = "study.view", string patient = "P1", string[]? support = null)
    {
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluation",
            JsonSerializer.Serialize(new
            {
                subject = new { type = "User", id = subject }, action = new { name = action }, resource = new { type = "Patient", id = patient },
                context = support is null ? new Dictionary<string, object>() : new Dictionary<string, object> { ["supported_obligations"] = support },
            }),
            host.Token("decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    /// <summary>Publishes what another service says, as it does: in a transaction, in the order of its stream.</summary>
    private async Task TellAsync(object message, string subject)
    {
        await using NpgsqlConnection connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await host.Services.GetRequiredService<IMessageBus>().PublishAsync(
            message, new PublishOptions(subject, Guid.NewGuid()), transaction, CancellationToken.None);
        await transaction.CommitAsync();
    }

    private async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
