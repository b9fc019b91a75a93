using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EventSourcing.Tests.Guarantees;

/// <summary>Guarantee 4: expected versions hold under any concurrency; a command repeated with its idempotency key gets the first answer.</summary>
public sealed class VersionAndKeyTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    private delegate Task<AppendReceipt> Append(PostgresEventStore store, StreamAppend append);

    [Fact]
    public async Task Of_appends_that_expect_the_same_version_exactly_one_succeeds() => (await VersionViolationsAsync(BrokenStores.Healthy)).ShouldBeEmpty();

    [Fact]
    public async Task A_version_that_is_checked_and_then_acted_upon_is_found() =>
        (await VersionViolationsAsync(BrokenStores.VersionCheckedThenActed)).ShouldContain("2 of 2 appends expecting version 1 succeeded");

    [Fact]
    public async Task A_command_repeated_with_its_key_gets_the_first_answer_also_when_the_two_race() =>
        (await KeyViolationsAsync((store, append) => store.AppendAsync(append))).ShouldBeEmpty();

    [Fact]
    public async Task A_key_that_is_kept_outside_the_transaction_is_found() =>
        (await KeyViolationsAsync(AppendWithKeyOutsideAsync)).ShouldContain("the twins appended 2 events");

    [Fact]
    public async Task One_key_on_two_streams_at_once_appends_to_one_of_them()
    {
        await using PostgresEventStore one = await Stores.StartAsync(database);
        await using PostgresEventStore two = await Stores.StartAsync(database.DataSource, one.Options.Schema);
        for (int i = 0; i < 20; i++)
        {
            AppendReceipt[] receipts = await Task.WhenAll(
                one.AppendAsync(Counters.Raise($"left-{i}", ExpectedVersion.NoStream) with { IdempotencyKey = $"key-{i}" }),
                two.AppendAsync(Counters.Raise($"right-{i}", ExpectedVersion.NoStream) with { IdempotencyKey = $"key-{i}" }));
            receipts[0].StreamId.ShouldBe(receipts[1].StreamId);
            receipts.Count(receipt => receipt.Repeated).ShouldBe(1);
        }

        (await database.DataSource.AskAsync<long>($"select count(*) from {one.Options.Schema}.mt_streams")).ShouldBe(20);
    }

    [Fact]
    public async Task A_key_that_comes_back_with_another_command_is_refused_on_every_way_and_the_first_command_is_still_answered()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        StreamAppend first = Counters.Raise("kept", ExpectedVersion.NoStream) with { IdempotencyKey = "key", CommandHash = "a" };
        StreamAppend other = Counters.Raise("other", ExpectedVersion.NoStream) with { IdempotencyKey = "key", CommandHash = "b" };
        AppendReceipt receipt = await store.AppendAsync(first);

        await Should.ThrowAsync<IdempotencyKeyReusedException>(() => store.AppendAsync(other));
        await Should.ThrowAsync<IdempotencyKeyReusedException>(() => store.AppendAsync(other with { Alongside = (_, _, _) => Task.CompletedTask }));
        await Should.ThrowAsync<IdempotencyKeyReusedException>(() => store.FindReceiptAsync("key", "b"));
        (await store.AppendManyAsync([other]))[0].Failure.ShouldBeOfType<IdempotencyKeyReusedException>();
        (await store.LoadAsync("other")).Version.ShouldBe(0);
        (await store.AppendAsync(first)).ShouldBe(receipt with { Repeated = true });
        (await store.FindReceiptAsync("key")).ShouldBe(receipt with { Repeated = true });
    }

    private async Task<List<string>> VersionViolationsAsync(string variant)
    {
        // Two stores, as two processes: within one store a stream's appends take turns anyway.
        await using PostgresEventStore one = await Stores.StartAsync(database);
        await using PostgresEventStore two = await Stores.StartAsync(database.DataSource, one.Options.Schema);
        await database.DataSource.RunAsync(BrokenStores.Sql(variant, one.Options.Schema));
        var violations = new List<string>();
        for (int i = 0; i < 20; i++)
        {
            await one.AppendAsync(Counters.Raise($"s{i}", ExpectedVersion.NoStream));
            Task<AppendReceipt>[] rivals =
            [
                one.AppendAsync(Counters.Raise($"s{i}", ExpectedVersion.Exactly(1))),
                two.AppendAsync(Counters.Raise($"s{i}", ExpectedVersion.Exactly(1)) with { Alongside = (_, _, _) => Task.CompletedTask }),
            ];
            await Task.WhenAll(rivals).ContinueWith(_ => { }, TaskScheduler.Default);
            int succeeded = rivals.Count(rival => rival.IsCompletedSuccessfully);
            if (succeeded != 1)
            {
                violations.Add($"{succeeded} of 2 appends expecting version 1 succeeded");
            }

            violations.AddRange(rivals.Where(rival => rival.IsFaulted && rival.Exception.InnerException is not WrongExpectedVersionException)
                .Select(rival => $"the loser was told: {rival.Exception!.InnerException!.Message}"));
        }

        return violations;
    }

    private async Task<List<string>> KeyViolationsAsync(Append append)
    {
        await using PostgresEventStore one = await Stores.StartAsync(database);
        await using PostgresEventStore two = await Stores.StartAsync(database.DataSource, one.Options.Schema);
        var violations = new List<string>();
        for (int i = 0; i < 20; i++)
        {
            ExpectedVersion expected = i % 2 == 0 ? ExpectedVersion.Any : ExpectedVersion.NoStream;
            StreamAppend command = Counters.Raise($"s{i}", expected) with { IdempotencyKey = $"key-{i}" };
            AppendReceipt[] twins = await Task.WhenAll(
                Task.Run(() => append(one, command)), Task.Run(() => append(two, command with { Alongside = (_, _, _) => Task.CompletedTask })));
            AppendReceipt later = await append(one, command with { Expected = ExpectedVersion.Exactly(77) });
            long events = await database.DataSource.AskAsync<long>($"select count(*) from {one.Options.Schema}.mt_events where stream_id = 's{i}'");
            if (events != 1)
            {
                violations.Add($"the twins appended {events} events");
            }

            if (twins.Append(later).Any(receipt => receipt.Version != 1 || receipt.LastSequence != twins[0].LastSequence) || !later.Repeated)
            {
                violations.Add("the answers differ");
            }
        }

        return violations;
    }

    private static async Task<AppendReceipt> AppendWithKeyOutsideAsync(PostgresEventStore store, StreamAppend append)
    {
        if (await store.FindReceiptAsync(append.IdempotencyKey!) is { } first)
        {
            return first;
        }

        AppendReceipt receipt = await store.AppendAsync(append with { IdempotencyKey = null, Expected = ExpectedVersion.Any });
        await using NpgsqlCommand remember = store.DataSource.CreateCommand(
            $"""
            insert into {store.Options.Schema}.event_store_idempotency (key, stream_id, version, sequence)
            values ('{append.IdempotencyKey}', '{receipt.StreamId}', {receipt.Version}, {receipt.LastSequence}) on conflict (key) do nothing
            """);
        await remember.ExecuteNonQueryAsync();
        return receipt;
    }
}
