using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests;

/// <summary>The service as it runs: its events and its decisions arrive in the queue of one that listens, as its own login role may send
/// them.</summary>
public sealed class AuditFeedTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task Events_and_decisions_arrive_in_the_queue_of_the_audit_trail()
    {
        await ExecuteAsync(
            $"""
            insert into bus.queue (name, role) values ('trail', current_user);
            insert into bus.subscription (queue, message)
            select 'trail', unnest(array['{EventsRecorded.MessageName}', '{DecisionsRecorded.MessageName}', '{StoreRecounted.MessageName}'])
            """);
        (await host.PutAsync("/roles/auditor", new { description = "Reads", permissions = Array.Empty<string>() }))
            .IsSuccessStatusCode.ShouldBeTrue();
        string token = host.TokenOfClient("viewer", "decisions.evaluate");
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluation",
            """
            {"subject":{"type":"User","id":"ada"},"action":{"name":"study.view"},"resource":{"type":"Study","id":"1.2.3"},
             "context":{"sourceIp":"10.1.2.3","workstation":"WS7"}}
            """, token);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());

        RecordedEvent[] events = [];
        await Eventually.HoldsAsync(
            async () => (events = [.. (await HeardAsync<EventsRecorded>(EventsRecorded.MessageName)).SelectMany(message => message.Events)])
                .Any(e => e is { Name: "role_defined", Stream: "role-auditor" }), "the event is told");
        RecordedEvent role = events.Single(e => e.Stream == "role-auditor");
        role.Actor.ShouldBe("grace");
        role.Payload.GetProperty("Description").GetString().ShouldBe("Reads");
        events.Select(e => e.Position).ShouldBe(Enumerable.Range(1, events.Length).Select(i => (long)i));

        RecordedDecision[] decisions = [];
        await Eventually.HoldsAsync(
            async () => (decisions = [.. (await HeardAsync<DecisionsRecorded>(DecisionsRecorded.MessageName))
                .SelectMany(message => message.Decisions)])
                .Any(decision => decision.SubjectId == "ada"), "the decision is told");
        RecordedDecision told = decisions.Single(decision => decision.SubjectId == "ada");
        (told.Client, told.Action, told.SourceIp, told.Workstation, told.Permitted)
            .ShouldBe(("viewer", "study.view", "10.1.2.3", "WS7", false));
    }

    [Fact]
    public async Task Health_says_how_far_the_audit_trail_was_told()
    {
        JsonNode health = JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!;
        health["checks"]!["event-store"]!["data"]!["subscription.AuditTrail.lag"].ShouldNotBeNull(health.ToJsonString());
        health["checks"]!["audit-feed"]!["data"]!["lag"].ShouldNotBeNull();
        health["checks"]!["journal"]!["data"]!["auditLagBatches"].ShouldNotBeNull();
    }

    private async Task<List<T>> HeardAsync<T>(string type)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select data::text from bus.message where queue = 'trail' and type = $1 order by position", connection)
        {
            Parameters = { new() { Value = type } },
        };
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        var heard = new List<T>();
        while (await reader.ReadAsync())
        {
            heard.Add(JsonSerializer.Deserialize<T>(reader.GetString(0), JsonSerializerOptions.Web)!);
        }

        return heard;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
