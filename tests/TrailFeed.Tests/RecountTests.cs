using AccessGov.Contracts.Audit.V1;
using AccessGov.Testing;
using static AccessGov.TrailFeed.Tests.FeedHost;

namespace AccessGov.TrailFeed.Tests;

/// <summary>What was removed or changed since it was told shows when the store is read again.</summary>
public sealed class RecountTests
{
    [Fact]
    public async Task A_store_as_it_was_told_is_recounted_to_the_same_digest()
    {
        string database = await CreateDatabaseAsync();
        await using FeedHost feed = await FeedHost.StartAsync(database);
        EventsRecorded told = await TellAsync(feed, database);

        StoreRecounted recounted = await RecountAsync(feed, database);

        (recounted.Service, recounted.Stream).ShouldBe((Service, "events"));
        (recounted.Through, recounted.Count, recounted.Digest).ShouldBe((told.Through, told.Count, told.Digest));
    }

    [Theory]
    [InlineData("delete from things.mt_events where seq_id = 3", 8)]
    [InlineData("delete from things.mt_events where seq_id = 9", 8)]
    [InlineData("""update things.mt_events set data = jsonb_set(data, '{Text}', '"another"') where seq_id = 4""", 9)]
    [InlineData("update things.mt_events set id = gen_random_uuid() where seq_id = 1", 9)]
    [InlineData("delete from things.event_store_feed where position = 2", 8)]
    public async Task What_somebody_did_to_the_database_changes_the_recount(string deed, int left)
    {
        string database = await CreateDatabaseAsync();
        await using FeedHost feed = await FeedHost.StartAsync(database);
        EventsRecorded told = await TellAsync(feed, database);
        await ExecuteAsync(database, deed);

        StoreRecounted recounted = await RecountAsync(feed, database);

        recounted.Through.ShouldBe(told.Through);
        recounted.Count.ShouldBe(left);
        recounted.Digest.ShouldNotBe(told.Digest);
        recounted.Digest.ShouldBe(await DigestAsync(database));
    }

    [Fact]
    public async Task A_service_recounts_by_itself_when_it_starts()
    {
        string database = await CreateDatabaseAsync();
        await using (FeedHost feed = await FeedHost.StartAsync(database))
        {
            await TellAsync(feed, database);
        }

        await using FeedHost again = await FeedHost.StartAsync(database);
        await Eventually.HoldsAsync(async () => (await RecountsAsync(database)).Count > 0, "the store is recounted");
        await Eventually.HoldsAsync(async () => (await again.HealthAsync()).Data.ContainsKey("recounted"), "health says when");
    }

    [Fact]
    public async Task One_replica_recounts_at_a_time()
    {
        string database = await CreateDatabaseAsync();
        await using FeedHost feed = await FeedHost.StartAsync(database);
        await TellAsync(feed, database);
        await using var other = new Npgsql.NpgsqlConnection(database);
        await other.OpenAsync();
        await using (var take = new Npgsql.NpgsqlCommand("select pg_advisory_lock(hashtextextended('things.audit_feed', 0))", other))
        {
            await take.ExecuteNonQueryAsync();
        }

        (await feed.Recount.RunOnceAsync(CancellationToken.None)).ShouldBe(0);
        await other.CloseAsync();
        Npgsql.NpgsqlConnection.ClearPool(other);
        await Eventually.HoldsAsync(async () => await feed.Recount.RunOnceAsync(CancellationToken.None) == 1, "it is its turn");
        (await feed.Recount.RunOnceAsync(CancellationToken.None)).ShouldBe(1, "it gave the turn back");
    }

    private static async Task<EventsRecorded> TellAsync(FeedHost feed, string database)
    {
        for (int i = 0; i < 9; i++)
        {
            await feed.NoteAsync($"s{i % 2}", $"text {i}");
        }

        return (await FeedHost.EventsAsync(database, 9))[^1];
    }

    private static async Task<StoreRecounted> RecountAsync(FeedHost feed, string database)
    {
        (await feed.Recount.RunOnceAsync(CancellationToken.None)).ShouldBe(1);
        return (await RecountsAsync(database))[^1];
    }

    private static Task<List<StoreRecounted>> RecountsAsync(string database) =>
        HeardAsync<StoreRecounted>(database, StoreRecounted.MessageName);
}
