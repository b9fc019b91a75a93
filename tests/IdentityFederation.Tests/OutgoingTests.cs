using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.IdentityFederation.People;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>What other services hear, from the queue of one that listens.</summary>
public sealed class OutgoingTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task Others_hear_in_order_what_became_of_a_person()
    {
        string[] heard =
        [
            UserProvisioned.MessageName, UserChanged.MessageName, UserSuspended.MessageName, UserReinstated.MessageName,
            UserDeprovisioned.MessageName,
            UserReactivated.MessageName, UserDeprovisioned.MessageName,
        ];
        await ExecuteAsync("insert into bus.queue (name, role) values ('listener', current_user)");
        await ExecuteAsync(
            "insert into bus.subscription (queue, message) "
            + $"select 'listener', name from unnest(array['{string.Join("','", heard.Distinct())}']) as names (name)");
        string id = await host.PersonAsync("messenger");
        foreach ((string command, object body) in new (string, object)[]
                 {
                     ("suspend", new { reason = "alert" }), ("reinstate", new { reason = "mistake" }),
                     ("deactivate", new { reason = "leave" }),
                     ("reactivate", new { }),
                     ("deprovision", new { reason = "left" }),
                 })
        {
            if (command == "suspend")
            {
                (await host.PutAsync($"/people/{id}/profile", new { userName = "messenger", displayName = "M" }))
                    .IsSuccessStatusCode.ShouldBeTrue();
            }

            (await host.PostAsync($"/people/{id}/{command}", body)).IsSuccessStatusCode.ShouldBeTrue(command);
        }

        string[] names = [];
        await Eventually.HoldsAsync(
            async () => (names = await HeardAsync(Person.Streams.StreamId(id), "listener")).Length >= heard.Length, "all messages are out");
        names.ShouldBe(heard);
    }

    [Fact]
    public async Task Others_hear_that_a_secret_is_replaced_and_a_client_disabled_and_enabled_again()
    {
        string[] heard = [ClientSecretReplaced.MessageName, ClientDisabled.MessageName, ClientEnabled.MessageName];
        await ExecuteAsync("insert into bus.queue (name, role) values ('clients-listener', current_user)");
        await ExecuteAsync(
            $"insert into bus.subscription (queue, message) select 'clients-listener', unnest(array['{string.Join("','", heard)}'])");
        (await host.PutAsync("/clients/heard", new { name = "x", scopes = new[] { "things.read" } })).IsSuccessStatusCode.ShouldBeTrue();
        foreach (int grace in new[] { 0, 60, 0 })
        {
            (await host.PostAsync("/clients/heard/rotate-secret", new { graceMinutes = grace })).IsSuccessStatusCode.ShouldBeTrue();
        }

        (await host.PostAsync("/clients/heard/disable", new { reason = "An alert." })).IsSuccessStatusCode.ShouldBeTrue();
        (await host.PostAsync("/clients/heard/enable", new { })).IsSuccessStatusCode.ShouldBeTrue();

        string[] names = [];
        await Eventually.HoldsAsync(
            async () => (names = await HeardAsync(
                AccessGov.IdentityFederation.Clients.Client.Streams.StreamId("heard"), "clients-listener")).Length >= heard.Length,
            "all are out");
        names.ShouldBe(heard);
    }

    private async Task<string[]> HeardAsync(string stream, string queue)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select type from bus.message where queue = $2 and subject = $1 order by position", connection)
        {
            Parameters = { new() { Value = stream }, new() { Value = queue } },
        };
        return [.. await ReadModelRows.ReadAsync(command, row => row.GetString(0), CancellationToken.None)];
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
