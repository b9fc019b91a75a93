using System.Text.Json;
using AccessGov.PolicyDecision.Analytics;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.PolicyDecision.Tests.Journal;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Npgsql;
using static AccessGov.PolicyDecision.Tests.Journal.JournalHarness;
using static AccessGov.PolicyDecision.Tests.Journal.JournalServer;

namespace AccessGov.PolicyDecision.Tests.Analytics;

/// <summary>Accesses counted over HTTP, from a journal whose indexer runs only when the test says so.</summary>
public sealed class AccessCountTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string March = "from=2026-03-01&to=2026-04-01";
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static int schemas;

    private JournalHarness Harness(Action<DecisionJournalOptions>? configure = null) => new(postgres.ConnectionString, options =>
    {
        options.Schema = $"analytics_{Interlocked.Increment(ref schemas)}";
        configure?.Invoke(options);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Every_count_is_what_the_decisions_one_by_one_come_to_however_far_the_indexer_is(int passes)
    {
        await using JournalHarness harness = Harness(options => options.BatchRecordsMax = 7);
        DecisionJournal journal = await harness.StartAsync();
        var random = new Random(7);
        await Task.WhenAll(Enumerable.Range(0, 700).Select(_ => journal.RecordAsync(Any(random), CancellationToken.None).AsTask()));
        DecisionIndexer indexer = harness.Indexer();
        for (int pass = 0; pass < passes && await indexer.PassAsync(CancellationToken.None) > 0; pass++)
        {
        }

        await using WebApplication app = await ServeAsync(harness);
        string[] filters =
        [
            "", "&outcome=permit", "&outcome=deny", "&subject=ada", "&subject=%C3%84DA&outcome=deny", "&patient=p1", "&study=1.2",
            "&from=2026-03-01T15:00:00Z&to=2026-03-01T18:00:00%2B01:00", "&subject=nobody",
        ];
        foreach (string filter in filters)
        {
            string range = filter.Contains("from=", StringComparison.Ordinal) ? filter[1..] : March + filter;
            List<JsonElement> accesses = [.. (await DecisionsAsync(app, range)).Where(IsAccess)];
            foreach ((string by, Func<JsonElement, string?> keyOf) in KeysOf)
            {
                JsonElement answer = await GetAsync(app, $"/analytics/access?{range}&by={by}");
                answer.GetProperty("rows").EnumerateArray().Select(Row).ShouldBe(Naive(accesses, keyOf), $"{range} by {by}");
                JsonElement totals = answer.GetProperty("totals");
                Counts(totals).ShouldBe((accesses.Count(Permitted), accesses.Count(one => !Permitted(one))));
                totals.GetProperty("studies").GetInt64().ShouldBe(accesses.Select(StudyOf).OfType<string>().Distinct().Count());
                totals.GetProperty("keys").GetInt64().ShouldBe(accesses.Select(keyOf).OfType<string>().Distinct().Count());
                totals.GetProperty("withoutKey").GetInt64().ShouldBe(accesses.Count(one => keyOf(one) is null));
                foreach (string series in new[] { "series", "hoursOfWeek" })
                {
                    JsonElement parts = series == "series" ? answer.GetProperty(series).GetProperty("buckets") : answer.GetProperty(series);
                    parts.EnumerateArray().Sum(part => Counts(part).Permits).ShouldBe(accesses.Count(Permitted), series);
                    parts.EnumerateArray().Sum(part => Counts(part).Denials).ShouldBe(accesses.Count(one => !Permitted(one)), series);
                }
            }
        }

        (await GetAsync(app, $"/analytics/access?{March}&action=study.search")).GetProperty("totals").GetProperty("denials").GetInt64()
            .ShouldBe((await DecisionsAsync(app, March)).Count(one => one.GetProperty("action").GetString() == "study.search" && IsAccess(one) && !Permitted(one)));
    }

    [Fact]
    public async Task A_range_takes_its_first_instant_and_not_its_last()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        foreach (DateTimeOffset at in (DateTimeOffset[])[Noon.AddMicroseconds(-1), Noon, Noon.AddHours(1).AddMicroseconds(-1), Noon.AddHours(1)])
        {
            await journal.RecordAsync(Record(at: at), CancellationToken.None);
        }

        await using WebApplication app = await ServeAsync(harness);
        for (int pass = 0; pass < 2; pass++)
        {
            JsonElement hour = await GetAsync(app, "/analytics/access?from=2026-03-01T12:00:00Z&to=2026-03-01T14:00:00%2B01:00");
            Counts(hour.GetProperty("totals")).ShouldBe((2, 0));
            JsonElement row = hour.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
            (row.GetProperty("first").GetDateTimeOffset(), row.GetProperty("last").GetDateTimeOffset()).ShouldBe((Noon, Noon.AddHours(1).AddMicroseconds(-1)));
            JsonElement bucket = hour.GetProperty("series").GetProperty("buckets").EnumerateArray().ShouldHaveSingleItem();
            bucket.GetProperty("at").GetString().ShouldBe("2026-03-01T12:00:00+00:00");
            await harness.Indexer().PassAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Pages_count_the_same_range_while_decisions_are_made()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        var clock = new SettableClock(Noon.AddHours(1));
        var random = new Random(3);
        await journal.RecordAsync([.. Enumerable.Range(0, 60).Select(i => Record($"person {random.Next(25)}", at: Noon.AddSeconds(i)))], CancellationToken.None);
        await using WebApplication app = await ServeAsync(harness, clock: clock);
        List<string> whole = [.. (await GetAsync(app, $"/analytics/access?{March}")).GetProperty("rows").EnumerateArray().Select(Row)];

        List<string> paged = [];
        string? after = null;
        do
        {
            JsonElement page = await GetAsync(app, $"/analytics/access?{March}&limit=4{(after is null ? "" : $"&after={after}")}");
            paged.AddRange(page.GetProperty("rows").EnumerateArray().Select(Row));
            page.GetProperty("countedUntil").GetDateTimeOffset().ShouldBe(Noon.AddHours(1));
            after = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;

            // Somebody from the end would be the first now.
            await journal.RecordAsync([.. Enumerable.Range(0, 20).Select(_ => Record("person 24", at: clock.Now))], CancellationToken.None);
            await harness.Indexer().PassAsync(CancellationToken.None);
            clock.Now = clock.Now.AddMinutes(1);
        }
        while (after is not null);
        paged.ShouldBe(whole);
        whole.Count.ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task What_is_too_much_behind_the_index_is_left_out_and_the_answer_says_from_when()
    {
        await using JournalHarness harness = Harness(options => options.BatchRecordsMax = 1);
        DecisionJournal journal = await harness.StartAsync();
        await journal.RecordAsync(Record(at: Noon), CancellationToken.None);
        await journal.RecordAsync(Record(at: Noon.AddMinutes(1)), CancellationToken.None);
        await harness.Indexer().PassAsync(CancellationToken.None);
        for (int minute = 2; minute < 8; minute++)
        {
            await journal.RecordAsync(Record(at: Noon.AddMinutes(minute)), CancellationToken.None);
        }

        await using WebApplication few = await ServeAsync(harness, counts: new AccessCounts(harness.Database, unindexedMax: 5));
        JsonElement partly = await GetAsync(few, $"/analytics/access?{March}");
        partly.GetProperty("countedUntil").GetDateTimeOffset().ShouldBe(Noon.AddMinutes(1), "what follows may say that the last one indexed was withdrawn");
        Counts(partly.GetProperty("totals")).ShouldBe((1, 0));
        await using WebApplication all = await ServeAsync(harness, counts: new AccessCounts(harness.Database, unindexedMax: 6));
        Counts((await GetAsync(all, $"/analytics/access?{March}")).GetProperty("totals")).ShouldBe((8, 0));
    }

    [Fact]
    public async Task What_takes_too_long_is_refused()
    {
        await using JournalHarness harness = Harness();
        await harness.StartAsync();
        await using WebApplication app = await ServeAsync(harness, counts: new AccessCounts(harness.Database, patience: TimeSpan.FromMilliseconds(300)));
        await using NpgsqlConnection connection = await harness.Database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction hold = await connection.BeginTransactionAsync();
        await using var locking = new NpgsqlCommand("lock table decision in access exclusive mode", connection, hold);
        await locking.ExecuteNonQueryAsync();
        using HttpClient client = app.GetTestClient();

        await Refusal.ShouldBeAsync(await client.GetAsync("/analytics/access"), 400, "too_much_to_compare");
    }

    [Theory]
    [InlineData("limit=0", "paging_malformed")]
    [InlineData("limit=1001", "paging_malformed")]
    [InlineData("limit=ten", "paging_malformed")]
    [InlineData("after=nonsense", "paging_malformed")]
    [InlineData("after=________________________________", "paging_malformed")]
    [InlineData("after=AAAAAAAAAAAAAAAAAAAAAAA", "paging_malformed")]
    [InlineData("from=yesterday", "invalid_request")]
    [InlineData("to=2026-13-01", "invalid_request")]
    [InlineData("by=role", "invalid_request")]
    [InlineData("outcome=maybe", "invalid_request")]
    [InlineData("subjekt=ada", "invalid_request")]
    [InlineData("subject=ada&subject=bob", "invalid_request")]
    [InlineData("patient=", "invalid_request")]
    [InlineData("zone=Middle/Earth", "zone_unknown")]
    [InlineData("zone=../../etc/passwd", "zone_unknown")]
    [InlineData("from=2026-03-02&to=2026-03-01", "range_malformed")]
    [InlineData("from=2026-03-02&to=2026-03-02", "range_malformed")]
    [InlineData("from=2024-01-01&to=2025-01-02", "range_malformed")]
    [InlineData("from=0001-01-01&to=0001-01-02&zone=Asia/Singapore", "range_malformed")]
    [InlineData("to=0001-01-05", "range_malformed")]
    [InlineData("from=9998-12-31&to=9999-12-31", null)]
    [InlineData("from=2024-01-01&to=2025-01-01", null)]
    public async Task What_cannot_be_understood_is_refused_and_the_longest_range_is_not(string query, string? code)
    {
        await using JournalHarness harness = Harness();
        await harness.StartAsync();
        await using WebApplication app = await ServeAsync(harness);
        using HttpClient client = app.GetTestClient();
        using HttpResponseMessage answer = await client.GetAsync($"/analytics/access?{query}");
        if (code is null)
        {
            ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
            return;
        }

        await Refusal.ShouldBeAsync(answer, 400, code);
    }

    [Fact]
    public async Task Hashed_ids_are_counted_by_their_hashes_and_the_answer_says_so()
    {
        string key = Path.GetTempFileName();
        await File.WriteAllBytesAsync(key, new byte[32]);
        await using JournalHarness harness = Harness(options => options.IdHashKeyFile = key);
        DecisionJournal journal = await harness.StartAsync();
        await journal.RecordAsync([Record("ada", at: Noon), Record("ada", at: Noon), Record("bob", at: Noon)], CancellationToken.None);
        await using WebApplication app = await ServeAsync(harness);

        JsonElement ada = await GetAsync(app, $"/analytics/access?{March}&subject=ada");

        ada.GetProperty("idsHashed").GetBoolean().ShouldBeTrue();
        JsonElement row = ada.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        row.GetProperty("key").GetString()!.ShouldStartWith("hmac:");
        Counts(row).ShouldBe((2, 0));
        File.Delete(key);
    }

    private static DecisionRecord Any(Random random)
    {
        string[] people = ["ada", "bob", "Ada", "ÄDA"];
        string[] actions = ["study.view", "study.view", "study.search", "search.resource", "decision.explain", "facts.time-travel", "audit.review"];
        string action = actions[random.Next(actions.Length)];
        DecisionRecord record = Record(
            people[random.Next(4)], random.Next(3) == 0 ? null : $"p{random.Next(3)}", $"1.{random.Next(4)}", random.Next(2) == 0, action,
            Noon.AddSeconds(random.Next(900_000)));
        return action switch
        {
            "study.search" => record with { ResourceType = "Archive", ResourceId = "north", StudyInstanceUid = null },
            "audit.review" => record with { ResourceType = "System", ResourceId = "accessgov", StudyInstanceUid = null, PatientId = null },
            _ => record with { Client = $"viewer-{random.Next(3)}" },
        };
    }

    private static (string By, Func<JsonElement, string?> KeyOf)[] KeysOf =>
    [
        ("subject", one => one.GetProperty("subject").GetProperty("id").GetString()), ("patient", one => Optional(one, "patient")), ("study", StudyOf),
        ("action", one => one.GetProperty("action").GetString()), ("client", one => one.GetProperty("client").GetString()),
    ];

    private static bool IsAccess(JsonElement decision) => decision.GetProperty("resource").GetProperty("type").GetString() != "System"
        && decision.GetProperty("action").GetString() is not ("search.resource" or "decision.explain" or "facts.time-travel");

    private static bool Permitted(JsonElement decision) => decision.GetProperty("permitted").GetBoolean();

    private static string? StudyOf(JsonElement decision) => Optional(decision, "study");

    private static string? Optional(JsonElement decision, string name) => decision.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static (long Permits, long Denials) Counts(JsonElement counted) => (counted.GetProperty("permits").GetInt64(), counted.GetProperty("denials").GetInt64());

    private static string Row(JsonElement row) =>
        $"{row.GetProperty("key")} {row.GetProperty("permits")} {row.GetProperty("denials")} {row.GetProperty("studies")} "
        + $"{row.GetProperty("first").GetDateTimeOffset():O} {row.GetProperty("last").GetDateTimeOffset():O}";

    private static IEnumerable<string> Naive(List<JsonElement> accesses, Func<JsonElement, string?> keyOf) => accesses.Where(one => keyOf(one) is not null).GroupBy(keyOf)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Key} {group.Count(Permitted)} {group.Count(one => !Permitted(one))} {group.Select(StudyOf).OfType<string>().Distinct().Count()} "
            + $"{group.Min(At):O} {group.Max(At):O}");

    private static DateTimeOffset At(JsonElement decision) => decision.GetProperty("at").GetDateTimeOffset();

    private static async Task<List<JsonElement>> DecisionsAsync(WebApplication app, string query)
    {
        List<JsonElement> all = [];
        string? after = null;
        do
        {
            JsonElement page = await GetAsync(app, $"/decisions?limit=500&{query}{(after is null ? "" : $"&after={after}")}");
            all.AddRange(page.GetProperty("decisions").EnumerateArray());
            after = page.TryGetProperty("next", out JsonElement next) ? next.GetString() : null;
        }
        while (after is not null);
        return all;
    }
}
