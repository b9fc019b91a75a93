using AccessGov.Testing;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Freshness;

/// <summary>A command and the row of a replica that a test writes itself.</summary>
public sealed class ReplicaLeaseTests
{
    private const string Behind = "insert into policy_decision.replica_lease (replica, position) values ('11111111-1111-1111-1111-111111111111', 0)";

    [Fact]
    public async Task A_command_is_answered_when_the_other_replica_has_come_to_its_position()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await ExecuteAsync(host, Behind);
        Task<HttpResponseMessage> command = host.PutAsync("/roles/radiologist", new { description = "d" });
        await Eventually.HoldsAsync(() => host.Facts.Current.Roles.ContainsKey("radiologist"), "this replica knows the role");
        command.IsCompleted.ShouldBeFalse();
        await ExecuteAsync(host, "update policy_decision.replica_lease set position = 1000 where position = 0");
        using HttpResponseMessage answer = await command;
        answer.Headers.Contains("AccessGov-Position").ShouldBeTrue();
    }

    [Fact]
    public async Task A_replica_that_renews_no_lease_is_waited_for_once()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(settings: Lease("00:00:01"));
        await ExecuteAsync(host, Behind);
        using HttpResponseMessage answer = await host.PutAsync("/roles/radiologist", new { description = "d" });
        answer.Headers.Contains("AccessGov-Position").ShouldBeTrue();
        (await CountAsync(host, "replica = '11111111-1111-1111-1111-111111111111'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_replica_that_does_not_come_in_time_costs_the_answer_its_position()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(settings: new Dictionary<string, string?>(Lease("00:01:00"), StringComparer.Ordinal)
        {
            ["PolicyDecision:PositionPatience"] = "00:00:00.5",
        });
        await ExecuteAsync(host, Behind);
        using HttpResponseMessage answer = await host.PutAsync("/roles/radiologist", new { description = "d" });
        answer.IsSuccessStatusCode.ShouldBeTrue();
        answer.Headers.Contains("AccessGov-Position").ShouldBeFalse();
    }

    [Fact]
    public async Task A_replica_that_stops_is_waited_for_no_more()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        PolicyDecisionHost replica = await host.StartReplicaAsync();
        await Eventually.HoldsAsync(async () => await CountAsync(host, "true") == 2, "both replicas have a lease");
        await replica.DisposeAsync();
        (await CountAsync(host, "true")).ShouldBe(1);
    }

    private static Dictionary<string, string?> Lease(string duration) => new(StringComparer.Ordinal) { ["PolicyDecision:FactsLease"] = duration };

    private static async Task ExecuteAsync(PolicyDecisionHost host, string sql)
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlCommand command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(PolicyDecisionHost host, string condition)
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlCommand command = database.CreateCommand($"select count(*) from policy_decision.replica_lease where {condition}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
