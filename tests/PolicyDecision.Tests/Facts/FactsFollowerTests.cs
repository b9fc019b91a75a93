using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Roles;
using AccessGov.Testing;
using Xunit.Abstractions;

namespace AccessGov.PolicyDecision.Tests.Facts;

public sealed class FactsFollowerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Facts_built_again_from_the_streams_are_the_facts_that_were_live()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await MakeHistoryAsync(host);
        string live = Written(host.Facts.Current);
        live.ShouldContain("P-family");

        var whole = new FactsFold("hospital");
        var onePerSnapshot = new FactsFold("hospital");
        foreach (StoredEvent stored in await host.Store.ReadAllAsync(0, 10_000))
        {
            whole.Apply(stored);
            onePerSnapshot.Apply(stored);
            onePerSnapshot.Snapshot();
        }

        Written(whole.Snapshot()).ShouldBe(live);
        Written(onePerSnapshot.Snapshot()).ShouldBe(live);

        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        Written(replica.Facts.Current).ShouldBe(live);
    }

    [Fact]
    public async Task What_one_replica_writes_the_other_knows()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        using HttpResponseMessage answer = await host.PutAsync("/roles/radiologist", new { description = "Reads images" });
        long position = long.Parse(answer.Headers.GetValues("AccessGov-Position").Single());
        using var patience = new CancellationTokenSource(Eventually.Bound);
        (await replica.Facts.AtLeastAsync(position, patience.Token)).Roles.ShouldContainKey("radiologist");
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Should.ThrowAsync<OperationCanceledException>(async () => await replica.Facts.AtLeastAsync(position + 1, impatience.Token));
    }

    [Fact]
    public async Task A_command_that_finds_done_what_somebody_else_did_is_answered_when_its_facts_have_it_too()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            string role = $"role-{i}";
            await host.Store.RunAsync<Role, RoleEvent>(
                Role.Streams.StreamId(role), Role.Streams.Name, Role.Streams.Initial, Role.Streams.Evolve, _ => new RoleDefined("Reads images", [], false, null));
            using HttpResponseMessage answer = await host.PutAsync($"/roles/{role}", new { description = "Reads images" });
            answer.IsSuccessStatusCode.ShouldBeTrue();
            host.Facts.Current.Roles.ShouldContainKey(role);
        }
    }

    [Fact]
    public async Task While_the_store_is_away_the_last_facts_stay_and_health_says_how_old_they_are()
    {
        string directory = Directory.CreateTempSubdirectory("accessgov-facts-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: directory);
        int port = new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(server);
        await host.PutAsync("/roles/radiologist", new { description = "Reads images" });
        await Eventually.HoldsAsync(async () => (await FactsHealthAsync(host))["status"]!.GetValue<string>() == "healthy", "health is good");

        server.Kill();
        await Eventually.HoldsAsync(async () => (await FactsHealthAsync(host))["status"]!.GetValue<string>() == "degraded", "health is degraded", 2 * Eventually.Bound);
        (await FactsHealthAsync(host))["data"]!["age_seconds"]!.GetValue<double>().ShouldBeGreaterThan(5);
        host.Facts.Current.Roles.ShouldContainKey("radiologist");
        await Refusal.ShouldBeAsync(await host.PutAsync("/roles/other", new { description = "d" }), 503, "store_unavailable");

        await using PostgresServer again = await PostgresServer.StartPrivateAsync(port, directory);
        await Eventually.HoldsAsync(
            async () => (await host.PutAsync("/roles/other", new { description = "d" })).StatusCode == HttpStatusCode.NoContent, "commands are taken again", 2 * Eventually.Bound);
        await Eventually.HoldsAsync(() => host.Facts.Current.Roles.ContainsKey("other"), "the facts follow again", 2 * Eventually.Bound);
        await Eventually.HoldsAsync(async () => (await FactsHealthAsync(host))["status"]!.GetValue<string>() == "healthy", "health is good again", 2 * Eventually.Bound);
        await host.DisposeAsync();
        again.Kill();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void A_hundred_thousand_grants_are_folded_at_once()
    {
        StoredEvent[] events = [.. Enumerable.Range(1, 100_000).Select(i => new StoredEvent(
            i, i, Guid.Empty, $"grant-{i:x8}", 1, "grant_given",
            new GrantGiven("User", $"user-{i % 5_000}", "radiologist", GrantScopeKind.Patient, $"P{i}", Spec.Now, null, false, "import"), Spec.Now, EventMetadata.None))];
        var fold = new FactsFold("hospital");
        long started = Stopwatch.GetTimestamp();
        Array.ForEach(events, fold.Apply);
        FactsSnapshot snapshot = fold.Snapshot();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        output.WriteLine($"100,000 grants of 5,000 users folded in {elapsed.TotalMilliseconds:F0} ms");
        snapshot.Subjects.Count.ShouldBe(5_000);
        snapshot.Subjects.Values.Sum(subject => subject.Grants.Length).ShouldBe(100_000);
        // Far above what it takes, so that a busy machine does not fail it; folding one snapshot per event would take minutes.
        elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void An_event_that_nobody_knows_stops_the_fold() => Should.Throw<InvalidOperationException>(() => new FactsFold("hospital").Apply(
        new StoredEvent(1, 1, Guid.Empty, "x-1", 1, "x", new object(), Spec.Now, EventMetadata.None)));

    [Fact]
    public void A_published_set_that_the_engine_does_not_take_any_more_leaves_the_last_good_one_in_force()
    {
        var fold = new FactsFold("hospital");
        fold.Apply(Published(1, "@id(\"view\") permit (principal, action, resource);"));
        fold.Snapshot().Policies!.Version.ShouldBe(1);
        fold.Apply(Published(2, "permit (principal"));
        fold.Snapshot().Policies!.Version.ShouldBe(1);
        fold.PoliciesFault.ShouldNotBeNull();
        fold.Apply(Published(3, "@id(\"view\") permit (principal, action, resource);"));
        fold.Snapshot().Policies!.Version.ShouldBe(3);
        fold.PoliciesFault.ShouldBeNull();

        static StoredEvent Published(int version, string text) => new(
            version, version, Guid.Empty, "policy-set-hospital", version, "policy_set_published",
            new PolicyDecision.Policies.PolicySetPublished(version, $"{version}", [new("a.cedar", text)], "c"), Spec.Now, EventMetadata.None);
    }

    private static async Task MakeHistoryAsync(PolicyDecisionHost host)
    {
        await host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = "@id(\"a\") permit (principal, action, resource);" } }, comment = "c" });
        foreach (string role in (string[])["radiologist", "scribe", "tech"])
        {
            await host.PutAsync($"/roles/{role}", new { description = role, permissions = role == "tech" ? ["study.view"] : Array.Empty<string>() });
        }

        await host.PutAsync("/sites/north", new { name = "North", timeZone = "Europe/Vienna", departments = new[] { new { id = "rad", name = "R" } }, networks = new[] { new { name = "n", cidr = "10.0.0.0/8" } } });
        foreach (string role in (string[])["radiologist", "scribe", "radiologist"])
        {
            using HttpResponseMessage given = await host.PostAsync("/grants", new { subjectId = "ada", role, scope = new { kind = "department", id = "rad" }, reason = "x" });
            string id = JsonNode.Parse(await given.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
            if (role == "scribe")
            {
                await host.PostAsync("/grants", new { subjectId = "scribbler", role, scope = new { kind = "everywhere" }, reason = "x" });
                await host.PostAsync($"/grants/{id}/revoke", new { reason = "x" });
            }
        }

        foreach ((string kind, string patient) in ((string, string)[])[("care-team", "P1"), ("referral", "P1"), ("family", "P-family"), ("self", "P3")])
        {
            await host.PostAsync("/relations", new { kind, user = "ada", patient });
        }

        await host.SendAsync(HttpMethod.Delete, "/roles/scribe");
    }

    /// <summary>The whole snapshot as text, dictionaries in order.</summary>
    private static string Written(FactsSnapshot facts) => JsonSerializer.Serialize(new
    {
        facts.Position,
        Policies = facts.Policies is { } policies ? new { policies.Version, policies.Hash, Ids = policies.Compiled.Source.Policies.Select(policy => policy.Id) } : null,
        Subjects = facts.Subjects.OrderBy(pair => $"{pair.Key}", StringComparer.Ordinal).Select(pair => new { Key = $"{pair.Key}", pair.Value }),
        Patients = Sorted(facts.Patients),
        Roles = Sorted(facts.Roles),
        Retired = facts.RetiredRoles.Order(StringComparer.Ordinal),
        Sites = facts.Sites.Sites.Values.OrderBy(site => site.Id, StringComparer.Ordinal).Select(site => $"{site.Id} {site.Zone.Id} {string.Join(' ', site.Departments)} {string.Join(' ', site.Networks)}"),
        Departments = facts.Sites.SiteOfDepartment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value.Id}"),
    });

    private static IEnumerable<KeyValuePair<string, T>> Sorted<T>(IReadOnlyDictionary<string, T> items) => items.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    private static async Task<JsonNode> FactsHealthAsync(PolicyDecisionHost host)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]?["facts"] ?? new JsonObject { ["status"] = "unknown" };
    }
}
