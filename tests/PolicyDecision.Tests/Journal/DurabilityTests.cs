using AccessGov.PolicyDecision.Journal;
using AccessGov.Testing;
using Npgsql;
using static AccessGov.PolicyDecision.Tests.Journal.JournalHarness;

namespace AccessGov.PolicyDecision.Tests.Journal;

public sealed class DurabilityTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static int schemas;

    private JournalHarness Harness(Action<DecisionJournalOptions>? configure = null) => new(postgres.ConnectionString, options =>
    {
        options.Schema = $"durability_{Interlocked.Increment(ref schemas)}";
        configure?.Invoke(options);
    });

    [Fact]
    public async Task A_record_is_committed_when_its_caller_goes_on()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord record = Record();
        await journal.RecordAsync(record, CancellationToken.None);
        (await harness.StoredAsync()).ShouldBe([record.EvaluationId]);
    }

    [Fact]
    public async Task Records_that_wait_together_are_committed_together_and_the_chain_verifies()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord[] records = [.. Enumerable.Range(0, 2000).Select(_ => Record())];
        await Task.WhenAll(records.Select(record => Task.Run(async () => await journal.RecordAsync(record, CancellationToken.None))));
        await harness.StopAsync();
        (await harness.StoredAsync()).Order().ShouldBe(records.Select(record => record.EvaluationId).Order());
        (await harness.ScalarAsync<long>("select count(*) from decision_batch")).ShouldBeLessThan(1000);
        (await harness.ScalarAsync<long>("select count(*) from decision_batch where length(payload) < 200 * count")).ShouldBeGreaterThan(0);
        ChainVerdict verdict = (await harness.VerifyAsync()).ShouldHaveSingleItem();
        verdict.Intact.ShouldBeTrue(verdict.Problem);
        verdict.Records.ShouldBe(2000);
        verdict.Closed.ShouldBeTrue();
    }

    [Fact]
    public async Task The_decisions_of_one_request_stand_together_in_their_order()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord[] records = [.. Enumerable.Range(0, 50).Select(_ => Record())];
        await journal.RecordAsync(records, CancellationToken.None);
        (await harness.StoredAsync()).ShouldBe(records.Select(record => record.EvaluationId));
        (await harness.ScalarAsync<long>("select count(*) from decision_batch")).ShouldBe(1);
    }

    [Fact]
    public async Task A_commit_that_hangs_goes_to_the_spool_within_the_bound_and_lands_once_although_it_is_committed_later()
    {
        await using JournalHarness harness = Harness(options => options.CommitBound = TimeSpan.FromMilliseconds(300));
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord first = Record();
        await journal.RecordAsync(first, CancellationToken.None);
        DecisionRecord[] later = [.. Enumerable.Range(0, 20).Select(_ => Record())];
        await using (NpgsqlConnection blocker = await harness.Database.Source.OpenConnectionAsync())
        await using (NpgsqlTransaction transaction = await blocker.BeginTransactionAsync())
        {
            await using var block = new NpgsqlCommand("lock table decision_batch in access exclusive mode", blocker, transaction);
            await block.ExecuteNonQueryAsync();
            foreach (DecisionRecord record in later)
            {
                await journal.RecordAsync(record, CancellationToken.None).AsTask().WaitAsync(Eventually.Bound);
            }

            journal.Spool.IsEmpty.ShouldBeFalse();
        }

        await harness.SpoolIsMergedAsync();
        (await harness.StoredAsync()).ShouldBe([first.EvaluationId, .. later.Select(record => record.EvaluationId)]);
        await harness.StopAsync();
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
        harness.State.DivergedBatches.ShouldBe(0);
    }

    [Fact]
    public async Task The_message_to_audit_is_written_once_per_batch_in_its_transaction()
    {
        await using JournalHarness harness = Harness(options => options.CommitBound = TimeSpan.FromMilliseconds(300));
        await harness.StartAsync();
        await harness.ExecuteAsync("create table message (writer text, sequence bigint)");
        await harness.StopAsync();
        AlongsideBatch alongside = async (transaction, batch, cancellation) =>
        {
            await using var insert = new NpgsqlCommand("insert into message values ($1, $2)", transaction.Connection, transaction);
            insert.Parameters.AddWithValue(batch.Writer);
            insert.Parameters.AddWithValue(batch.Sequence);
            await insert.ExecuteNonQueryAsync(cancellation);
        };
        var merged = new TaskCompletionSource();
        DecisionJournal journal = await harness.StartAsync(
            state => state.Probe = step =>
            {
                if (step == JournalStep.Merged)
                {
                    merged.TrySetResult();
                    Thread.Sleep(Timeout.Infinite);
                }
            },
            alongside: alongside);
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.ExecuteAsync("alter table decision_batch add constraint away check (false) not valid");
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.ExecuteAsync("alter table decision_batch drop constraint away");
        await merged.Task.WaitAsync(Eventually.Bound);
        harness.Crash();
        journal = await harness.StartAsync(alongside: alongside);
        await harness.SpoolIsMergedAsync();
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.StopAsync();
        // One statement sees one moment: a commit that is late may still land.
        (await harness.ScalarAsync<long>("select (select count(*) from decision_batch) - (select count(*) from message)")).ShouldBe(0);
        (await harness.ScalarAsync<long>("select count(*) - count(distinct (writer, sequence)) from message")).ShouldBe(0);
        await Eventually.HoldsAsync(async () => await harness.ScalarAsync<long>("select count(*) from message") >= 3, "each record's batch has its message");
    }

    [Fact]
    public async Task An_unclean_end_is_noted_by_the_next_incarnation_and_a_clean_one_too()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal crashed = await harness.StartAsync();
        await crashed.RecordAsync(Record(), CancellationToken.None);
        harness.Crash();
        DecisionJournal second = await harness.StartAsync();
        await Eventually.HoldsAsync(() => NotedAsync(second, harness, crashed.Writer, closed: false), "the unclean end is noted");
        await harness.StopAsync();
        DecisionJournal third = await harness.StartAsync();
        await Eventually.HoldsAsync(() => NotedAsync(third, harness, second.Writer, closed: true), "the clean end is noted");
    }

    [Fact]
    public async Task A_clock_that_jumps_back_changes_nothing_about_the_order()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        DecisionRecord[] records = [Record(at: now), Record(at: now.AddYears(-3)), Record(at: now.AddHours(5)), Record(at: DateTimeOffset.MinValue.AddDays(1))];
        foreach (DecisionRecord record in records)
        {
            await journal.RecordAsync(record, CancellationToken.None);
        }

        await harness.StopAsync();
        (await harness.StoredAsync()).ShouldBe(records.Select(record => record.EvaluationId));
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
        (await harness.Indexer().PassAsync(CancellationToken.None)).ShouldBeGreaterThan(0);
        (await harness.ScalarAsync<long>("select count(*) from decision")).ShouldBe(4);
    }

    [Fact]
    public async Task A_role_that_may_do_nothing_outside_its_schema_creates_the_tables_and_finds_them_again()
    {
        string role = $"journal_{Guid.NewGuid():n}";
        await using NpgsqlCommand prepare = postgres.DataSource.CreateCommand(
            $"create role {role} login password 'test'; create schema own_schema authorization {role}; revoke create on schema public from public");
        await prepare.ExecuteNonQueryAsync();
        var connection = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Username = role, Password = "test" };
        await using var harness = new JournalHarness(connection.ConnectionString, options => options.Schema = "own_schema");
        for (int start = 0; start < 2; start++)
        {
            DecisionJournal journal = await harness.StartAsync();
            await journal.RecordAsync(Record(), CancellationToken.None);
            journal.Spool.IsEmpty.ShouldBeTrue();
            await harness.Indexer().PassAsync(CancellationToken.None);
            await harness.StopAsync();
        }

        (await harness.StoredAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_replica_that_starts_waits_for_no_table_that_another_one_writes()
    {
        await using JournalHarness harness = Harness();
        await harness.StartAsync();
        await harness.StopAsync();
        await using NpgsqlConnection other = await harness.Database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction writing = await other.BeginTransactionAsync();
        await using var write = new NpgsqlCommand("lock table decision_writer, decision_batch, decision in row exclusive mode", other, writing);
        await write.ExecuteNonQueryAsync();

        await using var starting = new JournalDatabase(harness.Options);
        await starting.EnsureAsync(CancellationToken.None).WaitAsync(Eventually.Bound);

        starting.Ready.ShouldBeTrue();
    }

    [Fact]
    public async Task A_record_that_is_not_json_is_refused_alone()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        await Should.ThrowAsync<System.Text.Json.JsonException>(async () => await journal.RecordAsync(Record(request: "{\"broken\":"), CancellationToken.None));
        DecisionRecord good = Record();
        await journal.RecordAsync(good, CancellationToken.None);
        (await harness.StoredAsync()).ShouldBe([good.EvaluationId]);
    }

    private static async Task<bool> NotedAsync(DecisionJournal journal, JournalHarness harness, string writer, bool closed)
    {
        await journal.RecordAsync(Record(), CancellationToken.None);
        List<string> markers = await harness.MarkersAsync();
        return markers.Exists(marker => marker.Contains("\"predecessor\"", StringComparison.Ordinal) && marker.Contains(writer, StringComparison.Ordinal)
            && marker.Contains($"\"closed\":{(closed ? "true" : "false")}", StringComparison.Ordinal));
    }
}
