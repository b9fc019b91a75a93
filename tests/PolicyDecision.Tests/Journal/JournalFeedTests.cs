using System.Text.Json;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Journal;
using AccessGov.Testing;
using AccessGov.TrailFeed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using static AccessGov.PolicyDecision.Tests.Journal.JournalHarness;

namespace AccessGov.PolicyDecision.Tests.Journal;

/// <summary>Every batch of every chain is told to the audit trail, once and in order, whatever dies.</summary>
public sealed class JournalFeedTests
{
    [Fact]
    public async Task A_decision_is_told_with_what_an_auditor_asks_for_and_without_request_and_context()
    {
        await using Telling telling = await Telling.StartAsync();
        DecisionJournal journal = await telling.Harness.StartAsync();
        DecisionRecord record = Record(request:
            """{"subject":{"id":"ada"},"context":{"session":"s-1","workstation":"WS\u00007","emergencySession":"e-1","x":"free text"}}""");
        await journal.RecordAsync(record, CancellationToken.None);

        (await telling.PassAsync()).ShouldBe(1);

        DecisionsRecorded batch = (await telling.HeardAsync()).ShouldHaveSingleItem();
        (batch.Service, batch.Writer, batch.Sequence, batch.Readable).ShouldBe(("policy-decision", journal.Writer, 1, true));
        batch.PreviousHash.ShouldBe(Convert.ToHexStringLower(HashChain.Genesis(journal.Writer)));
        batch.Hash.ShouldBe(await telling.Harness.ScalarAsync<string>(
            "select encode(sha256(prev_hash || payload), 'hex') from decision_batch"));
        batch.Markers.Select(marker => marker.Marker).ShouldBe(["opened"]);
        RecordedDecision told = batch.Decisions.ShouldHaveSingleItem();
        (told.EvaluationId, told.Client, told.SubjectId, told.Action).ShouldBe((record.EvaluationId, "orthanc-north", "ada", "study.view"));
        (told.ResourceType, told.ResourceId, told.PatientId, told.StudyInstanceUid).ShouldBe(("Study", "1.2.3", "patient-1", "1.2.3"));
        (told.SourceIp, told.Session, told.Workstation, told.EmergencySession).ShouldBe(("10.1.2.3", "s-1", "WS\uFFFD7", "e-1"));
        (told.Permitted, told.Reason, told.PolicySet, told.FactsPosition, told.RequestId)
            .ShouldBe((true, "permitted", "hash", 7, "request-1"));
        told.Policies.ShouldBe(["radiologist-read"]);
        (await telling.Harness.ScalarAsync<long>("select count(*) from bus.message where data::text like '%free text%'"))
            .ShouldBe(0);
    }

    [Fact]
    public async Task Each_chain_is_told_in_order_once_also_when_the_feed_dies_before_its_commit_and_others_tell_too()
    {
        await using Telling telling = await Telling.StartAsync();
        for (int process = 0; process < 3; process++)
        {
            DecisionJournal journal = await telling.Harness.StartAsync();
            for (int i = 0; i < 40; i++)
            {
                await journal.RecordAsync(Record(), CancellationToken.None);
                if (i % 10 == 5)
                {
                    // Everything was done but the commit.
                    await Should.ThrowAsync<InvalidOperationException>(() =>
                        telling.PassAsync(step => throw new InvalidOperationException($"dies at {step}")));
                    await Task.WhenAll(telling.PassAsync(), telling.PassAsync());
                }
            }

            await telling.Harness.StopAsync();
        }

        while (await telling.PassAsync() > 0)
        {
        }

        List<DecisionsRecorded> told = await telling.HeardAsync();
        told.GroupBy(batch => batch.Writer).Count().ShouldBe(3);
        foreach (IGrouping<string, DecisionsRecorded> chain in told.GroupBy(batch => batch.Writer))
        {
            chain.Select(batch => batch.Sequence).ShouldBe(Enumerable.Range(1, chain.Count()).Select(i => (long)i));
            chain.Skip(1).Select(batch => batch.PreviousHash).ShouldBe(chain.SkipLast(1).Select(batch => batch.Hash));
            chain.Last().Markers.ShouldContain(marker => marker.Marker == "closed");
        }

        told.GroupBy(batch => batch.Writer).SelectMany(chain => chain).SelectMany(batch => batch.Decisions)
            .Select(decision => decision.EvaluationId).ShouldBe(await telling.Harness.StoredAsync());
        told.Sum(batch => batch.Decisions.Count).ShouldBe(120);
    }

    [Fact]
    public async Task A_withdrawn_decision_is_told_as_the_denial_it_was_answered_as()
    {
        await using Telling telling = await Telling.StartAsync();
        await telling.Harness.StartAsync();
        DecisionRecord[] records = [Record(), Record(action: "study.search")];
        string writer = "pdp-1/made";
        byte[] same = [.. "["u8, .. Json(records[0], mustLog: true), .. ","u8, .. JournalMarkers.Withdrawn(records[0].At, 1), .. "]"u8];
        byte[] later = [.. "["u8, .. Json(records[1], mustLog: true), .. ","u8, .. Json(Record(), mustLog: false), .. "]"u8];
        byte[] says = [.. "["u8, .. JournalMarkers.Withdrawn(records[0].At, 2), .. "]"u8];
        await telling.InsertAsync(writer, same, later, says);

        await telling.PassAsync();

        List<DecisionsRecorded> told = await telling.HeardAsync();
        RecordedDecision first = told[0].Decisions.ShouldHaveSingleItem();
        (first.Permitted, first.Reason, first.Withdrawn).ShouldBe((false, "journal_unavailable", true));
        told[1].Decisions.ShouldAllBe(decision => decision.Permitted && !decision.Withdrawn);
        told[2].Withdrawn.ShouldBe([new WithdrawnDecision(2, records[1].EvaluationId, "journal_unavailable")]);
    }

    [Fact]
    public async Task A_batch_that_somebody_changed_is_told_as_unreadable_and_those_behind_it_as_ever()
    {
        await using Telling telling = await Telling.StartAsync();
        await telling.Harness.StartAsync();
        DecisionRecord record = Record();
        // It says also that the one before was withdrawn, which nobody can read any more.
        await telling.InsertAsync("pdp-1/made", "not ours"u8.ToArray(),
            [.. "["u8, .. Json(record, mustLog: true), .. ","u8, .. JournalMarkers.Withdrawn(record.At, 1), .. "]"u8]);

        await telling.PassAsync();

        (await telling.HeardAsync()).Select(batch => (batch.Readable, batch.Decisions.Count)).ShouldBe([(false, 0), (true, 1)]);
    }

    [Fact]
    public async Task While_nobody_subscribes_nothing_moves_and_who_does_later_gets_all_of_it()
    {
        await using Telling telling = await Telling.StartAsync(subscribed: false);
        DecisionJournal journal = await telling.Harness.StartAsync();
        await journal.RecordAsync(Record(), CancellationToken.None);
        (await telling.PassAsync()).ShouldBe(0);
        await journal.RecordAsync(Record(), CancellationToken.None);

        await telling.SubscribeAsync();

        (await telling.PassAsync()).ShouldBe(2);
        (await telling.HeardAsync()).Select(batch => batch.Sequence).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Chains_that_were_closed_are_recounted_with_those_that_go_on()
    {
        await using Telling telling = await Telling.StartAsync();
        DecisionJournal journal = await telling.Harness.StartAsync();
        await journal.RecordAsync(Record(), CancellationToken.None);
        await telling.Harness.StopAsync();
        DecisionJournal next = await telling.Harness.StartAsync();
        await next.RecordAsync(Record(), CancellationToken.None);
        while (await telling.PassAsync() > 0)
        {
        }

        for (int time = 0; time < 2; time++)
        {
            (await telling.RecountAsync()).Select(recount => recount.Subject)
                .ShouldBe([$"decisions/{journal.Writer}", $"decisions/{next.Writer}"], ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData(null, 6)]
    [InlineData("delete from decision_batch where sequence = 3", 5)]
    [InlineData("delete from decision_batch where sequence = 6", 5)]
    [InlineData("update decision_batch set payload = overlay(payload placing 'x' from 20) where sequence = 2", 6)]
    public async Task What_somebody_did_to_the_journal_changes_the_recount(string? deed, int left)
    {
        await using Telling telling = await Telling.StartAsync();
        DecisionJournal journal = await telling.Harness.StartAsync();
        for (int i = 0; i < 6; i++)
        {
            await journal.RecordAsync(Record(), CancellationToken.None);
        }

        (await telling.PassAsync()).ShouldBe(6);
        await telling.Harness.ExecuteAsync(deed ?? "select 1");

        Recount recount = (await telling.RecountAsync()).ShouldHaveSingleItem();

        DecisionsRecorded last = (await telling.HeardAsync())[^1];
        recount.Subject.ShouldBe($"decisions/{journal.Writer}");
        (recount.Message.Stream, recount.Message.Through, recount.Message.Count).ShouldBe(($"decisions/{journal.Writer}", 6, left));
        (recount.Message.Digest == last.Hash).ShouldBe(deed is null);
    }

    private static byte[] Json(DecisionRecord record, bool mustLog)
    {
        RecordJson json = RecordJson.OfThread;
        json.Clear();
        json.Write(record, HashedIds.From(null), mustLog);
        return json.Written.ToArray();
    }

    /// <summary>A journal, a bus beside it in its database, and a queue that listens.</summary>
    private sealed class Telling(JournalHarness harness, IHost host, string database) : IAsyncDisposable
    {
        public JournalHarness Harness => harness;

        public static async Task<Telling> StartAsync(bool subscribed = true)
        {
            string database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync();
            await MessagingSchema.CreateAsync(connection);
            await MessagingSchema.GrantAsync(connection, "postgres", "policy-decision");
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddLogging().AddSingleton(_ => NpgsqlDataSource.Create(database));
            builder.Services.AddMessaging(options =>
            {
                options.Queue = "policy-decision";
                options.Message<DecisionsRecorded>(DecisionsRecorded.MessageName);
            });
            var telling = new Telling(new JournalHarness(database), builder.Build(), database);
            if (subscribed)
            {
                await telling.SubscribeAsync();
            }

            return telling;
        }

        public async Task SubscribeAsync()
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using NpgsqlCommand command = source.CreateCommand(
                $"""
                insert into bus.queue (name, role) values ('listener', current_user);
                insert into bus.subscription (queue, message) values ('listener', '{DecisionsRecorded.MessageName}')
                """);
            await command.ExecuteNonQueryAsync();
        }

        /// <summary>One pass of a feed of its own, as every replica has one.</summary>
        public async Task<int> PassAsync(Action<JournalStep>? probe = null)
        {
            using var feed = new JournalFeed(
                harness.Database, new JournalState { Probe = probe }, harness.Options, host.Services.GetRequiredService<IMessageBus>(),
                TimeProvider.System,
                NullLogger<JournalFeed>.Instance);
            return await feed.PassAsync(CancellationToken.None);
        }

        public async Task<List<Recount>> RecountAsync()
        {
            List<Recount> recounts = [];
            await foreach (Recount recount in new JournalRecount(harness.Database, TimeProvider.System).CountAsync(CancellationToken.None))
            {
                recounts.Add(recount);
            }

            return recounts;
        }

        public async Task<List<DecisionsRecorded>> HeardAsync()
        {
            await using NpgsqlCommand command = harness.Database.Source.CreateCommand(
                "select data::text, subject from bus.message where queue = 'listener' order by position");
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
            var heard = new List<DecisionsRecorded>();
            while (await reader.ReadAsync())
            {
                heard.Add(JsonSerializer.Deserialize<DecisionsRecorded>(reader.GetString(0), JsonSerializerOptions.Web)!);
                reader.GetString(1).ShouldBe($"decisions/{heard[^1].Writer}");
            }

            return heard;
        }

        /// <summary>A chain as a writer would have left it.</summary>
        public async Task InsertAsync(string writer, params byte[][] payloads)
        {
            await harness.ExecuteAsync($"insert into decision_writer (writer, replica, opened_at) values ('{writer}', 'pdp-1', now())");
            byte[] previous = HashChain.Genesis(writer);
            for (int i = 0; i < payloads.Length; i++)
            {
                byte[] hash = HashChain.Next(previous, payloads[i]);
                await using NpgsqlCommand insert = harness.Database.Source.CreateCommand(
                    """
                    insert into decision_batch (writer, sequence, first_at, last_at, count, payload, prev_hash, hash)
                    values ($1, $2, now(), now(), 1, $3, $4, $5)
                    """);
                foreach (object value in new object[] { writer, i + 1L, payloads[i], previous, hash })
                {
                    insert.Parameters.Add(new NpgsqlParameter { Value = value });
                }

                await insert.ExecuteNonQueryAsync();
                previous = hash;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await harness.DisposeAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }
}
