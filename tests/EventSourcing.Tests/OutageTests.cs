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
        var log = new List<string>();
        using var host = new EventStoreHost(store, [], new Subscriptions.SubscriptionStates(), TimeProvider.System, new LogLines(log));
        await host.StartAsync(CancellationToken.None);
        store.Started.IsCompleted.ShouldBeFalse();
        store.State.NotStarted.ShouldBe("The database cannot be reached; it is tried again until it can.");
        log.ShouldHaveSingleItem().ShouldNotContain("   at ");
        await Should.ThrowAsync<StoreUnavailableException>(() => store.AppendAsync(Counters.Raise("a", ExpectedVersion.Any)));
        await host.StopAsync(CancellationToken.None);
    }

    private sealed class LogLines(List<string> lines) : ILogger<EventStoreHost>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{formatter(state, exception)} {exception}");
    }

    [Fact]
    public void An_outage_is_told_once_for_each_reason_and_again_after_it_was_over()
    {
        var outage = new Outage();

        outage.IsNews(new IOException("away")).ShouldBeTrue();
        outage.IsNews(new IOException("away")).ShouldBeFalse();
        outage.IsNews(new IOException("full")).ShouldBeTrue();
        outage.Over();
        outage.IsNews(new IOException("full")).ShouldBeTrue();
    }
}
