using AccessGov.Testing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.EventSourcing.Tests;

public sealed class OutageTests
{
    [Theory]
    [InlineData("57P03", "The database is starting up")]
    [InlineData("28P01", "The database refuses the service's login (28P01)")]
    [InlineData("28000", "The database refuses the service's login (28000)")]
    [InlineData("3D000", "The service's database does not exist")]
    [InlineData("42501", "The service's login role lacks a right")]
    [InlineData("53300", "The database answers with an error (53300)")]
    public void Why_a_store_cannot_start_is_said_in_a_sentence_without_names(string state, string beginning)
    {
        string sentence = EventStoreHost.Sentence(new PostgresException("role \"ada\" at 10.0.0.1", "FATAL", "FATAL", state));
        sentence.ShouldStartWith(beginning);
        sentence.ShouldEndWith(".");
        sentence.ShouldNotContain("ada");
    }

    [Fact]
    public async Task A_host_starts_without_its_database_and_an_append_before_the_start_is_refused_at_once()
    {
        await using NpgsqlDataSource nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody");
        await using PostgresEventStore store = Stores.Create(nowhere, "s1");
        var log = new LogLines();
        using var host = new EventStoreHost(store, [], new Subscriptions.SubscriptionStates(), TimeProvider.System, new Logger<EventStoreHost>(new LoggerFactory([log])));
        await host.StartAsync(CancellationToken.None);
        store.Started.IsCompleted.ShouldBeFalse();
        store.State.NotStarted.ShouldBe("The database cannot be reached; it is tried again until it can.");
        log.All.ShouldHaveSingleItem().Text.ShouldNotContain("   at ");
        await Should.ThrowAsync<StoreUnavailableException>(() => store.AppendAsync(Counters.Raise("a", ExpectedVersion.Any)));
        await host.StopAsync(CancellationToken.None);
    }
}
