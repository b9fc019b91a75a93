using AccessGov.EventSourcing.Tests.Guarantees;
using AccessGov.Testing;

namespace AccessGov.EventSourcing.Tests;

/// <summary>What Marten, or somebody at a prompt, may have written into the same tables.</summary>
public sealed class MartenRowsTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_layout_is_martens_column_for_column()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        string columns = await database.DataSource.AskAsync<string>(
            $"""
            select string_agg(line, E'\n') from (
                select format('%s: %s', table_name, string_agg(format('%s %s%s%s', column_name, udt_name, coalesce('(' || character_maximum_length || ')', ''),
                       case when is_nullable = 'NO' then '!' end), ', ' order by ordinal_position)) as line
                from information_schema.columns where table_schema = '{store.Options.Schema}' and table_name like 'mt\_%' group by table_name order by table_name) t
            """);
        columns.Split('\n').ShouldBe(
        [
            "mt_event_progression: name varchar!, last_seq_id int8, last_updated timestamptz",
            "mt_events: seq_id int8!, id uuid!, stream_id varchar, version int8!, data jsonb!, bdata bytea, type varchar(500)!, timestamp timestamptz!, "
                + "tenant_id varchar, mt_dotnet_type varchar, correlation_id varchar, causation_id varchar, headers jsonb, is_archived bool",
            "mt_high_water_skips: ending_sequence int8!, starting_sequence int8!, timestamp timestamptz",
            "mt_streams: id varchar!, type varchar, version int8, timestamp timestamptz!, created timestamptz!, tenant_id varchar, is_archived bool",
        ]);
        (await database.DataSource.AskAsync<string>(
            $"select string_agg(conname, ' ' order by conname) from pg_constraint where connamespace = '{store.Options.Schema}'::regnamespace and conrelid::regclass::text like '%mt\\_%'"))
            .ShouldBe("fkey_mt_events_stream_id pk_mt_event_progression pkey_mt_events_seq_id pkey_mt_high_water_skips_ending_sequence pkey_mt_streams_id");
        (await database.DataSource.AskAsync<bool>(
            $"""
            select i.indisunique and not exists (select from pg_constraint where conindid = i.indexrelid)
            from pg_index i where i.indexrelid = '{store.Options.Schema}.pk_mt_events_stream_and_version'::regclass
            """)).ShouldBeTrue();
        (await database.DataSource.AskAsync<string>($"select pg_get_serial_sequence('{store.Options.Schema}.mt_events', 'seq_id')"))
            .ShouldBe($"{store.Options.Schema}.mt_events_sequence");
    }

    [Fact]
    public async Task Events_are_stored_as_marten_stores_them()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        string schema = store.Options.Schema;
        await store.AppendAsync(new StreamAppend(
            "counter-1", ExpectedVersion.NoStream, [new CounterStarted("ada", new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.FromHours(1))), new CounterRaised(2, Mood.Hurried)])
            { StreamType = "counter", Metadata = new EventMetadata("ada", "trace", "cause", "here", "bob") });
        (await database.DataSource.AskAsync<string>($"select string_agg(data::text, ' ' order by version) from {schema}.mt_events"))
            .ShouldBe("""{"At": "2026-03-01T09:00:00+01:00", "By": "ada"} {"By": 2, "Mood": "Hurried"}""");
        (await database.DataSource.AskAsync<string>(
            $"select concat_ws(' ', type, mt_dotnet_type, tenant_id, correlation_id, causation_id, headers, is_archived) from {schema}.mt_events where version = 1"))
            .ShouldBe("counter_started AccessGov.EventSourcing.Tests.CounterStarted, AccessGov.EventSourcing.Tests *DEFAULT* trace cause "
                + """{"actor": "ada", "source": "here", "on_behalf_of": "bob"} f""");
        (await database.DataSource.AskAsync<string>($"select concat_ws(' ', id, type, version, tenant_id, is_archived) from {schema}.mt_streams"))
            .ShouldBe("counter-1 counter 2 *DEFAULT* f");
    }

    [Fact]
    public async Task A_stream_of_version_0_without_a_type_is_a_stream_that_does_not_exist_yet()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        await database.DataSource.RunAsync($"insert into {store.Options.Schema}.mt_streams (id, type, version) values ('zero', null, 0), ('null', null, null)");
        foreach (string stream in (string[])["zero", "null"])
        {
            (await store.LoadAsync(stream)).ShouldSatisfyAllConditions(loaded => loaded.Version.ShouldBe(0), loaded => loaded.Events.ShouldBeEmpty());
            await Should.ThrowAsync<WrongExpectedVersionException>(() => store.AppendAsync(Counters.Raise(stream, ExpectedVersion.Exactly(1))));
            (await store.AppendAsync(Counters.Raise(stream, ExpectedVersion.NoStream))).Version.ShouldBe(1);
            (await database.DataSource.AskAsync<string>($"select type from {store.Options.Schema}.mt_streams where id = '{stream}'")).ShouldBe("counter");
        }
    }

    [Fact]
    public async Task Tombstones_holes_and_archived_events_are_skipped_and_positions_stay_dense()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        string schema = store.Options.Schema;
        await store.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream, 1));
        await database.DataSource.RunAsync(
            $$"""
            insert into {{schema}}.mt_streams (id, type, version) values ('mt_tombstone', null, 0);
            insert into {{schema}}.mt_events (seq_id, id, stream_id, version, data, type, timestamp) values
                (nextval('{{schema}}.mt_events_sequence'), gen_random_uuid(), 'mt_tombstone', 7, '{}', 'tombstone', '-infinity'),
                (nextval('{{schema}}.mt_events_sequence'), gen_random_uuid(), 'mt_tombstone', 9, '{}', 'tombstone', '-infinity');
            select setval('{{schema}}.mt_events_sequence', 1000)
            """);
        await store.AppendAsync(Counters.Raise("a", ExpectedVersion.Exactly(1), 2));
        await store.AppendAsync(Counters.Raise("b", ExpectedVersion.NoStream, 3));
        AppendReceipt last = await store.AppendAsync(Counters.Raise("a", ExpectedVersion.Exactly(2), 4));
        (await store.PositionOfAsync(last)).ShouldBe(4);
        await database.DataSource.RunAsync($"update {schema}.mt_events set is_archived = true where stream_id = 'a' and version = 1");
        await database.DataSource.RunAsync($"update {schema}.mt_streams set is_archived = true where id = 'b'; update {schema}.mt_events set is_archived = true where stream_id = 'b'");

        (await store.ReadAllAsync(0, 100)).Select(stored => (stored.Position, ((CounterRaised)stored.Data).By)).ShouldBe([(2, 2), (4, 4)]);
        (await store.ReadAllAsync(0, 2)).Select(stored => stored.Position).ShouldBe([2, 4]);
        (await store.ReadAllAsync(2, 1)).Select(stored => stored.Position).ShouldBe([4]);
        (await store.LoadAsync("a")).ShouldSatisfyAllConditions(
            stream => stream.Version.ShouldBe(3), stream => stream.Events.Select(stored => stored.Version).ShouldBe([2, 3]));
        (await store.LoadAsync("mt_tombstone")).Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_inserted_by_others_are_numbered_and_read_and_appended_to()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        await using (var other = new Interleaving(database.DataSource, store.Options.Schema))
        {
            await other.InsertAsync("marten", "theirs", 1);
            await other.InsertAsync("marten", "theirs", 2);
            await other.CommitAsync("marten");
        }

        AppendReceipt receipt = await store.AppendAsync(Counters.Raise("theirs", ExpectedVersion.Exactly(2)));
        await store.PositionOfAsync(receipt);
        (await store.ReadAllAsync(0, 10)).Select(stored => (stored.Position, stored.Version)).ShouldBe([(1, 1), (2, 2), (3, 3)]);
    }

    [Fact]
    public async Task A_schema_that_marten_filled_before_is_taken_over_with_all_its_events()
    {
        string schema = Stores.NewSchema();
        await database.DataSource.RunAsync($"create schema {schema}");
        await database.DataSource.RunAsync(EventStoreSchema.Script("tables.sql", schema).Split("-- Ours, beside the layout.")[0]);
        await using (var marten = new Interleaving(database.DataSource, schema))
        {
            await marten.InsertAsync("marten", "old", 1);
            await marten.InsertAsync("marten", "old", 2);
            await marten.CommitAsync("marten");
        }

        await using PostgresEventStore store = await Stores.StartAsync(database.DataSource, schema);
        await store.PositionOfAsync(await store.AppendAsync(Counters.Raise("old", ExpectedVersion.Exactly(2))));
        (await store.ReadAllAsync(0, 10)).Select(stored => stored.Version).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task An_event_nobody_registered_or_that_does_not_fit_its_type_stops_the_reader_by_name()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        await store.PositionOfAsync(await store.AppendAsync(Counters.Raise("a", ExpectedVersion.NoStream)));
        await database.DataSource.RunAsync($"update {store.Options.Schema}.mt_events set type = 'unheard_of'");
        (await Should.ThrowAsync<UnreadableEventException>(() => store.ReadAllAsync(0, 10))).Name.ShouldBe("unheard_of");
        await database.DataSource.RunAsync($"update {store.Options.Schema}.mt_events set type = 'counter_started'");
        (await Should.ThrowAsync<UnreadableEventException>(() => store.LoadAsync("a"))).Sequence.ShouldBe(1);
    }
}
