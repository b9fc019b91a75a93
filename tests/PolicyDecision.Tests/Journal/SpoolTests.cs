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

    [Fact]
    public async Task PostgreSQL_killed_and_started_under_load_loses_no_acknowledged_record_and_doubles_none()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-journal-pg-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        await using var harness = new JournalHarness(await server.CreateDatabaseAsync());
        int port = new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString).Port;
        DecisionJournal journal = await harness.StartAsync();
        using var stop = new CancellationTokenSource();
        Task<List<Guid>>[] callers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => CallAsync(journal, stop.Token)))];
        for (int outage = 0; outage < 2; outage++)
        {
            long before = await harness.ScalarAsync<long>("select count(*) from decision_batch");
            await Eventually.HoldsAsync(
                async () => journal.Spool.IsEmpty && await harness.ScalarAsync<long>("select count(*) from decision_batch") > before + 5, "records land in the database");
            server.Kill();
            await Eventually.HoldsAsync(() => journal.Spool.Held.Records > 200, "records land in the spool", TimeSpan.FromSeconds(30));
            server = await PostgresServer.StartPrivateAsync(port, home);
            await harness.SpoolIsMergedAsync();
        }

        await stop.CancelAsync();
        List<Guid>[] acknowledged = await Task.WhenAll(callers);
        await harness.StopAsync();
        List<Guid> stored = await harness.StoredAsync();
        stored.Distinct().Count().ShouldBe(stored.Count);
        acknowledged.SelectMany(ids => ids).Except(stored).ShouldBeEmpty();
        Dictionary<Guid, int> places = stored.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => pair.place);
        foreach (List<Guid> ofOneCaller in acknowledged)
        {
            ofOneCaller.ConvertAll(id => places[id]).ShouldBeInOrder();
        }

        (await harness.VerifyAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            verdict => verdict.Intact.ShouldBeTrue(verdict.Problem), verdict => verdict.Closed.ShouldBeTrue());
        server.Kill();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task It_starts_and_decides_without_its_database()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-journal-pg-").FullName;
        PostgresServer server = await PostgresServer.StartPrivateAsync(dataDirectory: home);
        string connection = await server.CreateDatabaseAsync();
        server.Kill();
        await using var harness = new JournalHarness(connection);
        DecisionJournal journal = await harness.StartAsync();
        DecisionRecord[] records = [Record(), Record()];
        await journal.RecordAsync(records[0], CancellationToken.None);
        harness.Crash();
        journal = await harness.StartAsync();
        await journal.RecordAsync(records[1], CancellationToken.None);
        server = await PostgresServer.StartPrivateAsync(new Npgsql.NpgsqlConnectionStringBuilder(connection).Port, home);
        await harness.SpoolIsMergedAsync();
        (await harness.StoredAsync()).ShouldBe(records.Select(record => record.EvaluationId));
        await harness.StopAsync();
        (await harness.VerifyAsync()).Count.ShouldBe(2);
        (await harness.VerifyAsync()).ShouldAllBe(verdict => verdict.Intact);
        server.Kill();
        Directory.Delete(home, recursive: true);
    }

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
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
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
        string disk = Directory.CreateTempSubdirectory("accessgov-disk-").FullName;
        Mount("mount", "-t", "tmpfs", "-o", "size=4m", "none", disk);
        try
        {
            await using JournalHarness harness = Harness(options => options.SpoolDirectory = disk);
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
        finally
        {
            Mount("umount", disk);
            Directory.Delete(disk);
        }
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
            }
            catch (JournalUnavailableException e)
            {
                return e;
            }
        }
    }

    private static async Task<List<Guid>> CallAsync(DecisionJournal journal, CancellationToken stop)
    {
        var acknowledged = new List<Guid>();
        while (!stop.IsCancellationRequested)
        {
            DecisionRecord record = Record();
            await journal.RecordAsync(record, CancellationToken.None);
            acknowledged.Add(record.EvaluationId);
        }

        return acknowledged;
    }

    private static void Mount(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }

    /// <summary>Only the superuser of a machine that allows it mounts a small disk.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class MountFactAttribute : FactAttribute
    {
        public MountFactAttribute()
        {
            string probe = Directory.CreateTempSubdirectory("accessgov-disk-").FullName;
            using Process mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=1m", "none", probe]) { RedirectStandardError = true, UseShellExecute = false })!;
            mount.WaitForExit();
            if (mount.ExitCode != 0)
            {
                Skip = "Needs the right to mount a small disk.";
            }
            else
            {
                using Process unmount = Process.Start("umount", [probe]);
                unmount.WaitForExit();
            }

            Directory.Delete(probe);
        }
    }
}
