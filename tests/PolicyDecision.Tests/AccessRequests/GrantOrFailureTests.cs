using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Facts;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.AccessRequests;

/// <summary>
/// Two replicas settle one approval at the same moment, one from facts that allow the grant and one from facts that refuse it. Gates in the database hold both
/// inside their transactions, so that they do meet, whatever the machine does.
/// </summary>
public sealed class GrantOrFailureTests : IAsyncLifetime
{
    private const int GrantGate = 1, FailureGate = 2, CommitGate = 3;

    private static readonly string Gates = $"""
        create function policy_decision.gate() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock_shared(case new.type when 'grant_given' then {GrantGate} else {FailureGate} end); return new; end $$;
        create function policy_decision.commit_gate() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock_shared({CommitGate}); return null; end $$;
        create trigger gate before insert on policy_decision.mt_events for each row
        when (new.type in ('grant_given', 'access_request_failed')) execute function policy_decision.gate();
        create constraint trigger commit_gate after insert on policy_decision.mt_events deferrable initially deferred for each row
        when (new.type in ('grant_given', 'access_request_failed')) execute function policy_decision.commit_gate();
        """;

    private readonly string id = $"{Guid.CreateVersion7()}";
    private PolicyDecisionHost host = null!;
    private PolicyDecisionHost replica = null!;
    private NpgsqlConnection gates = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync();
        var consultant = new { description = "Reads a patient", request = new { hoursMax = 8, approver = "consultant" } };
        (await host.PutAsync("/roles/consultant", consultant)).EnsureSuccessStatusCode();
        replica = await host.StartReplicaAsync();
        gates = new NpgsqlConnection(host.Superuser);
        await gates.OpenAsync();
        await ExecuteAsync(Gates);
    }

    public async Task DisposeAsync()
    {
        await gates.DisposeAsync();
        await replica.DisposeAsync();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData(GrantGate, FailureGate, "approved", 1, 0)]
    [InlineData(FailureGate, GrantGate, "failed", 0, 1)]
    public async Task Of_the_grant_and_the_failure_the_first_one_is_written_and_both_replicas_say_so(int first, int second, string status, int grants, int failures)
    {
        foreach (int gate in (int[])[GrantGate, FailureGate, CommitGate])
        {
            await ExecuteAsync($"select pg_advisory_lock({gate})");
        }

        FactsSnapshot retired = replica.Facts.Current with { Roles = replica.Facts.Current.Roles.Remove("consultant"), RetiredRoles = ["consultant"] };
        await ApproveAsync();
        Task<GiveApprovedAccess.Result> giving = GiveAsync(host, host.Facts.Current), failing = GiveAsync(replica, retired);
        await Eventually.HoldsAsync(async () => await AreWaitingAsync(GrantGate) && await AreWaitingAsync(FailureGate), "both are about to write");

        await ExecuteAsync($"select pg_advisory_unlock({first})");
        await Eventually.HoldsAsync(() => AreWaitingAsync(CommitGate), "the first has written, and has not committed");
        await ExecuteAsync($"select pg_advisory_unlock({second})");
        await Eventually.HoldsAsync(async () => !await AreWaitingAsync(second) && await CountAsync(Waiting) >= 2, "the second has written, and waits");
        await ExecuteAsync($"select pg_advisory_unlock({CommitGate})");

        foreach (GiveApprovedAccess.Result result in await Task.WhenAll(giving, failing))
        {
            result.Refusal?.Code.ShouldBe("role_retired");
            (result.Refusal is null).ShouldBe(grants == 1);
        }

        (await CountAsync("select count(*) from policy_decision.mt_events where type = 'grant_given'")).ShouldBe(grants);
        (await CountAsync("select count(*) from policy_decision.mt_events where type = 'access_request_failed'")).ShouldBe(failures);
        foreach (PolicyDecisionHost each in (PolicyDecisionHost[])[host, replica])
        {
            string token = host.TokenOfClient("pacs", "decisions.evaluate");
            using HttpResponseMessage answer = await each.SendAsync(HttpMethod.Get, $"/access/v1/requests/{id}", token: token);
            JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["task"]!["status"]!.GetValue<string>().ShouldBe(status);
        }
    }

    private const string Waiting = """
        select count(*) from pg_locks
        where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())
        """;

    private async Task<bool> AreWaitingAsync(int gate) => await CountAsync($"{Waiting} and classid = 0 and objid = {gate}") > 0;

    private async Task ApproveAsync()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        await AppendAsync(new AccessRequested("User", "ada", "study.view", "Patient", "P1", "P1", "consultant", "consultant", Guid.Parse(id),
            "pacs", now.AddHours(8), now.AddHours(24), ""));
        await AppendAsync(new AccessRequestApproved(now, now.AddHours(8), "second opinion"));
    }

    private Task AppendAsync(AccessRequestEvent @event) => host.Store.RunAsync<AccessRequest, AccessRequestEvent>(
        AccessRequest.Streams.StreamId(id), AccessRequest.Streams.Name, AccessRequest.Streams.Initial, AccessRequest.Streams.Evolve, _ => @event,
        new EventMetadata("grace", "trace", "tests"));

    private Task<GiveApprovedAccess.Result> GiveAsync(PolicyDecisionHost at, FactsSnapshot known) =>
        at.Services.GetRequiredService<GiveApprovedAccess>().GiveAsync(id, known, EventMetadata.None, default);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, gates);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, gates);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
