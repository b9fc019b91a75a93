using System.Text.Json;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using static AccessGov.PolicyDecision.Tests.Journal.JournalHarness;
using static AccessGov.PolicyDecision.Tests.Journal.JournalServer;

namespace AccessGov.PolicyDecision.Tests.Journal;

/// <summary>Decisions whose callers were told that they cannot be remembered, and that are in the chain all the same, asked for over HTTP.</summary>
public sealed class WithdrawalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static int schemas;

    private JournalHarness Harness(Action<DecisionJournalOptions> configure) => new(postgres.ConnectionString, options =>
    {
        options.Schema = $"withdrawal_{Interlocked.Increment(ref schemas)}";
        configure(options);
    });

    [Fact]
    public async Task A_withdrawn_decision_is_found_as_the_denial_it_was_answered_as_also_where_it_was_indexed_before_the_chain_said_so()
    {
        await using JournalHarness harness = Harness(options => options.SpoolBytesMax = 4096);
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord remembered = Record(at: Noon);
        await journal.RecordAsync(remembered, CancellationToken.None);
        await harness.ExecuteAsync("alter table decision_batch add constraint away check (false) not valid");
        long sequence = 1;
        Obligation[] obligations = [new("mark@1", "custom", "{}"u8.ToArray(), ReceiptRequired: true)];
        DecisionRecord refused = Record(at: Noon.AddSeconds(1)) with { Obligations = obligations };
        while (await IsRememberedAsync(journal, refused))
        {
            refused = Record(at: Noon.AddSeconds(++sequence)) with { Obligations = obligations };
        }

        // The refused one lands; what says so lands in the spool.
        sequence++;
        await harness.ExecuteAsync($"""
            alter table decision_batch drop constraint away;
            alter table decision_batch add constraint away check (sequence <= {sequence}) not valid
            """);
        await Eventually.HoldsAsync(
            async () => await harness.ScalarAsync<long>("select max(sequence) from decision_batch") == sequence, "the refused decision lands");
        await Eventually.HoldsAsync(() => journal.Spool.Held.Records == 1, "the marker is in the spool");
        await harness.Indexer().PassAsync(CancellationToken.None);
        (await harness.ScalarAsync<long>($"select count(*) from decision where sequence = {sequence} and permitted")).ShouldBe(1);
        (await ObligationsAsync(harness, refused)).ShouldBe(1);
        await harness.ExecuteAsync("alter table decision_batch drop constraint away");
        await harness.SpoolIsMergedAsync();

        await using WebApplication app = await ServeAsync(harness);
        await AnswersAreRightAsync(app, [refused], [remembered]);
        (await harness.Indexer().PassAsync(CancellationToken.None)).ShouldBeGreaterThan(0);
        (await harness.ScalarAsync<long>($"select count(*) from decision where sequence = {sequence} and not permitted and reason = 'journal_unavailable'")).ShouldBe(1);
        (await ObligationsAsync(harness, refused)).ShouldBe(0);
        await AnswersAreRightAsync(app, [refused], [remembered]);
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
    }

    [Fact]
    public async Task Only_those_who_waited_were_denied_not_those_whose_records_lie_in_the_same_batch()
    {
        await using JournalHarness harness = Harness(options =>
        {
            options.SpoolBytesMax = 1024;
            // All that follows the first one below is to be added before its commit is given up.
            options.CommitBound = TimeSpan.FromSeconds(5);
            options.BestEffortActions = ["study.search"];
        });
        DecisionJournal journal = await harness.StartAsync();
        await journal.RecordAsync(Record(at: Noon), CancellationToken.None);
        string large = $"{{\"text\":\"{new string('x', 2000)}\"}}";
        DecisionRecord landing = Record(at: Noon.AddSeconds(1), request: large);
        DecisionRecord queued = Record(at: Noon.AddSeconds(3), request: large);
        DecisionRecord[] searches = [Record(at: Noon.AddSeconds(2), action: "study.search"), Record(at: Noon.AddSeconds(4), action: "study.search")];
        await using (NpgsqlConnection connection = await harness.Database.Source.OpenConnectionAsync())
        {
            await using NpgsqlTransaction hold = await connection.BeginTransactionAsync();
            await using (var locking = new NpgsqlCommand("lock table decision_batch in access exclusive mode", connection, hold))
            {
                await locking.ExecuteNonQueryAsync();
            }

            Task first = journal.RecordAsync(landing, CancellationToken.None).AsTask();
            await Eventually.HoldsAsync(() => journal.Queue.Waiting == 0, "the first is being committed");
            await journal.RecordAsync(searches[0], CancellationToken.None);
            Task second = journal.RecordAsync([queued, searches[1] with { Action = "study.view", EvaluationId = Guid.CreateVersion7() }], CancellationToken.None).AsTask();
            await journal.RecordAsync(searches[1], CancellationToken.None);
            await Should.ThrowAsync<JournalUnavailableException>(() => first);
            await Should.ThrowAsync<JournalUnavailableException>(() => second);
        }

        await Eventually.HoldsAsync(() => journal.Queue.Refusing is null && journal.Queue.Waiting == 0, "all has landed");
        await harness.StopAsync();
        (await harness.MarkersAsync()).Count(marker => marker.Contains("\"withdrawn\"", StringComparison.Ordinal)).ShouldBe(2);
        await using WebApplication app = await ServeAsync(harness);
        await AnswersAreRightAsync(app, [landing, queued], searches);
        await harness.Indexer().PassAsync(CancellationToken.None);
        (await harness.ScalarAsync<long>("select count(*) from decision where reason = 'journal_unavailable'")).ShouldBe(3);
        await AnswersAreRightAsync(app, [landing, queued], searches);
    }

    [Fact]
    public async Task Decisions_answered_together_are_withdrawn_together_where_one_of_them_waits()
    {
        await using JournalHarness harness = Harness(options => options.BestEffortActions = ["study.search"]);
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord search = Record(action: "study.search");
        await journal.RecordAsync([search, Record()], CancellationToken.None);
        await using WebApplication app = await ServeAsync(harness);
        (await GetAsync(app, $"/decisions/{search.EvaluationId}")).GetProperty("mustLog").GetBoolean().ShouldBeTrue();
    }

    private static Task<long> ObligationsAsync(JournalHarness harness, DecisionRecord record) =>
        harness.ScalarAsync<long>($"select count(*) from decision_obligation where evaluation_id = '{record.EvaluationId}'");

    private static async Task AnswersAreRightAsync(WebApplication app, DecisionRecord[] withdrawn, DecisionRecord[] standing)
    {
        foreach (DecisionRecord record in withdrawn)
        {
            JsonElement found = await GetAsync(app, $"/decisions/{record.EvaluationId}");
            found.GetProperty("permitted").GetBoolean().ShouldBeFalse();
            found.GetProperty("reason").GetString().ShouldBe("journal_unavailable");
            found.GetProperty("withdrawn").GetBoolean().ShouldBeTrue();
            found.GetProperty("decided").GetProperty("permitted").GetBoolean().ShouldBeTrue();
            found.GetProperty("decided").GetProperty("reason").GetString().ShouldBe("permitted");
            found.EnumerateObject().Count(member => member.Name is "permitted" or "reason").ShouldBe(2);
        }

        foreach (DecisionRecord record in standing)
        {
            JsonElement found = await GetAsync(app, $"/decisions/{record.EvaluationId}");
            found.GetProperty("permitted").GetBoolean().ShouldBeTrue();
            found.TryGetProperty("withdrawn", out _).ShouldBeFalse();
        }

        // The second question ends before the time of what says that they were withdrawn.
        foreach (string times in new[] { "", "&from=2026-03-01&to=2026-03-02" })
        {
            List<Guid> permitted = await FindAsync($"outcome=permit{times}");
            permitted.Intersect(withdrawn.Select(record => record.EvaluationId)).ShouldBeEmpty();
            standing.Select(record => record.EvaluationId).Except(permitted).ShouldBeEmpty();
            (await FindAsync($"reason=permitted{times}")).ShouldBe(permitted);
            List<Guid> denied = await FindAsync($"outcome=deny{times}");
            withdrawn.Select(record => record.EvaluationId).Except(denied).ShouldBeEmpty();
            (await FindAsync($"reason=journal_unavailable{times}")).ShouldBe(denied);
            denied.Intersect(standing.Select(record => record.EvaluationId)).ShouldBeEmpty();
            JsonElement counted = (await GetAsync(app, "/analytics/access?from=2026-03-01&to=2026-03-02")).GetProperty("totals");
            counted.GetProperty("permits").GetInt64().ShouldBe(permitted.Count);
            counted.GetProperty("denials").GetInt64().ShouldBe(denied.Count);
        }

        async Task<List<Guid>> FindAsync(string query)
        {
            JsonElement page = await GetAsync(app, $"/decisions?limit=500&{query}");
            return [.. page.GetProperty("decisions").EnumerateArray().Select(one => one.GetProperty("evaluationId").GetGuid())];
        }
    }

    private static async Task<bool> IsRememberedAsync(DecisionJournal journal, DecisionRecord record)
    {
        try
        {
            await journal.RecordAsync(record, CancellationToken.None);
            return true;
        }
        catch (JournalUnavailableException)
        {
            return false;
        }
    }
}
