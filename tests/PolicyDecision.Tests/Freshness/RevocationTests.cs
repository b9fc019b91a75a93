using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Freshness;

/// <summary>
/// An acknowledged revocation is never followed by a permit, on any replica and through any door. Two replicas, one a process that is stopped and cut off from
/// the database, and callers at every door of both all the time; the history that they saw is checked.
/// </summary>
public sealed class RevocationTests
{
    [SeparateNetworkFact]
    public async Task A_revocation_is_never_followed_by_a_permit_though_a_replica_stands_still_or_is_cut_off()
    {
        await using Cluster cluster = await Cluster.StartAsync("00:00:02");
        for (int round = 0; round < 2; round++)
        {
            await cluster.RevokeAsync($"plain-{round}", () => { }, () => { });
            await cluster.RevokeAsync($"stopped-{round}", cluster.Replica.Stop, cluster.Replica.Continue);
            await cluster.RevokeAsync($"cut-{round}", cluster.Replica.Network.Cut, () => { });
            cluster.Replica.Network.Mend();
        }

        cluster.History.PermitsAfterRevocation().ShouldBeEmpty();
        foreach (string door in AccessDoor.All.Select(door => door.Name))
        {
            cluster.History.Questions.ShouldContain(question => question.Door == door && question.Replica == "other" && question.Reason == "facts_stale", door);
        }
    }

    [SeparateNetworkFact]
    public async Task Without_the_lease_the_history_shows_a_permit_after_the_revocation_through_every_door()
    {
        await using Cluster cluster = await Cluster.StartAsync("00:00:00");
        await cluster.RevokeAsync("cut", cluster.Replica.Network.Cut, () => { });
        cluster.History.PermitsAfterRevocation().Select(question => question.Door).Distinct().ShouldBe(AccessDoor.All.Select(door => door.Name), ignoreOrder: true);
    }

    private sealed class Cluster : IAsyncDisposable
    {
        private readonly PolicyDecisionHost host;
        private readonly CancellationTokenSource over = new();
        private Task[] calling = [];
        private volatile string subject = "nobody";

        private Cluster(PolicyDecisionHost host, ReplicaProcess replica) => (this.host, Replica) = (host, replica);

        public ReplicaProcess Replica { get; }

        public AccessHistory History { get; } = new();

        public static async Task<Cluster> StartAsync(string lease)
        {
            PolicyDecisionHost one = await PolicyDecisionHost.StartAsync(
                settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PolicyDecision:FactsLease"] = lease });
            await one.PostAsync("/policy-sets/hospital/versions", new
            {
                files = new[] { new { name = "a.cedar", text = """@id("read") permit (principal in Reader::"radiologist", action, resource);""" } },
                comment = "c",
            });
            await one.PutAsync("/roles/radiologist", new { description = "Reads images" });
            var other = new { subjectId = "somebody", role = "radiologist", scope = new { kind = "patient", id = AccessDoor.Patient }, reason = "x" };
            await one.PostAsync("/grants", other);
            var cluster = new Cluster(one, await ReplicaProcess.StartAsync(one));
            cluster.calling = [.. AccessDoor.All.SelectMany(door =>
                new[] { cluster.CallAsync("one", one.Client, door), cluster.CallAsync("other", cluster.Replica.Client, door) })];
            return cluster;
        }

        /// <summary>Gives a right, breaks something, takes the right away, mends it, and lets the callers ask on for a while.</summary>
        public async Task RevokeAsync(string who, Action breaking, Action mending)
        {
            using HttpResponseMessage given = await host.PostAsync("/grants", new { subjectId = who, role = "radiologist", scope = new { kind = "everywhere" }, reason = "x" });
            given.Headers.Contains("AccessGov-Position").ShouldBeTrue();
            string grant = JsonNode.Parse(await given.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
            subject = who;
            await EveryDoorAsync(
                door => Seen("other", door, question => question.Permitted) > 0 && Seen("one", door, question => question.Permitted) > 0, "both replicas permit");
            breaking();
            using HttpResponseMessage revoked = await host.PostAsync($"/grants/{grant}/revoke", new { reason = "x" });
            revoked.Headers.Contains("AccessGov-Position").ShouldBeTrue();
            History.Revoked(who);
            mending();
            Dictionary<string, int> seen = AccessDoor.All.ToDictionary(door => door.Name, door => Seen("other", door.Name, _ => true));
            await EveryDoorAsync(door => Seen("other", door, _ => true) > seen[door] + 2, "the other replica is asked on");
        }

        public async ValueTask DisposeAsync()
        {
            await over.CancelAsync();
            await Task.WhenAll(calling);
            await Replica.DisposeAsync();
            await host.DisposeAsync();
            over.Dispose();
        }

        private static async Task EveryDoorAsync(Func<string, bool> holds, string what)
        {
            foreach (string door in AccessDoor.All.Select(door => door.Name))
            {
                await Eventually.HoldsAsync(() => holds(door), $"{what}: {door}");
            }
        }

        private int Seen(string replica, string door, Func<AccessHistory.Question, bool> which) =>
            History.Questions.Count(question => question.Replica == replica && question.Door == door && question.Subject == subject && which(question));

        private async Task CallAsync(string replica, HttpClient client, AccessDoor door)
        {
            while (!over.IsCancellationRequested)
            {
                string who = subject;
                await History.AskAsync(replica, door.Name, who, () => door.AskAsync(host, client, who, over.Token));
            }
        }
    }
}
