using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>The service as it runs: its events arrive in the queue of one that listens, as its own login role may send them, without its
/// secrets.</summary>
public sealed class AuditFeedTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task Events_arrive_in_the_queue_of_the_audit_trail_without_secrets()
    {
        await ExecuteAsync(
            $"""
            insert into bus.queue (name, role) values ('trail', current_user);
            insert into bus.subscription (queue, message) select 'trail',
                unnest(array['{EventsRecorded.MessageName}', '{StoreRecounted.MessageName}'])
            """);
        string id = await host.PersonAsync("audited");
        (await host.PostAsync($"/people/{id}/suspend", new { reason = "alert" })).IsSuccessStatusCode.ShouldBeTrue();
        (await host.PutAsync("/clients/audited", new { name = "x", scopes = new[] { "things.read" } })).IsSuccessStatusCode.ShouldBeTrue();
        (await host.PostAsync("/clients/audited/rotate-secret", new { graceMinutes = 0 })).IsSuccessStatusCode.ShouldBeTrue();

        RecordedEvent[] events = [];
        await Eventually.HoldsAsync(
            async () => (events = [.. (await HeardAsync()).SelectMany(message => message.Events)])
                .Any(e => e.Name == "client_secret_rotated" && e.Stream == "client-audited"), "the events are told");

        events.Select(e => e.Position).ShouldBe(Enumerable.Range(1, events.Length).Select(i => (long)i));
        events.Where(e => e.Stream == $"person-{id}").Select(e => e.Name).ShouldBe(["person_provisioned", "person_suspended"]);
        RecordedEvent rotated = events.Single(e => e.Name == "client_secret_rotated" && e.Stream == "client-audited");
        rotated.Actor.ShouldNotBeNull();
        rotated.Payload.EnumerateObject().Select(member => member.Name).ShouldBe(["FormerUntil", "OwnVoidUntil"], ignoreOrder: true);
        RecordedEvent key = events.First(e => e.Name == "signing_key_announced");
        key.Payload.GetProperty("Key").TryGetProperty("Sealed", out _).ShouldBeFalse();
        key.Payload.GetProperty("Key").GetProperty("KeyId").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Health_says_how_far_the_audit_trail_was_told()
    {
        JsonNode health = JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!;
        health["checks"]!["event-store"]!["data"]!["subscription.AuditTrail.lag"].ShouldNotBeNull(health.ToJsonString());
        health["checks"]!["audit-feed"]!["data"]!["lag"].ShouldNotBeNull();
    }

    private async Task<List<EventsRecorded>> HeardAsync()
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select data::text from bus.message where queue = 'trail' and type = $1 order by position", connection)
        {
            Parameters = { new() { Value = EventsRecorded.MessageName } },
        };
        return [.. await ReadModelRows.ReadAsync(
            command, row => JsonSerializer.Deserialize<EventsRecorded>(row.GetString(0), JsonSerializerOptions.Web)!,
                CancellationToken.None)];
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
