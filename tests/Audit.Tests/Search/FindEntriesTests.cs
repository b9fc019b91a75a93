using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Tests.Search;

public sealed class FindEntriesTests(AuditHost host) : IClassFixture<AuditHost>
{
    [Theory]
    [InlineData("person=bob", "bob")]
    [InlineData("study=9.9.9", "carol")]
    [InlineData("action=export", "dave")]
    [InlineData("outcome=denied", "erin")]
    [InlineData("address=10.9.9.9", "frank")]
    [InlineData("workstation=ws-99", "grit")]
    [InlineData("case=case-1", "hugo")]
    [InlineData("from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z", "ida")]
    [Trait("Requirement", "S64")]
    public async Task Entries_are_found_by_whatever_they_say(string query, string expected)
    {
        string run = Guid.NewGuid().ToString("n");
        AuditRecord view = Records.View(patient: run) with { Session = run };
        await AddAsync(
        [
            view with { Actor = "bob" }, view with { Actor = "carol", Study = "9.9.9" },
            view with { Actor = "dave", Action = AuditActions.Export },
            view with { Actor = "erin", Outcome = AuditOutcomes.Denied }, view with { Actor = "frank", Address = "10.9.9.9" },
            view with { Actor = "grit", Workstation = "ws-99" }, view with { Actor = "hugo", EmergencyCase = "case-1" },
            view with { Actor = "ida", OccurredAt = new DateTimeOffset(2027, 1, 1, 12, 0, 0, TimeSpan.Zero) },
        ]);

        JsonNode page = await GetAsync($"/entries?session={run}&{query}");
        page["entries"]!.AsArray().Select(entry => (string?)entry!["actor"]).ShouldBe([expected]);
    }

    [Fact]
    public async Task A_patients_timeline_has_their_entries_newest_first_in_pages_that_join()
    {
        string patient = Guid.NewGuid().ToString("n");
        await AddAsync(
        [
            .. Enumerable.Range(0, 25)
                .Select(i => Records.View(patient, study: $"1.{i}") with { OccurredAt = Records.At.AddMinutes(i / 2) }),
            Records.View(),
        ]);

        var studies = new List<string?>();
        for (string? next = ""; next is not null;)
        {
            JsonNode page = await GetAsync($"/patients/{patient}/timeline?limit=10{next}");
            studies.AddRange(page["entries"]!.AsArray().Select(entry => (string?)entry!["study"]));
            next = (string?)page["next"] is { } key ? $"&after={key}" : null;
        }

        studies.ShouldBe(Enumerable.Range(0, 25).Reverse().Select(i => $"1.{i}"));
        (await GetAsync("/patients/nobody-knows-them/timeline"))["entries"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_line_of_an_accounting_of_disclosures_is_proven()
    {
        string patient = Guid.NewGuid().ToString("n");
        await AddAsync([.. Enumerable.Range(0, 3).Select(_ => Records.View(patient))]);

        JsonArray lines = (await GetAsync($"/patients/{patient}/disclosures"))["entries"]!.AsArray();
        lines.Count.ShouldBe(3);
        NoteKey[] keys = [.. (await GetAsync("/trail/keys"))["keys"]!.AsArray().Select(key => NoteKey.Parse((string)key!))];
        foreach (JsonNode? line in lines)
        {
            byte[] leaf = Convert.FromBase64String((string)line!["leaf"]!);
            LogProof proof = LogProof.Parse(System.Text.Encoding.UTF8.GetBytes((string)line["proof"]!));
            proof.Checkpoint.Signatures.Length.ShouldBe(2);
            keys.ShouldAllBe(key => proof.Checkpoint.IsSignedBy(key));
            Checkpoint checkpoint = Checkpoint.Parse(proof.Checkpoint.Text);
            MerkleProof.ShowsInclusion(proof.Index, checkpoint.Size, TreeHash.OfLeaf(leaf), proof.Hashes.AsSpan(), checkpoint.Root)
                .ShouldBeTrue();
            ((long?)JsonNode.Parse(leaf)!["seq"]).ShouldBe((long?)line["entry"]!["sequence"]);
        }
    }

    [Fact]
    public async Task Who_read_the_trail_is_no_disclosure_and_marked_where_it_is_asked_for()
    {
        string patient = Guid.NewGuid().ToString("n");
        await AddAsync([Records.View(patient)]);
        await GetAsync($"/patients/{patient}/timeline");
        await Eventually.HoldsAsync(
            async () => Found(await GetAsync($"/patients/{patient}/timeline?service=audit")).Count > 0, "the reading is searchable");

        JsonArray lines = Found(await GetAsync($"/patients/{patient}/disclosures"));
        lines.Select(line => ((string?)line!["entry"]!["kind"], (string?)line["purpose"])).ShouldBe([("decision", null)]);

        JsonArray all = Found(await GetAsync($"/patients/{patient}/disclosures?include=audit"));
        all.Count.ShouldBeGreaterThan(1);
        all.Where(line => (string?)line!["purpose"] == "audit").ShouldAllBe(line => (string?)line!["entry"]!["kind"] == "audit.read");
        all.Count(line => (string?)line!["purpose"] is null).ShouldBe(1);

        foreach (string malformed in new[] { "include=everything", "include=", "include=audit&include=audit" })
        {
            using HttpResponseMessage refused = await host.SendAsync(HttpMethod.Get, $"/patients/{patient}/disclosures?{malformed}");
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, malformed);
        }
    }

    [Fact]
    public async Task Whoever_reads_is_in_the_trail_with_what_they_asked_for_sealed()
    {
        string run = Guid.NewGuid().ToString("n");
        await AddAsync([Records.View($"p-{run}")]);
        await GetAsync($"/patients/p-{run}/timeline", host.TokenOf($"reader-{run}", "audit.read"));

        await Eventually.HoldsAsync(
            async () => Found(await GetAsync($"/entries?person=reader-{run}&kind=audit.read")).Count == 1, "the reading is searchable");
        JsonNode reading = Found(await GetAsync($"/entries?person=reader-{run}"))[0]!;
        ((string?)reading["action"], (string?)reading["resource"]).ShouldBe(("audit_read", "Trail::patient"));
        PublishedTrail.Leaves(host.TrailDirectory)
            .Any(leaf => System.Text.Encoding.UTF8.GetString(leaf.Span).Contains($"p-{run}", StringComparison.Ordinal)).ShouldBeFalse();
        Found(await GetAsync($"/patients/p-{run}/timeline?kind=audit.read")).Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Facets_count_what_matches()
    {
        string run = Guid.NewGuid().ToString("n");
        AuditRecord view = Records.View() with { Session = run };
        await AddAsync(
        [
            view, view with { EventId = "2" + run },
            view with { EventId = "3" + run, Outcome = AuditOutcomes.Denied, Action = AuditActions.Export },
        ]);

        JsonNode facets = (await GetAsync($"/entries/facets?session={run}"))["facets"]!;
        facets["outcome"]!.ToJsonString().ShouldBe("""[{"value":"success","count":2},{"value":"denied","count":1}]""");
        facets["action"]!.ToJsonString().ShouldBe("""[{"value":"view","count":2},{"value":"export","count":1}]""");
    }

    [Theory]
    [InlineData("/entries?colour=red")]
    [InlineData("/entries?action=eat")]
    [InlineData("/entries?outcome=perhaps")]
    [InlineData("/entries?from=2026-01-01")]
    [InlineData("/entries?from=2026-01-01T00:00:00")]
    [InlineData("/entries?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")]
    [InlineData("/entries?limit=0")]
    [InlineData("/entries?limit=1001")]
    [InlineData("/entries?after=yesterday")]
    [InlineData("/entries?after=9999999999999999999.1")]
    [InlineData("/entries?person=a&person=b")]
    [InlineData("/entries?person=")]
    [InlineData("/entries/facets?colour=red")]
    public async Task What_cannot_be_searched_is_refused(string path)
    {
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain("urn:accessgov:audit:search_malformed");
    }

    [Theory]
    [InlineData("/entries")]
    [InlineData("/entries/facets")]
    [InlineData("/patients/p/timeline")]
    [InlineData("/patients/p/disclosures")]
    [InlineData("/people/p/activity")]
    [InlineData("/emergency-cases/c")]
    [InlineData("/trail/checkpoint")]
    [InlineData("/trail/entries/0")]
    [Trait("Requirement", "S91")]
    public async Task Reading_needs_its_scope(string path)
    {
        using HttpResponseMessage response = await host.SendAsync(
            HttpMethod.Get, path, token: host.TokenOf("ada", "audit.append", "journal.read"));
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static JsonArray Found(JsonNode page) => page["entries"]!.AsArray();

    /// <summary>Adds events and waits until they are searchable.</summary>
    private async Task AddAsync(AuditRecord[] records)
    {
        string last = Guid.NewGuid().ToString("n");
        await host.Intake.AcceptAsync(
            "pacs",
            [.. records.Select(record => record with { EventId = Guid.NewGuid().ToString() }), Records.View() with { Workstation = last }],
            CancellationToken.None);
        await Eventually.HoldsAsync(
            async () => Found(await GetAsync($"/entries?workstation={last}")).Count == 1, "the events are searchable");
    }

    private async Task<JsonNode> GetAsync(string path, string? token = null)
    {
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path, token: token);
        string text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
