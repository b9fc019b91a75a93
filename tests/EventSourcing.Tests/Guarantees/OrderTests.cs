using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EventSourcing.Tests.Guarantees;

/// <summary>
/// Guarantee 2: every committed event gets a position, once, whatever other transactions are open; positions are dense and agree with every stream.
/// Each interleaving below is played step by step on real connections.
/// </summary>
public sealed class OrderTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Every_interleaving_is_numbered_densely_without_loss_and_in_the_order_of_every_stream() =>
        (await ViolationsAsync(BrokenStores.Healthy)).ShouldBeEmpty();

    [Theory]
    [InlineData(BrokenStores.SequenceWithoutHorizon, "late_commit: 1 of 2 events have a position")]
    [InlineData(BrokenStores.HorizonWithPositionCheckpoint, "late_commit_of_a_lower_sequence: 1 of 2 events have a position")]
    [InlineData(BrokenStores.TransactionThenSequence, "append_in_an_older_transaction: stream s has version 2 before version 1")]
    [InlineData(BrokenStores.SequenceOrder, "sequence_drawn_before_the_predecessor: stream s has version 2 before version 1")]
    public async Task A_broken_order_is_found(string variant, string violation) => (await ViolationsAsync(variant)).ShouldContain(violation);

    private async Task<List<string>> ViolationsAsync(string variant)
    {
        var violations = new List<string>();
        foreach ((string name, Func<Interleaving, Task> play) in Interleavings())
        {
            await using PostgresEventStore store = Stores.Create(database.DataSource, Stores.NewSchema());
            string schema = store.Options.Schema;
            await using (NpgsqlConnection connection = await database.DataSource.OpenConnectionAsync())
            {
                await EventStoreSchema.CreateAsync(connection, schema);
            }

            await database.DataSource.RunAsync(BrokenStores.Sql(variant, schema));
            await using (var interleaving = new Interleaving(database.DataSource, schema))
            {
                await play(interleaving);
                await interleaving.NumberAsync();
            }

            violations.AddRange((await FeedAudit.ViolationsAsync(database.DataSource, schema)).Select(violation => $"{name}: {violation}"));
        }

        return violations;
    }

    private static IEnumerable<(string Name, Func<Interleaving, Task> Play)> Interleavings()
    {
        yield return ("late_commit", async play =>
        {
            await play.InsertAsync("first", "a", 1);
            await play.InsertAsync("second", "b", 1);
            await play.CommitAsync("second");
            await play.NumberAsync();
            await play.CommitAsync("first");
        });
        yield return ("late_commit_of_a_lower_sequence", async play =>
        {
            await play.TakeTransactionIdAsync("low");
            await play.TakeTransactionIdAsync("high");
            await play.InsertAsync("high", "a", 1);
            await play.InsertAsync("low", "b", 1);
            await play.CommitAsync("low");
            await play.NumberAsync();
            await play.CommitAsync("high");
        });
        yield return ("append_in_an_older_transaction", async play =>
        {
            await play.TakeTransactionIdAsync("older");
            await play.InsertAsync("younger", "s", 1);
            await play.CommitAsync("younger");
            await play.InsertAsync("older", "s", 2);
            await play.CommitAsync("older");
        });
        yield return ("sequence_drawn_before_the_predecessor", async play =>
        {
            long early = await play.DrawSequenceAsync("later");
            await play.InsertAsync("earlier", "s", 1);
            await play.CommitAsync("earlier");
            await play.InsertAsync("later", "s", 2, early);
            await play.CommitAsync("later");
        });
        yield return ("a_stream_across_rounds_with_others_open", async play =>
        {
            await play.InsertAsync("open", "x", 1);
            await play.InsertAsync("one", "s", 1);
            await play.CommitAsync("one");
            await play.NumberAsync();
            await play.InsertAsync("two", "s", 2);
            await play.InsertAsync("two", "s", 3);
            await play.CommitAsync("two");
            await play.NumberAsync();
            await play.RollbackAsync("open");
            await play.InsertAsync("three", "x", 1);
            await play.CommitAsync("three");
        });
    }
}
