using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Incoming;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Contracts.PolicyDecision.V1;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static AccessGov.Audit.Tests.Incoming.Told;

namespace AccessGov.Audit.Tests.Incoming;

/// <summary>What services tell comes into the trail, each event once, and so does what does not fit.</summary>
public sealed class FeedTests
{
    [Fact]
    public async Task Events_of_a_service_stand_in_the_trail_in_order_and_say_whom_they_are_about_to_whoever_may_unseal_only()
    {
        await using AuditHost database = await AuditHost.StartAsync();
        (AuditHost audit, Told told) = await StartAsync(database);
        await using AuditHost running = audit;
        await using Told teller = told;
        EventsRecorded first = After(
            null, "policy-decision", Event(1, "role-reader", "role_defined", new { Description = "Reads" }),
            Event(2, "relation-3f", "relation_started", new { Kind = "CareTeam", User = "ada", Patient = "MRN-77" }));
        EventsRecorded second = After(first, "policy-decision",
            Event(3, "grant-1", "grant_given", new { SubjectId = "ada", ScopeKind = "Patient", ScopeId = "MRN-78" }));
        Guid id = Guid.NewGuid();
        await teller.TellAsync(first, id);
        // Told again, it counts once.
        await teller.TellAsync(first, id);
        await teller.TellAsync(second);
        await teller.TellAsync(
            After(null, "identity-federation", Event(1, "session-s1", "session_started",
                new { Person = "ada", Device = new { Address = "10.1.2.3" } }, actor: null)));

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(database, 6);

        leaves.Where(leaf => (string?)leaf["svc"] == "policy-decision").Select(leaf => (string?)leaf["kind"])
            .ShouldBe(["role_defined", "relation_started", "grant_given"]);
        JsonNode role = leaves.Single(leaf => (string?)leaf["kind"] == "role_defined");
        ((string?)role["actor"], (string?)role["action"], (string?)role["src"]!["ip"], (string?)role["object"]!["resource"])
            .ShouldBe(("grace", "administer", "10.0.0.1", "role::reader"));
        JsonNode relation = leaves.Single(leaf => (string?)leaf["kind"] == "relation_started");
        relation["object"]!["patient_token"].ShouldNotBeNull();
        relation["stream"].ShouldBeNull("its hash could be guessed");
        JsonNode session = leaves.Single(leaf => (string?)leaf["kind"] == "session_started");
        ((string?)session["actor"], (string?)session["action"], (string?)session["session"], (string?)session["src"]!["ip"])
            .ShouldBe(("ada", "sign_in", "s1", "10.1.2.3"));
        JsonNode attested = leaves.Single(leaf => (string?)leaf["kind"] == "store.attested"
            && (string?)leaf["attested"]!["svc"] == "policy-decision");
        ((long?)attested["attested"]!["through"], (string?)attested["attested"]!["digest"]).ShouldBe((2, first.Digest));
        Encoding.UTF8.GetString([.. PublishedTrail.Leaves(database.TrailDirectory).SelectMany(leaf => leaf.ToArray())])
            .ShouldNotContain("MRN-7");
        PublishedTrail.FirstFault(database.TrailDirectory).ShouldBeNull();
        (await HealthAsync(running))["status"]!.GetValue<string>().ShouldBe("healthy");
    }

    [Fact]
    public async Task Failed_sign_ins_and_alerts_of_services_stand_in_the_trail()
    {
        await using AuditHost database = await AuditHost.StartAsync();
        (AuditHost audit, Told told) = await StartAsync(database);
        await using AuditHost running = audit;
        await using Told teller = told;
        await teller.TellAsync(new SignInFailed("ada", "password", "10.0.0.0/24", 7, At, At.AddSeconds(20)), "person-ada");
        var decision = Guid.NewGuid();
        await teller.TellAsync(
            new UnusualGeographyDetected("ada", "country", "XX", decision, "study.view", "1.2.3", Permitted: true, At), "ada");

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(database, 2);
        JsonNode failed = leaves.Single(leaf => (string?)leaf["kind"] == "sign_in_failed");
        ((string?)failed["actor"], (string?)failed["action"], (string?)failed["outcome"], (string?)failed["reason"],
            (string?)failed["src"]!["ip"])
            .ShouldBe(("ada", "sign_in_failed", "failure", "password", "10.0.0.0/24"));
        JsonNode alert = leaves.Single(leaf => (string?)leaf["kind"] == "unusual_geography_detected");
        ((string?)alert["actor"], (string?)alert["action"], (string?)alert["policy"]!["decision_id"])
            .ShouldBe(("ada", "security_alert", decision.ToString()));
    }

    [Fact]
    public async Task Decisions_stand_in_the_trail_as_they_were_answered_and_a_chain_that_breaks_is_said_to()
    {
        await using AuditHost database = await AuditHost.StartAsync();
        (AuditHost audit, Told told) = await StartAsync(database);
        await using AuditHost running = audit;
        await using Told teller = told;
        string genesis = Convert.ToHexStringLower(SHA256.HashData("pdp/1"u8));
        RecordedDecision decision = new(
            Guid.NewGuid(), At, "orthanc", "User", "ada", "study.export", "Patient", "MRN-77", "MRN-77", "1.2.3", "10.1.2.3", "s-1", "WS7",
            "treatment", "case-1",
            Permitted: false, "not_permitted", ["p1"], "abc", 7, [], "r-1", null, Withdrawn: false);
        await teller.TellAsync(Batch(1, genesis, "aa", decision), "decisions/pdp/1");
        await teller.TellAsync(Batch(2, "aa", "bb"), "decisions/pdp/1");
        await teller.TellAsync(Batch(4, "cc", "dd") with { Readable = false }, "decisions/pdp/1");
        await teller.TellAsync(
            Batch(5, "ee", "ff") with { Withdrawn = [new WithdrawnDecision(4, decision.EvaluationId, "journal_unavailable")] },
                "decisions/pdp/1");

        // One decision, one withdrawal, one attestation, and what does not fit: a gap, an unreadable batch, a chain that does not go on.
        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(database, 6);

        JsonNode leaf = leaves.Single(one => (string?)one["kind"] == "decision");
        ((string?)leaf["action"], (string?)leaf["outcome"], (string?)leaf["reason"], (string?)leaf["actor"])
            .ShouldBe(("export", "denied", "not_permitted", "ada"));
        ((string?)leaf["src"]!["ip"], (string?)leaf["src"]!["workstation"], (string?)leaf["session"], (string?)leaf["case"])
            .ShouldBe(("10.1.2.3", "WS7", "s-1", "case-1"));
        ((string?)leaf["object"]!["study"], (string?)leaf["object"]!["resource"]).ShouldBe(("1.2.3", null));
        ((string?)leaf["policy"]!["decision_id"], (string?)leaf["policy"]!["bundle_digest"])
            .ShouldBe((decision.EvaluationId.ToString(), "abc"));
        leaves.Where(one => (string?)one["kind"] == "store.differs").Select(one => (string?)one["reason"])
            .ShouldBe(["gap", "batch_unreadable", "digest_differs"]);
        leaves.Count(one => (string?)one["kind"] == "decision.withdrawn").ShouldBe(1);
        leaves.Select(one => one.ToJsonString()).ShouldAllBe(text => !text.Contains("MRN-77"));
        await Eventually.HoldsAsync(async () => (await HealthAsync(running))["status"]!.GetValue<string>() == "degraded", "health says so");
    }

    [Theory]
    [InlineData(2, true, null)]
    [InlineData(1, true, "recount_differs")]
    [InlineData(2, false, "recount_differs")]
    public async Task A_recount_that_is_not_what_was_told_is_in_the_trail_and_in_health(long count, bool sameDigest, string? reason)
    {
        await using AuditHost database = await AuditHost.StartAsync();
        (AuditHost audit, Told told) = await StartAsync(database);
        await using AuditHost running = audit;
        await using Told teller = told;
        EventsRecorded first = After(null, "policy-decision", Event(1, "role-a", "role_defined", new { }),
            Event(2, "role-b", "role_defined", new { }));
        await teller.TellAsync(first);
        // What is told later does not matter to a recount of what was there before.
        await teller.TellAsync(After(first, "policy-decision", Event(3, "role-c", "role_defined", new { })));
        await teller.TellAsync(new StoreRecounted("policy-decision", "events", 2, count, sameDigest ? first.Digest : Zeros, At),
            "policy-decision");

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(database, 5);

        leaves.Where(leaf => (string?)leaf["kind"] == "store.differs").Select(leaf => (string?)leaf["reason"])
            .ShouldBe(reason is null ? [] : [reason]);
        leaves.Count(leaf => (string?)leaf["kind"] == "store.attested").ShouldBe(reason is null ? 2 : 1);
        (await HealthAsync(running))["status"]!.GetValue<string>().ShouldBe(reason is null ? "healthy" : "degraded");
    }

    [Fact]
    public async Task What_one_service_tells_in_the_name_of_another_is_an_alert_and_counts_in_nobodys_store()
    {
        await using AuditHost database = await AuditHost.StartAsync();
        (AuditHost audit, Told told) = await StartAsync(database);
        await using AuditHost running = audit;
        await using Told teller = told;
        EventsRecorded first = After(null, "policy-decision", Event(1, "role-a", "role_defined", new { Description = "Reads" }));
        await teller.TellAsync(first, "policy-decision", from: "identity-federation");
        await teller.TellAsync(Batch(1, Zeros, "aa"), "decisions/pdp/1", from: "identity-federation");
        await teller.TellAsync(new StoreRecounted("policy-decision", "events", 1, 1, first.Digest, At), "policy-decision",
            from: "identity-federation");
        await teller.TellAsync(new SignInFailed("ada", "password", "10.0.0.0/24", 7, At, At), "person-ada", from: "policy-decision");
        await teller.TellAsync(
            new UnusualGeographyDetected("ada", "country", "XX", Guid.NewGuid(), "study.view", "1.2.3", Permitted: true, At),
            "ada", from: "identity-federation");
        await PublishedTrail.HasAsync(database, 5);
        // The service itself is believed afterwards as if nothing had been told.
        await teller.TellAsync(first);

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(database, 7);

        leaves.GroupBy(leaf => ((string?)leaf["kind"], (string?)leaf["svc"], (string?)leaf["action"], (string?)leaf["reason"]))
            .Select(kind => (kind.Key, kind.Count())).ShouldBe(
            [
                (("message.spoofed", "audit", "security_alert", "message_spoofed"), 5),
                (("role_defined", "policy-decision", "administer", null), 1),
                (("store.attested", "audit", "other", null), 1),
            ], ignoreOrder: true);
        leaves.Where(leaf => (string?)leaf["kind"] == "message.spoofed").ShouldAllBe(leaf => leaf["sealed"] != null);
        (await HealthAsync(running))["status"]!.GetValue<string>().ShouldBe("degraded");
    }

    [Fact]
    public async Task A_store_that_stops_telling_is_an_alert_once_and_so_is_that_it_tells_again()
    {
        var clock = new ShiftedClock();
        await using AuditHost database = await AuditHost.StartAsync(clock: clock);
        (AuditHost audit, Told told) = await StartAsync(database);
        await using AuditHost running = audit;
        await using Told teller = told;
        EventsRecorded first = After(null, "policy-decision", Event(1, "role-a", "role_defined", new { }));
        await teller.TellAsync(first);
        await PublishedTrail.HasAsync(database, 2);
        FeedSilence silence = audit.Services.GetRequiredService<FeedSilence>();
        // A recount is telling, too.
        clock.Advance(TimeSpan.FromHours(25));
        await teller.TellAsync(new StoreRecounted("policy-decision", "events", 1, 1, first.Digest, At), "policy-decision");
        await PublishedTrail.HasAsync(database, 3);
        clock.Advance(TimeSpan.FromHours(25));
        (await silence.LookAsync(CancellationToken.None)).ShouldBe(0);

        clock.Advance(TimeSpan.FromHours(25));
        // The service looks by itself, and may have been first.
        await silence.LookAsync(CancellationToken.None);
        (await silence.LookAsync(CancellationToken.None)).ShouldBe(0);

        JsonNode silent = (await PublishedTrail.HasAsync(database, 4))[3];
        ((string?)silent["kind"], (string?)silent["action"], (string?)silent["object"]!["resource"])
            .ShouldBe(("feed.silent", "security_alert", "Store::policy-decision/events/1"));
        (await HealthAsync(running))["description"]!.GetValue<string>().ShouldContain("stopped telling: policy-decision");
        await teller.TellAsync(new StoreRecounted("policy-decision", "events", 1, 1, first.Digest, At.AddDays(3)), "policy-decision");
        (await PublishedTrail.HasAsync(database, 6)).Select(leaf => (string?)leaf["kind"]).TakeLast(2)
            .ShouldBe(["store.attested", "feed.resumed"]);
        (await HealthAsync(running))["description"]!.GetValue<string>().ShouldNotContain("stopped telling");
    }

    [Fact]
    public async Task A_service_that_must_tell_and_never_has_is_silent_when_its_time_is_over_and_heard_when_it_tells()
    {
        var clock = new ShiftedClock();
        await using AuditHost database = await AuditHost.StartAsync(clock: clock, settings: new Dictionary<string, string?>(
            StringComparer.Ordinal) { ["Audit:ExpectedFeeds:0"] = "identity-federation", ["Audit:ExpectedFeeds:1"] = "policy-decision" });
        (AuditHost audit, Told told) = await StartAsync(database);
        await using AuditHost running = audit;
        await using Told teller = told;
        FeedSilence silence = audit.Services.GetRequiredService<FeedSilence>();
        (await silence.LookAsync(CancellationToken.None)).ShouldBe(0);
        clock.Advance(TimeSpan.FromHours(25));
        EventsRecorded first = After(null, "policy-decision", Event(1, "role-a", "role_defined", new { }));
        await teller.TellAsync(first);
        await PublishedTrail.HasAsync(database, 2);
        clock.Advance(TimeSpan.FromHours(25));
        await silence.LookAsync(CancellationToken.None);

        JsonNode silent = (await PublishedTrail.HasAsync(database, 3))[2];
        ((string?)silent["kind"], (string?)silent["action"], (string?)silent["object"]!["resource"])
            .ShouldBe(("feed.silent", "security_alert", "Store::identity-federation/events/0"));
        (await HealthAsync(running))["description"]!.GetValue<string>().ShouldContain("stopped telling: identity-federation.");
        await teller.TellAsync(After(null, "identity-federation", Event(1, "session-s1", "session_started", new { Person = "ada" })));
        (await PublishedTrail.HasAsync(database, 6)).ShouldContain(leaf => (string?)leaf["kind"] == "feed.resumed");
        database.Leaves().ShouldNotContain(leaf => (string?)leaf["kind"] == "store.differs");
    }

    private static DecisionsRecorded Batch(long sequence, string before, string hash, params RecordedDecision[] decisions) =>
        new("policy-decision", "pdp/1", sequence, before, hash, Readable: true, decisions, [], []);

    private static async Task<JsonNode> HealthAsync(AuditHost audit)
    {
        using HttpResponseMessage answer = await audit.Client.GetAsync("/health/ready");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["feeds"]!;
    }
}
