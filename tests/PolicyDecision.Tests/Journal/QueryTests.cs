using System.Net;
using System.Text.Json;
using AccessGov.PolicyDecision.Journal;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using static AccessGov.PolicyDecision.Tests.Journal.JournalHarness;
using static AccessGov.PolicyDecision.Tests.Journal.JournalServer;

namespace AccessGov.PolicyDecision.Tests.Journal;

/// <summary>Questions over HTTP to a journal whose indexer runs only when the test says so.</summary>
public sealed class QueryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static int schemas;

    private JournalHarness Harness(Action<DecisionJournalOptions>? configure = null) => new(postgres.ConnectionString, options =>
    {
        options.Schema = $"query_{Interlocked.Increment(ref schemas)}";
        configure?.Invoke(options);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_filter_answers_the_same_however_far_the_indexer_is(int passes)
    {
        await using JournalHarness harness = Harness(options => options.BatchRecordsMax = 7);
        DecisionJournal journal = await harness.StartAsync();
        var random = new Random(5);
        string[] people = ["ada", "bob", "Ada", "ÄDA"];
        DecisionRecord[] records = [.. Enumerable.Range(0, 600).Select(i => Record(
            people[random.Next(4)], random.Next(3) == 0 ? null : $"p{random.Next(3)}", $"1.{random.Next(4)}", random.Next(2) == 0,
            at: Noon.AddSeconds(random.Next(90_000))))];
        await Task.WhenAll(records.Select(record => journal.RecordAsync(record, CancellationToken.None).AsTask()));
        DecisionIndexer indexer = harness.Indexer();
        for (int pass = 0; pass < passes; pass++)
        {
            (await indexer.PassAsync(CancellationToken.None)).ShouldBeGreaterThan(0);
        }

        await using WebApplication app = await ServeAsync(harness);
        await AnswersAsync("", _ => true);
        await AnswersAsync("subject=ada", record => record.SubjectId == "ada");
        await AnswersAsync("subject=%C3%84DA&outcome=deny", record => record is { SubjectId: "ÄDA", Permitted: false });
        await AnswersAsync("patient=p1&outcome=permit", record => record is { PatientId: "p1", Permitted: true });
        await AnswersAsync("study=1.2&reason=not_permitted", record => record is { StudyInstanceUid: "1.2", Reason: "not_permitted" });
        await AnswersAsync("from=2026-03-01T15:00:00Z&to=2026-03-01T18:00:00%2B01:00", record => record.At >= Noon.AddHours(3) && record.At < Noon.AddHours(5));
        await AnswersAsync("subject=nobody", _ => false);

        async Task AnswersAsync(string query, Func<DecisionRecord, bool> matches)
        {
            List<Guid> found = [];
            string? after = null;
            do
            {
                JsonElement page = await GetAsync(app, $"/decisions?limit=50&{query}{(after is null ? "" : $"&after={after}")}");
                found.AddRange(page.GetProperty("decisions").EnumerateArray().Select(one => one.GetProperty("evaluationId").GetGuid()));
                after = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
            }
            while (after is not null);
            found.ShouldBe(records.Where(matches).OrderByDescending(record => record.At).ThenByDescending(record => record.EvaluationId).Select(record => record.EvaluationId));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_decision_is_answered_whole_with_its_place_in_the_chain(bool indexed)
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord record = Record();
        await journal.RecordAsync([Record(), record], CancellationToken.None);
        if (indexed)
        {
            await harness.Indexer().PassAsync(CancellationToken.None);
        }

        await using WebApplication app = await ServeAsync(harness);
        JsonElement found = await GetAsync(app, $"/decisions/{record.EvaluationId}");
        found.GetProperty("request").GetRawText().ShouldBe("""{"subject":{"id":"ada"}}""");
        found.GetProperty("context").GetRawText().ShouldBe("""{"workingHours":true}""");
        found.GetProperty("policies")[0].GetString().ShouldBe("radiologist-read");
        found.GetProperty("factsPosition").GetInt64().ShouldBe(7);
        found.GetProperty("journal").GetProperty("writer").GetString().ShouldBe(journal.Writer);
        found.GetProperty("journal").GetProperty("sequence").GetInt64().ShouldBe(1);
        found.GetProperty("journal").GetProperty("ordinal").GetInt32().ShouldBe(1);
        using HttpClient client = app.GetTestClient();
        (await client.GetAsync($"/decisions/{Guid.NewGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "before")]
    [InlineData("outcome=maybe", "outcome")]
    [InlineData("after=nonsense", "after")]
    [InlineData("after=________________________________", "after")]
    [InlineData("subjekt=ada", "subjekt")]
    [InlineData("subject=ada&subject=bob", "subject")]
    [InlineData("patient=", "patient")]
    public async Task A_question_that_cannot_be_understood_is_a_clear_400(string query, string said)
    {
        await using JournalHarness harness = Harness();
        await harness.StartAsync();
        await using WebApplication app = await ServeAsync(harness);
        using HttpClient client = app.GetTestClient();
        using HttpResponseMessage response = await client.GetAsync($"/decisions?{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("type").GetString().ShouldBe("urn:accessgov:policy-decision:invalid_request");
        problem.RootElement.GetProperty("detail").GetString()!.ShouldContain(said);
    }

    [Fact]
    public async Task Only_the_scope_journal_read_reads_the_journal()
    {
        await using JournalHarness harness = Harness();
        await harness.StartAsync();
        await using WebApplication app = await ServeAsync(harness, allowed: false);
        using HttpClient client = app.GetTestClient();
        foreach (string path in new[] { "/decisions", $"/decisions/{Guid.NewGuid()}", "/decisions/verification", "/analytics/access" })
        {
            (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task The_index_holds_each_decision_once_across_crashes_and_rivals()
    {
        await using JournalHarness harness = Harness(options => options.BatchRecordsMax = 5);
        DecisionJournal journal = await harness.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => journal.RecordAsync(Record(), CancellationToken.None).AsTask()));
        var crashing = new JournalState { Probe = _ => throw new InvalidOperationException("crash") };
        await Should.ThrowAsync<InvalidOperationException>(() => harness.Indexer(crashing).PassAsync(CancellationToken.None));
        (await harness.ScalarAsync<long>("select count(*) from decision")).ShouldBe(0);
        await harness.Indexer().PassAsync(CancellationToken.None);
        await Eventually.HoldsAsync(
            async () => (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => harness.Indexer().PassAsync(CancellationToken.None)))).Sum() == 0,
            "everything is indexed");
        (await harness.ScalarAsync<long>("select count(*) from decision")).ShouldBe(500);
        (await harness.ScalarAsync<long>("select count(distinct evaluation_id) from decision")).ShouldBe(500);
    }

    [Fact]
    public async Task Ids_that_a_database_does_not_like_are_found_all_the_same()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        string[] subjects = ["nul\0in", new string('é', 5000), "quote\"back\\slash", "lone\uD800surrogate", "' or 1=1 --", "emoji 🩻"];
        foreach (string subject in subjects)
        {
            await journal.RecordAsync(Record(subject), CancellationToken.None);
        }

        await using WebApplication app = await ServeAsync(harness);
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (string subject in subjects.Where(subject => !subject.StartsWith("lone", StringComparison.Ordinal)))
            {
                JsonElement page = await GetAsync(app, $"/decisions?subject={Uri.EscapeDataString(subject)}");
                page.GetProperty("decisions").GetArrayLength().ShouldBe(1, subject[..3]);
            }

            await harness.Indexer().PassAsync(CancellationToken.None);
        }

        (await harness.ScalarAsync<long>("select count(*) from decision")).ShouldBe(subjects.Length);
    }

    [Fact]
    public async Task Hashed_ids_stand_nowhere_in_the_journal_and_are_found_by_the_plain_id()
    {
        string key = Path.GetTempFileName();
        await File.WriteAllBytesAsync(key, new byte[32]);
        await using JournalHarness harness = Harness(options => options.IdHashKeyFile = key);
        DecisionJournal journal = await harness.StartAsync();
        string request = """{"resource":{"id":"patient-77","type":"Patient"},"subject":{"id":"ada-lovelace","properties":{"patient-77":[1,2.50,true,null,"x"]}}}""";
        DecisionRecord record = Record("ada-lovelace", "patient-77", request: request) with { ResourceId = "patient-77", ResourceType = "Patient" };
        await journal.RecordAsync([record, Record("bob", "patient-78")], CancellationToken.None);
        await using WebApplication app = await ServeAsync(harness);
        for (int pass = 0; pass < 2; pass++)
        {
            JsonElement page = await GetAsync(app, "/decisions?subject=ada-lovelace&patient=patient-77");
            JsonElement found = page.GetProperty("decisions").EnumerateArray().ShouldHaveSingleItem();
            found.GetRawText().ShouldNotContain("ada-lovelace");
            found.GetRawText().ShouldNotContain("patient-77");
            found.GetRawText().ShouldContain("[1,2.50,true,null,\"x\"]");
            await harness.Indexer().PassAsync(CancellationToken.None);
        }

        (await harness.ScalarAsync<long>("select count(*) from decision where subject like '%ada%' or patient like 'patient%' or resource like '%patient-7%'")).ShouldBe(0);
        (await harness.ScalarAsync<long>("select count(*) from decision_batch where convert_from(payload, 'UTF8') ~ 'ada-lovelace|patient-77'")).ShouldBe(0);
        File.Delete(key);
    }

    [Fact]
    public async Task A_database_that_is_away_is_a_503()
    {
        await using JournalHarness harness = Harness(options => options.CommitBound = TimeSpan.FromMilliseconds(200));
        await harness.StartAsync();
        await using WebApplication app = await ServeAsync(harness);
        await harness.ExecuteAsync("alter table decision rename to away");
        using HttpClient client = app.GetTestClient();
        foreach (string path in new[] { "/decisions", $"/decisions/{Guid.NewGuid()}", "/analytics/access" })
        {
            (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }
    }

    [Fact]
    public async Task The_whole_module_records_indexes_answers_verifies_and_reports_its_health()
    {
        await using JournalHarness harness = Harness();
        WebApplicationBuilder builder = Builder(allowed: true);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddDecisionJournal(options =>
        {
            options.ConnectionString = harness.Options.ConnectionString;
            options.Schema = harness.Options.Schema;
            options.SpoolDirectory = harness.Options.SpoolDirectory;
            options.ConnectBound = harness.Options.ConnectBound;
            options.CommitBound = harness.Options.CommitBound;
        });
        await using WebApplication app = builder.Build();
        app.UseAuthorization();
        app.MapDecisionJournal();
        app.MapHealthChecks("/health");
        await app.StartAsync();
        DecisionRecord record = Record();
        await app.Services.GetRequiredService<IDecisionJournal>().RecordAsync(record, CancellationToken.None);
        (await GetAsync(app, "/decisions?subject=ada")).GetProperty("decisions").GetArrayLength().ShouldBe(1);
        await Eventually.HoldsAsync(async () => await harness.ScalarAsync<long>("select count(*) from decision") == 1, "it is indexed");
        (await GetAsync(app, "/decisions/verification")).GetProperty("intact").GetBoolean().ShouldBeTrue();
        using HttpClient client = app.GetTestClient();
        (await client.GetStringAsync("/health")).ShouldBe("Healthy");
        await app.StopAsync();
        (await harness.MarkersAsync()).ShouldContain(marker => marker.Contains("\"closed\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Options_that_cannot_work_stop_the_start()
    {
        new DecisionJournalOptions { Schema = "Robert'); drop", Replica = "a/b", IndexerShare = 0, QueueBytesMax = 1, AnchorKeyFile = "/nowhere", ConnectBound = TimeSpan.Zero }
            .Problems().Count().ShouldBe(8);
        new DecisionJournalOptions { ConnectionString = "Host=x", SpoolDirectory = "/spool" }.Problems().ShouldBeEmpty();
    }
}
