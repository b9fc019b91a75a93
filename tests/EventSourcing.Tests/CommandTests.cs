using AccessGov.Testing;

namespace AccessGov.EventSourcing.Tests;

public sealed class CommandTests(PostgresFixture database) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_command_is_accepted_refused_or_has_nothing_to_do()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        (await RaiseAsync(store, 3)).ShouldBeOfType<CommandResult<int>.Accepted>().ShouldSatisfyAllConditions(
            accepted => accepted.State.ShouldBe(3), accepted => accepted.Receipt.Version.ShouldBe(1));
        (await RaiseAsync(store, 4)).ShouldBeOfType<CommandResult<int>.Accepted>().State.ShouldBe(7);
        (await RaiseAsync(store, 0)).ShouldBeOfType<CommandResult<int>.NothingToDo>().ShouldSatisfyAllConditions(
            nothing => nothing.State.ShouldBe(7), nothing => (nothing.Version, nothing.Last?.Version).ShouldBe((2L, (long?)2L)));
        (await store.PositionOfAsync(((CommandResult<int>.NothingToDo)await RaiseAsync(store, 0)).Last!)).ShouldBe(await store.HeadAsync());
        (await RaiseAsync(store, 99)).ShouldBe(new CommandResult<int>.Refused(TooMuch));
        (await store.LoadAsync("counter")).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Rivals_decide_again_and_no_raise_is_lost_or_goes_over_the_limit()
    {
        await using PostgresEventStore one = await Stores.StartAsync(database);
        await using PostgresEventStore two = await Stores.StartAsync(database.DataSource, one.Options.Schema);
        CommandResult<int>[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => RaiseAsync(i % 2 == 0 ? one : two, 4)));
        results.OfType<CommandResult<int>.Accepted>().Select(accepted => accepted.State).Order().ShouldBe([4, 8]);
        results.OfType<CommandResult<int>.Refused>().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_repeated_command_gets_the_first_answer_although_the_rule_would_now_refuse()
    {
        await using PostgresEventStore store = await Stores.StartAsync(database);
        CommandResult<int>.Accepted first = (await RaiseAsync(store, 6, "key")).ShouldBeOfType<CommandResult<int>.Accepted>();
        await RaiseAsync(store, 3);
        CommandResult<int>.Accepted again = (await RaiseAsync(store, 6, "key")).ShouldBeOfType<CommandResult<int>.Accepted>();
        again.State.ShouldBe(6);
        again.Receipt.ShouldBe(first.Receipt with { Repeated = true });
        (await store.LoadAsync("counter")).Version.ShouldBe(2);
    }

    private static readonly Refusal TooMuch = new("too_much", "A counter stays at 10 or below.");

    private static Task<CommandResult<int>> RaiseAsync(PostgresEventStore store, int by, string? key = null) =>
        store.RunAsync<int, CounterRaised>(
            "counter", "counter", 0, (state, raised) => state + raised.By,
            state => by == 0 ? Outcome.NothingToDo<CounterRaised>() : state + by > 10 ? TooMuch : new CounterRaised(by), idempotencyKey: key);
}
