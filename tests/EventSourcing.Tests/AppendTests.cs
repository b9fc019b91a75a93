using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EventSourcing.Tests;

public sealed class AppendTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task What_is_appended_is_loaded_read_and_followed()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        var started = new CounterStarted("ada", new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.FromHours(2)));
        var metadata = new EventMetadata("ada", "trace", "message", "10.0.0.1", "bob");
        AppendReceipt receipt = await store.AppendAsync(
            new StreamAppend("counter-1", ExpectedVersion.NoStream, [started, new CounterRaised(3, Mood.Hurried)]) { StreamType = "counter", Metadata = metadata });

        receipt.Version.ShouldBe(2);
        receipt.Repeated.ShouldBeFalse();
        (await store.PositionOfAsync(receipt)).ShouldBe(2);
        (await store.HeadAsync()).ShouldBe(2);

        EventStream stream = await store.LoadAsync("counter-1");
        stream.Version.ShouldBe(2);
        stream.Events.Select(stored => stored.Data).ShouldBe([started, new CounterRaised(3, Mood.Hurried)]);
        ((CounterStarted)stream.Events[0].Data).At.Offset.ShouldBe(TimeSpan.FromHours(2));
        stream.Events.ShouldAllBe(stored => stored.Metadata == metadata);

        IReadOnlyList<StoredEvent> all = await store.ReadAllAsync(0, 10);
        all.ShouldBe(stream.Events);
        all.Select(stored => stored.Position).ShouldBe([1, 2]);

        await foreach (IReadOnlyList<StoredEvent> batch in store.FollowAsync(1))
        {
            batch.Single().ShouldBe(all[1]);
            break;
        }
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_is_empty_at_version_0()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        EventStream stream = await store.LoadAsync("nobody");
        stream.Version.ShouldBe(0);
        stream.Events.ShouldBeEmpty();
        (await store.ReadAllAsync(0, 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_way_an_append_fails_is_an_error_of_its_own_and_burns_no_sequence_value()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        string schema = store.Options.Schema;
        await store.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream));
        await store.AppendAsync(Counters.Raise("archived", ExpectedVersion.NoStream));
        await database.DataSource.RunAsync($"update {schema}.mt_streams set is_archived = true where id = 'archived'");
        long before = await database.DataSource.AskAsync<long>($"select last_value from {schema}.mt_events_sequence");

        (await Should.ThrowAsync<WrongExpectedVersionException>(() => store.AppendAsync(Counters.Raise("a", ExpectedVersion.Exactly(7))))).Expected.ShouldBe(7);
        await Should.ThrowAsync<WrongExpectedVersionException>(() => store.AppendAsync(Counters.Raise("nobody", ExpectedVersion.Exactly(1))));
        await Should.ThrowAsync<StreamAlreadyExistsException>(() => store.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream)));
        await Should.ThrowAsync<StreamArchivedException>(() => store.AppendAsync(Counters.Raise("archived", ExpectedVersion.Exactly(1))));
        await Should.ThrowAsync<StreamArchivedException>(() => store.AppendAsync(Counters.Raise("archived", ExpectedVersion.Any)));

        (await database.DataSource.AskAsync<long>($"select last_value from {schema}.mt_events_sequence")).ShouldBe(before);
        (await database.DataSource.AskAsync<long>($"select count(*) from {schema}.mt_events")).ShouldBe(2);
        (await database.DataSource.AskAsync<long>($"select count(*) from {schema}.mt_streams")).ShouldBe(2);
    }

    [Fact]
    public async Task One_conflict_among_many_does_not_fail_its_neighbours()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        await store.AppendAsync(Counters.Raise("taken", ExpectedVersion.NoStream));
        IReadOnlyList<AppendResult> results = await store.AppendManyAsync(
        [
            Counters.Raise("new", ExpectedVersion.NoStream),
            Counters.Raise("taken", ExpectedVersion.NoStream),
            Counters.Raise("taken", ExpectedVersion.Exactly(1)),
            Counters.Raise("taken", ExpectedVersion.Any),
            Counters.Raise("other", ExpectedVersion.Any),
        ]);
        results.Select(result => result.Receipt?.Version).ShouldBe([1, null, 2, 3, 1]);
        results[1].Failure.ShouldBeOfType<StreamAlreadyExistsException>();
    }

    [Fact]
    public async Task What_the_database_refuses_fails_alone()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database, options => options.Writers = 1);
        // jsonb cannot hold the character NUL.
        var poison = new StreamAppend("poison", ExpectedVersion.NoStream, [new CounterStarted("\0", DateTimeOffset.UnixEpoch)]);
        Task<AppendReceipt>[] appends = [.. Enumerable.Range(0, 50).Select(i => store.AppendAsync(
            i == 25 ? poison : Counters.Raise($"s{i}", ExpectedVersion.NoStream)))];
        await Should.ThrowAsync<PostgresException>(() => appends[25]);
        foreach (Task<AppendReceipt> append in appends.Where((_, i) => i != 25))
        {
            (await append).Version.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Sql_alongside_commits_with_the_events_or_not_at_all()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        string schema = store.Options.Schema;
        await database.DataSource.RunAsync($"create table {schema}.names (name text primary key, stream text not null)");
        StreamAppend Named(string stream, string name) => Counters.Raise(stream, ExpectedVersion.NoStream) with
        {
            Alongside = async (transaction, receipt, cancellation) =>
            {
                await using var insert = new NpgsqlCommand($"insert into {schema}.names values ('{name}', '{receipt.StreamId}')", transaction.Connection, transaction);
                await insert.ExecuteNonQueryAsync(cancellation);
            },
        };

        AppendReceipt receipt = await store.AppendAsync(Named("one", "ada"));
        (await store.PositionOfAsync(receipt)).ShouldBe(1);
        (await Should.ThrowAsync<PostgresException>(() => store.AppendAsync(Named("two", "ada")))).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        (await store.LoadAsync("two")).Version.ShouldBe(0);
        (await database.DataSource.AskAsync<string>($"select stream from {schema}.names")).ShouldBe("one");
        await Should.ThrowAsync<ArgumentException>(() => store.AppendManyAsync([Named("three", "bob")]));
    }

    [Fact]
    public async Task An_event_that_is_not_registered_and_an_empty_append_are_refused()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        await Should.ThrowAsync<ArgumentException>(() => store.AppendAsync(new StreamAppend("a", ExpectedVersion.Any, ["text"])));
        await Should.ThrowAsync<ArgumentException>(() => store.AppendAsync(new StreamAppend("a", ExpectedVersion.Any, [])));
        await Should.ThrowAsync<ArgumentException>(() => store.AppendAsync(Counters.Raise("", ExpectedVersion.Any)));
    }
}
