using System.Text.Json;
using AccessGov.Contracts.Audit.V1;
using AccessGov.EventSourcing;
using AccessGov.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using static AccessGov.TrailFeed.Tests.FeedHost;

namespace AccessGov.TrailFeed.Tests;

/// <summary>Every event is told, once, in order, with the digest of the store, and without what is secret.</summary>
public sealed class AuditTrailTests
{
    [Fact]
    public async Task Every_event_is_told_with_who_did_it_and_the_digest_that_PostgreSQL_computes_too()
    {
        string database = await CreateDatabaseAsync();
        await using FeedHost feed = await FeedHost.StartAsync(database);
        await feed.NoteAsync("a", "one", "Prüfung – ☃");
        await feed.NoteAsync("b", "three");

        List<EventsRecorded> told = await FeedHost.EventsAsync(database, 3);

        RecordedEvent[] events = [.. told.SelectMany(message => message.Events)];
        events.Select(e => e.Position).ShouldBe([1, 2, 3]);
        RecordedEvent second = events[1];
        (second.Stream, second.Version, second.Name).ShouldBe(("a", 2, "thing_noted"));
        (second.Actor, second.OnBehalfOf, second.Source, second.CorrelationId, second.CausationId)
            .ShouldBe(("ada", "grace", "10.1.2.3", "trace-1", "command-1"));
        second.Payload.GetProperty("Text").GetString().ShouldBe("Prüfung – ☃");
        second.PayloadHash.ShouldBe(await AskAsync<string>(
            database,
            $"select encode(sha256(convert_to(data::text, 'UTF8')), 'hex') from {Schema}.mt_events where id = '{second.EventId}'"));
        told[^1].Digest.ShouldBe(await DigestAsync(database));
        told[^1].Count.ShouldBe(3);
        (await feed.HealthAsync()).Data["lag"].ShouldBe(0L);
    }

    [Fact]
    public async Task A_store_that_is_large_is_told_in_messages_that_join_without_a_gap()
    {
        string database = await CreateDatabaseAsync();
        await using FeedHost feed = await FeedHost.StartAsync(database, options => options.MessageBytesMax = 10_000);
        string text = new('x', 900);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => feed.NoteAsync($"s{i % 7}", text)));
        // Larger than a message may be: alone in one.
        await feed.NoteAsync("large", new string('y', 30_000));

        List<EventsRecorded> told = await FeedHost.EventsAsync(database, 61);

        ShouldJoin(told, 61);
        told.Count.ShouldBeGreaterThan(6);
        told.Where(message => message.Events.Count > 1).ShouldAllBe(message =>
            message.Events.Sum(e => e.Payload.GetRawText().Length) <= 10_000);
        told[^1].Digest.ShouldBe(await DigestAsync(database));
        string digest = StoreDigest.Empty.Text;
        StoreDigest running = StoreDigest.Empty;
        foreach (EventsRecorded message in told)
        {
            foreach (RecordedEvent e in message.Events)
            {
                running = running.With(e.Position, e.EventId, Convert.FromHexString(e.PayloadHash));
            }

            (message.Digest, message.Count, message.Through).ShouldBe((running.Text, running.Count, running.Through));
        }

        running.Text.ShouldNotBe(digest);
    }

    [Fact]
    public async Task Nothing_is_told_twice_or_left_out_when_connections_die_and_processes_start_again()
    {
        string database = await CreateDatabaseAsync();
        for (int round = 0; round < 6; round++)
        {
            await using FeedHost feed = await FeedHost.StartAsync(database);
            await using FeedHost replica = await FeedHost.StartAsync(database);
            for (int i = 0; i < 60; i++)
            {
                // Cuts whatever the feed is doing, in the middle of a transaction too.
                if (i % 20 == 10)
                {
                    await ExecuteAsync(database, Cut);
                }

                await NoteWhenItCanAsync(feed, $"s{i % 5}", $"{round}-{i}");
            }
        }

        int count = (int)await AskAsync<long>(database, $"select count(*) from {Schema}.mt_events");
        count.ShouldBeGreaterThanOrEqualTo(360);
        await using FeedHost last = await FeedHost.StartAsync(database);
        List<EventsRecorded> told = await FeedHost.EventsAsync(database, count);
        ShouldJoin(told, count);
        told[^1].Digest.ShouldBe(await DigestAsync(database));
    }

    [Fact]
    public async Task While_nobody_subscribes_nothing_is_lost_who_does_later_gets_all_of_it()
    {
        string database = await CreateDatabaseAsync(subscribed: false);
        await using FeedHost feed = await FeedHost.StartAsync(database);
        await feed.NoteAsync("a", "early");
        await Eventually.HoldsAsync(async () => (await feed.HealthAsync()).Data["lag"] is 1L, "the event waits");
        HealthReportEntry waiting = await feed.HealthAsync();
        waiting.Data["subscribed"].ShouldBe(false);
        waiting.Status.ShouldBe(HealthStatus.Healthy);
        (await feed.Recount.RunOnceAsync(CancellationToken.None)).ShouldBe(0);

        await SubscribeAsync(database);
        await feed.NoteAsync("a", "late");

        ShouldJoin(await FeedHost.EventsAsync(database, 2), 2);
        (await feed.HealthAsync()).Data["subscribed"].ShouldBe(true);
    }

    [Fact]
    public async Task What_is_secret_never_leaves_wherever_in_the_event_it_stands_and_the_hash_is_of_the_whole()
    {
        string database = await CreateDatabaseAsync();
        await using FeedHost feed = await FeedHost.StartAsync(database);
        await feed.Store.AppendAsync(new StreamAppend(
            "s", ExpectedVersion.NoStream, [new SecretMade("ada", "5ec3e7", new Inner("x", "5ea1ed"), [new Inner("y", "5ea1ed")])]));

        RecordedEvent told = (await FeedHost.EventsAsync(database, 1))[0].Events[0];

        told.Payload.GetRawText().ShouldBe("""{"Part": {"Name": "x"}, "Owner": "ada", "Parts": [{"Name": "y"}]}""", Told(told));
        told.PayloadHash.ShouldBe(await AskAsync<string>(
            database, $"select encode(sha256(convert_to(data::text, 'UTF8')), 'hex') from {Schema}.mt_events"));
        (await AskAsync<long>(database, "select count(*) from bus.message where data::text ~ '5ec3e7|5ea1ed'")).ShouldBe(0);
    }

    [Fact]
    public async Task Of_an_event_that_the_service_does_not_know_no_payload_is_told()
    {
        string database = await CreateDatabaseAsync();
        await using FeedHost feed = await FeedHost.StartAsync(database);
        await feed.NoteAsync("a", "one");
        await FeedHost.EventsAsync(database, 1);
        await ExecuteAsync(
            database,
            $$"""
            insert into {{Schema}}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, is_archived)
            select nextval('{{Schema}}.mt_events_sequence'), gen_random_uuid(), stream_id, 2, '{"Password": "x"}', 'unheard_of', now(),
                tenant_id, mt_dotnet_type, true
            from {{Schema}}.mt_events;
            update {{Schema}}.mt_streams set version = 2
            """);
        await feed.NoteAsync("b", "two");

        RecordedEvent unknown = (await FeedHost.EventsAsync(database, 3)).SelectMany(message => message.Events)
            .Single(e => e.Name == "unheard_of");
        unknown.Payload.EnumerateObject().ShouldBeEmpty();
    }

    private const string Cut =
        "select pg_terminate_backend(pid) from pg_stat_activity "
        + "where application_name = 'feed-under-test' and datname = current_database()";

    /// <summary>The command may be hit as well; then it is stored or not, and comes again.</summary>
    private static async Task NoteWhenItCanAsync(FeedHost feed, string stream, string text) => await Eventually.HoldsAsync(
        async () =>
        {
            try
            {
                await feed.NoteAsync(stream, text);
                return true;
            }
            catch (Exception e) when (e is StoreUnavailableException or AppendOutcomeUnknownException)
            {
                return false;
            }
        }, "the event is stored");

    private static string Told(RecordedEvent told) => JsonSerializer.Serialize(told);

    private static void ShouldJoin(List<EventsRecorded> told, int count)
    {
        told.SelectMany(message => message.Events).Select(e => e.Position).ShouldBe(Enumerable.Range(1, count).Select(i => (long)i));
        told.Select(message => message.After).ShouldBe(told.Select(message => message.Through).Prepend(0).SkipLast(1));
        told.ShouldAllBe(message => message.Through == message.Events.Max(e => e.Position));
        foreach (IGrouping<string, RecordedEvent> stream in told.SelectMany(message => message.Events).GroupBy(e => e.Stream))
        {
            stream.Select(e => e.Version).ShouldBe(Enumerable.Range(1, stream.Count()).Select(i => (long)i));
        }
    }
}
