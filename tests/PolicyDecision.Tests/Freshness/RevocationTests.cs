using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Freshness;

/// <summary>
/// An acknowledged revocation is never followed by a permit, on any replica. Two replicas, one a process that is stopped and cut off from the database, and
/// callers at both all the time; the history that they saw is checked.
/// </summary>
public sealed class RevocationTests
{
    private const int Callers = 2;

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
        cluster.History.Questions.ShouldContain(question => question.Replica == "other" && question.Permitted);
        cluster.History.Questions.ShouldContain(question => question.Replica == "other" && question.Reason == "facts_stale");
    }

    [SeparateNetworkFact]
    public async Task Without_the_lease_the_history_shows_a_permit_after_the_revocation()
    {
        await using Cluster cluster = await Cluster.StartAsync("00:00:00");
        await cluster.RevokeAsync("cut", cluster.Replica.Network.Cut, () => { });
        cluster.History.PermitsAfterRevocation().ShouldNotBeEmpty();
    }

    private sealed class Cluster : IAsyncDisposable
    {
        private readonly PolicyDecisionHost host;
        private readonly CancellationTokenSource over = new();
        private readonly string token;
        private Task[] calling = [];
        private volatile string subject = "nobody";

        private Cluster(PolicyDecisionHost host, ReplicaProcess replica)
        {
            (this.host, Replica) = (host, replica);
            token = host.TokenOfClient("pacs", "decisions.evaluate");
        }

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
            var cluster = new Cluster(one, await ReplicaProcess.StartAsync(one));
            cluster.calling = [.. Enumerable.Range(0, Callers).SelectMany(_ => new[] { cluster.CallAsync("one", one.Client), cluster.CallAsync("other", cluster.Replica.Client) })];
            return cluster;
        }

        /// <summary>Gives a right, breaks something, takes the right away, mends it, and lets the callers ask on for a while.</summary>
        public async Task RevokeAsync(string who, Action breaking, Action mending)
        {
            using HttpResponseMessage given = await host.PostAsync("/grants", new { subjectId = who, role = "radiologist", scope = new { kind = "everywhere" }, reason = "x" });
            given.Headers.Contains("AccessGov-Position").ShouldBeTrue();
            string grant = JsonNode.Parse(await given.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
            subject = who;
            await Eventually.HoldsAsync(() => Seen("other", question => question.Permitted) > 0 && Seen("one", question => question.Permitted) > 0, "both replicas permit");
            breaking();
            using HttpResponseMessage revoked = await host.PostAsync($"/grants/{grant}/revoke", new { reason = "x" });
            revoked.Headers.Contains("AccessGov-Position").ShouldBeTrue();
            History.Revoked(who);
            mending();
            int seen = Seen("other", _ => true);
            await Eventually.HoldsAsync(() => Seen("other", _ => true) > seen + (2 * Callers), "the other replica is asked on");
        }

        public async ValueTask DisposeAsync()
        {
            await over.CancelAsync();
            await Task.WhenAll(calling);
            await Replica.DisposeAsync();
            await host.DisposeAsync();
            over.Dispose();
        }

        private int Seen(string replica, Func<AccessHistory.Question, bool> which) =>
            History.Questions.Count(question => question.Replica == replica && question.Subject == subject && which(question));

        private async Task CallAsync(string replica, HttpClient client)
        {
            while (!over.IsCancellationRequested)
            {
                string who = subject;
                await History.AskAsync(replica, who, () => AskAsync(client, who));
            }
        }

        private async Task<(bool Permitted, string Reason)> AskAsync(HttpClient client, string who)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/access/v1/evaluation");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Content = new StringContent(
                JsonSerializer.Serialize(new { subject = new { type = "User", id = who }, action = new { name = "study.view" }, resource = new { type = "Patient", id = "P1" } }),
                Encoding.UTF8, "application/json");
            try
            {
                using HttpResponseMessage response = await client.SendAsync(request, over.Token);
                string text = await response.Content.ReadAsStringAsync(over.Token);
                return response.IsSuccessStatusCode && JsonNode.Parse(text) is { } answer
                    ? (answer["decision"]!.GetValue<bool>(), answer["context"]!["reason"]!.GetValue<string>())
                    : (false, $"{response.StatusCode}");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return (false, "no answer");
            }
        }
    }
}
