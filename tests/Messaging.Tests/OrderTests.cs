using System.Collections.Concurrent;
using AccessGov.Messaging.Postgres;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Messaging.Tests;

public sealed class OrderTests
{
    private static readonly QueueStatements WithoutGuard = Broken((QueueStatements.OrderGuard, "($3 is not null)"), (QueueStatements.SubjectLock, "true"));

    private static readonly QueueStatements WithoutSubjectLock = Broken((QueueStatements.SubjectLock, "true"));

    [Fact]
    public async Task Each_subject_is_handled_in_order_and_once_by_four_competing_consumers_that_fail_at_random()
    {
        (await CompeteAsync(QueueStatements.Default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_test_catches_a_queue_without_the_order_guard()
    {
        (await CompeteAsync(WithoutGuard)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Two_messages_of_one_subject_are_never_handled_at_the_same_time_even_when_their_senders_commit_in_reverse()
    {
        (await HandleReversedCommitsAsync(QueueStatements.Default, together: false)).ShouldBe([2, 1]);
    }

    [Fact]
    public async Task The_same_test_catches_a_queue_without_the_subject_lock()
    {
        (await HandleReversedCommitsAsync(WithoutSubjectLock, together: true)).ShouldBe([2, -1]);
    }

    private static async Task<IReadOnlyList<string>> CompeteAsync(QueueStatements sql)
    {
        const int subjects = 15, each = 25;
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        var busy = new ConcurrentDictionary<string, bool>();
        var faults = new ConcurrentQueue<string>();
        var behaviour = new Behaviour
        {
            Run = async (message, envelope, _, cancellation) =>
            {
                if (!busy.TryAdd(message.Subject, true))
                {
                    faults.Enqueue($"{message.Subject} is handled twice at a time");
                    throw new InvalidOperationException("busy");
                }

                try
                {
                    // Chance comes from the message, so that a failing run can be repeated.
                    int chance = ((message.Subject[^1] * 7919) + (message.Number * 104_729) + (envelope.Attempt * 1_299_709)) % 100;
                    await Task.Delay(chance % 4, cancellation);
                    if (chance < 20)
                    {
                        throw new InvalidOperationException("by chance");
                    }
                }
                finally
                {
                    busy.TryRemove(message.Subject, out bool _);
                }
            },
        };
        await using TestService sender = await TestService.StartAsync(database, "sender");
        TestService[] receivers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestService.StartConsumerAsync(
            database, "receiver", behaviour, options => { options.Concurrency = 2; options.Retry.MaxAttempts = 100; }, sql)));

        await Task.WhenAll(Enumerable.Range(0, subjects).Select(async subject =>
        {
            for (int number = 1; number <= each; number++)
            {
                await sender.Bus.PublishAsync(new Noted($"subject-{subject}", number), new PublishOptions($"subject-{subject}", Guid.CreateVersion7()));
            }
        }));
        await Database.WaitUntilEmptyAsync(database, "receiver", 2 * Eventually.Bound);
        Dictionary<string, List<int>> effects = await Database.EffectsAsync(database, "receiver");
        await Task.WhenAll(receivers.Select(receiver => receiver.DisposeAsync().AsTask()));

        effects.Count.ShouldBe(subjects);
        effects.Values.Sum(numbers => numbers.Count).ShouldBe(subjects * each);
        return [.. faults, .. effects.Where(pair => !pair.Value.SequenceEqual(Enumerable.Range(1, each))).Select(pair => $"{pair.Key}: {string.Join(' ', pair.Value)}")];
    }

    /// <summary>Number 1 is published first and committed last, while 2 is being handled; answers the numbers in the order of handling, negative when not alone.</summary>
    private static async Task<IReadOnlyList<int>> HandleReversedCommitsAsync(QueueStatements sql, bool together)
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        var begun = new ConcurrentQueue<int>();
        var release = new TaskCompletionSource();
        var behaviour = new Behaviour
        {
            Run = async (message, _, _, cancellation) =>
            {
                if (message.Subject == "a")
                {
                    begun.Enqueue(release.Task.IsCompleted || message.Number == 2 ? message.Number : -message.Number);
                    await release.Task.WaitAsync(cancellation);
                }
            },
        };
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver", behaviour, options => options.Concurrency = 3, sql);
        await using NpgsqlDataSource pool = NpgsqlDataSource.Create(database);
        await using NpgsqlConnection connection = await pool.OpenConnectionAsync();
        await using NpgsqlTransaction slow = await connection.BeginTransactionAsync();
        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()), slow);

        await sender.Bus.PublishAsync(new Noted("a", 2), new PublishOptions("a", Guid.CreateVersion7()));
        await Eventually.HoldsAsync(() => begun.Count == 1, "2 is being handled");
        await slow.CommitAsync();
        if (together)
        {
            await Eventually.HoldsAsync(() => begun.Count == 2, "1 is handled beside it");
        }

        // Another subject's message comes through after each of the other consumers has had its chance at number 1.
        for (int number = 1; number <= 5; number++)
        {
            await sender.Bus.PublishAsync(new Noted("b", number), new PublishOptions("b", Guid.CreateVersion7()));
            await Eventually.HoldsAsync(
                async () => await Database.CountAsync(database, "effect where subject = 'b'") == number, "the other subject goes on");
        }

        release.SetResult();
        await Eventually.HoldsAsync(() => begun.Count == 2, "1 is handled");
        await Database.WaitUntilEmptyAsync(database, "receiver");
        return [.. begun];
    }

    private static QueueStatements Broken(params (string Part, string By)[] replacements)
    {
        QueueStatements sql = QueueStatements.Default;
        foreach ((string part, string by) in replacements)
        {
            sql = sql with
            {
                TakeNear = sql.TakeNear.Replace(part, by, StringComparison.Ordinal),
                TakeFar = sql.TakeFar.Replace(part, by, StringComparison.Ordinal),
            };
        }

        return sql;
    }
}
