using System.Diagnostics;
using AccessGov.PolicyDecision.Journal;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Journal.JournalHarness;

namespace AccessGov.PolicyDecision.Tests.Journal;

public sealed class SpoolTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string TakeAway = "alter table decision_batch add constraint away check (false) not valid";
    private const string BringBack = "alter table decision_batch drop constraint away";
    private static int schemas;

    private JournalHarness Harness(Action<DecisionJournalOptions>? configure = null) => new(postgres.ConnectionString, options =>
    {
        options.Schema = $"spool_{Interlocked.Increment(ref schemas)}";
        configure?.Invoke(options);
    });

    [Theory]
    [InlineData("Spooled")]
    [InlineData("Merged")]
    [InlineData("Committed")]
    public async Task A_process_that_dies_between_two_steps_loses_nothing_it_acknowledged_and_doubles_nothing(string stepName)
    {
        JournalStep step = Enum.Parse<JournalStep>(stepName);
        await using JournalHarness harness = Harness();
        bool armed = false;
        var reached = new TaskCompletionSource();
        DecisionJournal journal = await harness.StartAsync(state => state.Probe = at =>
        {
            if (Volatile.Read(ref armed) && at == step)
            {
                reached.TrySetResult();
                Thread.Sleep(Timeout.Infinite);
            }
        });
        List<Guid> acknowledged = [];
        await AcknowledgedAsync();
        await harness.ExecuteAsync(TakeAway);
        await AcknowledgedAsync();
        await AcknowledgedAsync();
        if (step == JournalStep.Committed)
        {
            await harness.ExecuteAsync(BringBack);
            await harness.SpoolIsMergedAsync();
        }

        Volatile.Write(ref armed, true);
        Task hanging = step == JournalStep.Merged ? harness.ExecuteAsync(BringBack) : journal.RecordAsync(Record(), CancellationToken.None).AsTask();
        await reached.Task.WaitAsync(Eventually.Bound);
        harness.Crash();
        if (step == JournalStep.Spooled)
        {
            hanging.IsCompleted.ShouldBeFalse();
            await harness.ExecuteAsync(BringBack);
        }

        journal = await harness.StartAsync();
        await AcknowledgedAsync();
        await harness.SpoolIsMergedAsync();
        await harness.StopAsync();
        List<Guid> stored = await harness.StoredAsync();
        stored.Distinct().Count().ShouldBe(stored.Count);
        acknowledged.Except(stored).ShouldBeEmpty();
        stored.Where(acknowledged.Contains).ShouldBe(acknowledged);
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);

        async Task AcknowledgedAsync()
        {
            DecisionRecord record = Record();
            await journal.RecordAsync(record, CancellationToken.None);
            acknowledged.Add(record.EvaluationId);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(300)]
    [InlineData(int.MaxValue)]
    public async Task A_torn_tail_is_cut_and_everything_before_it_is_kept(int tornBytes)
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.ExecuteAsync(TakeAway);
        DecisionRecord kept = Record();
        await journal.RecordAsync(kept, CancellationToken.None);
        harness.Crash();
        string file = Path.Combine(harness.Options.SpoolDirectory, "journal.spool");
        byte[] whole = await File.ReadAllBytesAsync(file);
        byte[] torn = whole[..Math.Min(tornBytes, whole.Length)];
        torn[^1] ^= 0xFF;
        await File.AppendAllBytesAsync(file, torn);
        journal = await harness.StartAsync();
        journal.Spool.TornBytes.ShouldBe(torn.Length);
        new FileInfo(file).Length.ShouldBe(whole.Length);
        await harness.ExecuteAsync(BringBack);
        DecisionRecord after = Record();
        await journal.RecordAsync(after, CancellationToken.None);
        await harness.SpoolIsMergedAsync();
        (await harness.StoredAsync())[^2..].ShouldBe([kept.EvaluationId, after.EvaluationId]);
        await harness.StopAsync();
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task Damage_costs_the_damaged_batch_only_and_is_not_passed_over_in_silence(int damagedByte)
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        await harness.ExecuteAsync(TakeAway);
        string file = Path.Combine(harness.Options.SpoolDirectory, "journal.spool");
        List<DecisionRecord> records = [];
        List<int> starts = [];
        for (int i = 0; i < 4; i++)
        {
            starts.Add((int)new FileInfo(file).Length);
            records.Add(Record());
            await journal.RecordAsync(records[^1], CancellationToken.None);
        }

        harness.Crash();
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes[starts[1] + damagedByte] ^= 0xFF;
        await File.WriteAllBytesAsync(file, bytes);
        journal = await harness.StartAsync();
        journal.Spool.DamagedBytes.ShouldBe(starts[2] - starts[1]);
        journal.Spool.TornBytes.ShouldBe(0);
        await harness.ExecuteAsync(BringBack);
        await harness.SpoolIsMergedAsync();
        (await harness.StoredAsync()).ShouldBe([records[0].EvaluationId, records[2].EvaluationId, records[3].EvaluationId]);
        await harness.StopAsync();
        (await harness.VerifyAsync()).ShouldContain(verdict => !verdict.Intact);
    }

    [Fact]
    public async Task Nothing_overtakes_what_lies_in_the_spool()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.ExecuteAsync("alter table decision_batch add constraint away check (sequence <> 2) not valid");
        await journal.RecordAsync(Record(), CancellationToken.None);
        await journal.RecordAsync(Record(), CancellationToken.None);
        (await harness.ScalarAsync<long>("select max(sequence) from decision_batch")).ShouldBe(1);
        await harness.ExecuteAsync(BringBack);
        await harness.SpoolIsMergedAsync();
        (await harness.StoredAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_full_spool_is_a_denial_until_the_database_is_back_and_the_chain_says_what_happened()
    {
        await using JournalHarness harness = Harness(options => options.SpoolBytesMax = 4096);
        DecisionJournal journal = await harness.StartAsync();
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.ExecuteAsync(TakeAway);
        List<Guid> acknowledged = [];
        JournalUnavailableException refusal = await FillAsync(journal, acknowledged);
        refusal.Message.ShouldContain("full");
        acknowledged.Count.ShouldBeGreaterThan(0);
        await Should.ThrowAsync<JournalUnavailableException>(async () => await journal.RecordAsync(Record(), CancellationToken.None));
        await harness.ExecuteAsync(BringBack);
        await Eventually.HoldsAsync(() => journal.Queue.Refusing is null, "records are accepted again");
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.StopAsync();
        acknowledged.Except(await harness.StoredAsync()).ShouldBeEmpty();
        List<string> markers = await harness.MarkersAsync();
        markers.ShouldContain(marker => marker.Contains("\"withdrawn\"", StringComparison.Ordinal));
        markers.ShouldContain(marker => marker.Contains("\"refused\"", StringComparison.Ordinal) && marker.Contains("\"count\":1", StringComparison.Ordinal));
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
    }

    [MountFact]
    public async Task A_full_disk_is_a_denial_and_nothing_acknowledged_is_lost()
    {
        using var disk = new SmallDisk(4);
        await using JournalHarness harness = Harness(options => options.SpoolDirectory = disk.Path);
        DecisionJournal journal = await harness.StartAsync();
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.ExecuteAsync(TakeAway);
        List<Guid> acknowledged = [];
        byte[] noise = new byte[20_000];
        new Random(7).NextBytes(noise);
        (await FillAsync(journal, acknowledged, Convert.ToHexString(noise))).Message.ShouldContain("cannot be written");
        acknowledged.Count.ShouldBeInRange(100, 250);
        harness.Crash();
        journal = await harness.StartAsync();
        await harness.ExecuteAsync(BringBack);
        await harness.SpoolIsMergedAsync();
        acknowledged.Except(await harness.StoredAsync()).ShouldBeEmpty();
        await harness.StopAsync();
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
    }

    [Fact]
    public async Task A_spool_that_cannot_be_made_or_belongs_to_another_process_stops_the_start()
    {
        await using JournalHarness harness = Harness();
        await harness.StartAsync();
        (await Should.ThrowAsync<IOException>(() => harness.StartAsync())).Message.ShouldContain("locked");
        string file = Path.Combine(harness.Options.SpoolDirectory, "file");
        await File.WriteAllTextAsync(file, "");
        Should.Throw<IOException>(() => JournalSpool.Open(Path.Combine(file, "spool"), 1 << 20));
    }

    [Fact]
    public async Task A_batch_that_stands_otherwise_in_the_database_is_kept_beside_the_spool()
    {
        await using JournalHarness harness = Harness();
        DecisionJournal journal = await harness.StartAsync();
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.ExecuteAsync(TakeAway);
        await journal.RecordAsync(Record(), CancellationToken.None);
        await harness.ExecuteAsync($"""
            {BringBack};
            insert into decision_batch select writer, 2, first_at, last_at, count, payload, prev_hash, prev_hash from decision_batch where sequence = 1
            """);
        await harness.SpoolIsMergedAsync();
        harness.State.DivergedBatches.ShouldBe(1);
        File.Exists(Path.Combine(harness.Options.SpoolDirectory, "journal.spool.diverged")).ShouldBeTrue();
        await harness.StopAsync();
        (await harness.VerifyAsync()).ShouldHaveSingleItem().BrokenAt.ShouldBe(2);
    }

    private static async Task<JournalUnavailableException> FillAsync(DecisionJournal journal, List<Guid> acknowledged, string text = "x")
    {
        while (true)
        {
            DecisionRecord record = Record(request: $"{{\"text\":\"{text}\"}}");
            try
            {
                await journal.RecordAsync(record, CancellationToken.None);
                acknowledged.Add(record.EvaluationId);
                acknowledged.Count.ShouldBeLessThan(20_000);
            }
            catch (JournalUnavailableException e)
            {
                return e;
            }
        }
    }
}
