using System.Security.Cryptography;
using AccessGov.PolicyDecision.Journal;
using AccessGov.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using static AccessGov.PolicyDecision.Tests.Journal.JournalHarness;

namespace AccessGov.PolicyDecision.Tests.Journal;

public sealed class VerificationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private static int schemas;
    private readonly List<string> keys = [];

    public void Dispose() => keys.ForEach(folder => Directory.Delete(folder, recursive: true));

    private JournalHarness Harness(Action<DecisionJournalOptions>? configure = null) => new(postgres.ConnectionString, options =>
    {
        options.Schema = $"verification_{Interlocked.Increment(ref schemas)}";
        configure?.Invoke(options);
    });

    [Theory]
    [InlineData("update decision_batch set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'ada', 'eve'), 'UTF8') where sequence = 3", 3)]
    [InlineData("update decision_batch set hash = sha256(hash) where sequence = 3", 3)]
    [InlineData("delete from decision_batch where sequence = 3", 3)]
    [InlineData("update decision_batch set first_at = first_at - interval '1 day' where sequence = 3", 3)]
    [InlineData("update decision_batch set count = 0 where sequence = 3", 3)]
    [InlineData("update decision_batch set writer = 'pdp-1/other' where sequence = 1; insert into decision_writer (writer, replica, opened_at) values ('pdp-1/other', 'pdp-1', now())", 1)]
    public async Task What_was_tampered_with_is_found_at_its_place(string tampering, long brokenAt)
    {
        await using JournalHarness harness = await WrittenAsync();
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
        await harness.ExecuteAsync(tampering);
        (await harness.VerifyAsync()).ShouldContain(verdict => verdict.BrokenAt == brokenAt);
    }

    [Fact]
    public async Task A_chain_that_is_cut_or_rewritten_with_all_its_hashes_contradicts_its_anchor()
    {
        string key = await KeyFileAsync();
        await using JournalHarness harness = await WrittenAsync(options => options.AnchorKeyFile = key);
        (await AnchorAsync(harness)).ShouldBe(1);
        (await AnchorAsync(harness)).ShouldBe(0);
        ChainVerdict intact = (await harness.VerifyAsync()).ShouldHaveSingleItem();
        intact.Intact.ShouldBeTrue(intact.Problem);
        intact.Anchors.ShouldBe(1);
        intact.UnverifiableAnchors.ShouldBe(0);

        await RewriteAsync(harness);
        ChainVerdict rewritten = (await harness.VerifyAsync()).ShouldHaveSingleItem();
        rewritten.BrokenAt.ShouldBe(5);
        rewritten.Problem!.ShouldContain("anchor");

        await harness.ExecuteAsync("delete from decision_batch where sequence > 2");
        (await harness.VerifyAsync()).ShouldHaveSingleItem().BrokenAt.ShouldBe(3);
        await harness.ExecuteAsync("delete from decision_batch; delete from decision_writer");
        (await harness.VerifyAsync()).ShouldHaveSingleItem().BrokenAt.ShouldBe(1);
    }

    [Fact]
    public async Task An_anchor_signed_by_another_key_is_wrong_or_at_least_said_to_be_unverifiable()
    {
        string key = await KeyFileAsync();
        string another = await KeyFileAsync();
        await using JournalHarness harness = await WrittenAsync(options => options.AnchorKeyFile = key);
        await AnchorAsync(harness);
        harness.Options.AnchorKeyFile = another;
        (await harness.VerifyAsync()).ShouldHaveSingleItem().UnverifiableAnchors.ShouldBe(1);
        harness.Options.FormerAnchorKeyFiles = [key];
        (await harness.VerifyAsync()).ShouldHaveSingleItem().UnverifiableAnchors.ShouldBe(0);
        await harness.ExecuteAsync("update decision_anchor set day = day - 1");
        (await harness.VerifyAsync()).ShouldHaveSingleItem().Problem!.ShouldContain("signature");
    }

    [Fact]
    public async Task The_end_of_a_chain_cut_off_before_any_anchor_is_missed_by_its_successor()
    {
        await using JournalHarness harness = await WrittenAsync();
        DecisionJournal next = await harness.StartAsync();
        await Eventually.HoldsAsync(
            async () =>
            {
                await next.RecordAsync(Record(), CancellationToken.None);
                return (await harness.MarkersAsync()).Exists(marker => marker.Contains("predecessor", StringComparison.Ordinal));
            },
            "the predecessor is noted");
        await harness.StopAsync();
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
        await harness.ExecuteAsync($"delete from decision_batch where writer <> '{next.Writer}' and sequence > 3");
        (await harness.VerifyAsync()).ShouldContain(verdict => verdict.Writer == next.Writer && !verdict.Intact);
    }

    [Fact]
    public async Task In_mode_async_what_finds_no_room_is_counted_and_marked_in_the_chain()
    {
        await using JournalHarness harness = Harness(options =>
        {
            options.Mode = JournalMode.Async;
            options.MustLogActions = ["study.delete"];
            options.CommitBound = TimeSpan.FromSeconds(30);
            options.QueueBytesMax = options.BatchBytesMax = 2048;
        });
        DecisionJournal journal = await harness.StartAsync();
        await using (NpgsqlConnection blocker = await harness.Database.Source.OpenConnectionAsync())
        await using (NpgsqlTransaction transaction = await blocker.BeginTransactionAsync())
        {
            await using var block = new NpgsqlCommand("lock table decision_batch in access exclusive mode", blocker, transaction);
            await block.ExecuteNonQueryAsync();
            await Eventually.HoldsAsync(
                () =>
                {
                    Task record = journal.RecordAsync(Record(), CancellationToken.None).AsTask();
                    record.IsCompletedSuccessfully.ShouldBeTrue();
                    return journal.Queue.LostTotal >= 3;
                },
                "the queue overflows");
            await Should.ThrowAsync<JournalUnavailableException>(async () => await journal.RecordAsync(Record(action: "study.delete"), CancellationToken.None));
        }

        await Eventually.HoldsAsync(() => journal.Queue.Waiting == 0, "the queue is empty again");
        DecisionRecord deletion = Record(action: "study.delete");
        await journal.RecordAsync(deletion, CancellationToken.None);
        await harness.SpoolIsMergedAsync();
        (await harness.StoredAsync()).ShouldContain(deletion.EvaluationId);
        await harness.StopAsync();
        List<string> markers = await harness.MarkersAsync();
        markers.Where(marker => marker.Contains("\"lost\"", StringComparison.Ordinal)).Sum(Count).ShouldBe(journal.Queue.LostTotal);
        markers.Where(marker => marker.Contains("\"refused\"", StringComparison.Ordinal)).Sum(Count).ShouldBe(1);
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);

        static long Count(string marker)
        {
            using var json = System.Text.Json.JsonDocument.Parse(marker);
            return json.RootElement.GetProperty("count").GetInt64();
        }
    }

    [Fact]
    public async Task A_best_effort_action_does_not_wait_for_a_database_that_hangs()
    {
        await using JournalHarness harness = Harness(options => options.BestEffortActions = ["study.search"]);
        DecisionJournal journal = await harness.StartAsync();
        Task view;
        await using (NpgsqlConnection blocker = await harness.Database.Source.OpenConnectionAsync())
        await using (NpgsqlTransaction transaction = await blocker.BeginTransactionAsync())
        {
            await using var block = new NpgsqlCommand("lock table decision_batch in access exclusive mode", blocker, transaction);
            await block.ExecuteNonQueryAsync();
            Task search = journal.RecordAsync(Record(action: "study.search"), CancellationToken.None).AsTask();
            view = journal.RecordAsync(Record(), CancellationToken.None).AsTask();
            search.IsCompletedSuccessfully.ShouldBeTrue();
            view.IsCompleted.ShouldBeFalse();
        }

        await view;
        await harness.StopAsync();
        (await harness.StoredAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Health_tells_whether_it_spools_and_whether_it_can_remember_anything()
    {
        await using JournalHarness harness = Harness(options => options.SpoolBytesMax = 3000);
        DecisionJournal journal = await harness.StartAsync();
        using AnchorKey anchors = AnchorKey.From(harness.Options);
        var health = new JournalHealth(journal, harness.Options, anchors, TimeProvider.System);
        await journal.RecordAsync(Record(), CancellationToken.None);
        HealthCheckResult well = await health.CheckHealthAsync(new HealthCheckContext());
        well.Status.ShouldBe(HealthStatus.Healthy);
        well.Data["anchors"].ShouldBe("not configured");
        await harness.ExecuteAsync("alter table decision_batch add constraint away check (false) not valid");
        await journal.RecordAsync(Record(), CancellationToken.None);
        HealthCheckResult spooling = await health.CheckHealthAsync(new HealthCheckContext());
        spooling.Status.ShouldBe(HealthStatus.Degraded);
        spooling.Data["spoolRecords"].ShouldBe(1L);
        await Should.ThrowAsync<JournalUnavailableException>(async () =>
        {
            while (true)
            {
                await journal.RecordAsync(Record(), CancellationToken.None);
            }
        });
        (await health.CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Unhealthy);
        await harness.ExecuteAsync("alter table decision_batch drop constraint away");
        await harness.SpoolIsMergedAsync();
        await Eventually.HoldsAsync(async () => (await health.CheckHealthAsync(new HealthCheckContext())).Status == HealthStatus.Healthy, "it is well again");
    }

    private async Task<string> KeyFileAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        keys.Add(Directory.CreateTempSubdirectory("accessgov-key-").FullName);
        string file = Path.Combine(keys[^1], "anchor.pem");
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
        return file;
    }

    private static async Task<int> AnchorAsync(JournalHarness harness)
    {
        using AnchorKey key = AnchorKey.From(harness.Options);
        using var anchor = new DailyAnchor(harness.Database, key, harness.State, new Tomorrow(), NullLogger<DailyAnchor>.Instance);
        return await anchor.AnchorAsync(CancellationToken.None);
    }

    /// <summary>What an attacker with the database's password would do: change a record and compute the whole chain again.</summary>
    private static async Task RewriteAsync(JournalHarness harness)
    {
        await harness.ExecuteAsync("""
            do $$
            declare batch record; previous bytea;
            begin
                for batch in select * from decision_batch order by sequence loop
                    previous := coalesce(previous, batch.prev_hash);
                    update decision_batch set prev_hash = previous,
                        payload = convert_to(replace(convert_from(payload, 'UTF8'), '"id":"ada"', '"id":"eve"'), 'UTF8')
                        where writer = batch.writer and sequence = batch.sequence;
                    update decision_batch set hash = sha256(prev_hash || payload)
                        where writer = batch.writer and sequence = batch.sequence returning hash into previous;
                end loop;
            end $$
            """);
    }

    private async Task<JournalHarness> WrittenAsync(Action<DecisionJournalOptions>? configure = null)
    {
        JournalHarness harness = Harness(configure);
        DecisionJournal journal = await harness.StartAsync();
        for (int i = 0; i < 4; i++)
        {
            await journal.RecordAsync(Record(), CancellationToken.None);
        }

        await harness.StopAsync();
        return harness;
    }

    private sealed class Tomorrow : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(1);
    }
}
