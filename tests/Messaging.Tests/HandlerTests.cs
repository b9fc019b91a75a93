using System.Diagnostics;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Messaging.Tests;

public static class ReturnsOne
{
    public static Echoed Handle(Noted message) => new($"one of {message.Number}");
}

public static class ReturnsSeveralLater
{
    public static async Task<IEnumerable<object>> HandleAsync(Noted message, TimeProvider clock, CancellationToken cancellation)
    {
        await Task.Delay(TimeSpan.Zero, clock, cancellation);
        return [new Echoed("same subject"), new OutgoingMessage(new Echoed("another subject")) { Subject = $"other-{message.Number}" }];
    }
}

public static class ReturnsThenFails
{
    public static async ValueTask<object?> Handle(Noted message, MessageEnvelope envelope, IMessageBus bus, NpgsqlTransaction transaction)
    {
        await bus.PublishAsync(new Echoed("during"), new PublishOptions(envelope.Subject, Guid.CreateVersion7()), transaction);
        return envelope.Attempt == 1 ? throw new InvalidOperationException("no") : message.Number > 1 ? new Echoed("after") : null;
    }
}

public static class AsksForTooMuch
{
    public static void Handle(Noted message, HttpClient client) => client.CancelPendingRequests();
}

public static class ReturnsNoMessage
{
    public static int Handle(Noted message) => message.Number;
}

public static class HandlesNoMessage
{
    public static void Handle(string message) => _ = message;
}

/// <summary>Keeps what arrives, with the trace it arrives in.</summary>
public static class WhenEchoArrives
{
    public static void Handle(Echoed message, MessageEnvelope envelope, Behaviour behaviour)
    {
        behaviour.Seen.Enqueue(envelope with { DataContentType = $"{message.Text} in {Activity.Current!.TraceId}" });
    }
}

public sealed class HandlerTests
{
    [Fact]
    public async Task A_returned_message_is_published_about_the_same_subject_with_an_id_that_follows_from_its_cause()
    {
        (string Text, MessageEnvelope Envelope) echo = (await CascadeAsync(typeof(ReturnsOne), 1, new Noted("a", 7), Guid.Parse("01900000-0000-7000-8000-000000000001"))).Single();

        echo.Text.ShouldBe("one of 7");
        echo.Envelope.Subject.ShouldBe("a");
        echo.Envelope.Source.ShouldBe("/accessgov/middle");
        echo.Envelope.Type.ShouldBe("test.echoed.v1");
        echo.Envelope.Id.ShouldBe(Guid.Parse("275bba83-670a-8fc1-8b64-7d59c7c0171e"));
    }

    [Fact]
    public async Task Several_returned_messages_are_published_and_a_wrapped_one_has_its_own_subject()
    {
        (await CascadeAsync(typeof(ReturnsSeveralLater), 2, new Noted("a", 7), Guid.CreateVersion7()))
            .Select(echo => $"{echo.Envelope.Subject}: {echo.Text}").Order().ShouldBe(["a: same subject", "other-7: another subject"]);
    }

    [Fact]
    public async Task What_a_failed_attempt_published_is_not_sent()
    {
        (await CascadeAsync(typeof(ReturnsThenFails), 2, new Noted("a", 7), Guid.CreateVersion7())).Select(echo => echo.Text).ShouldBe(["during", "after"]);
    }

    [Fact]
    public async Task The_trace_of_the_sender_goes_through_every_handler()
    {
        using var parent = new Activity("a request");
        parent.Start();

        (string Text, MessageEnvelope Envelope) echo = (await CascadeAsync(typeof(ReturnsOne), 1, new Noted("a", 7), Guid.CreateVersion7())).Single();

        ActivityContext.TryParse(echo.Envelope.TraceParent, null, out ActivityContext context).ShouldBeTrue();
        context.TraceId.ShouldBe(parent.TraceId);
        context.SpanId.ShouldNotBe(parent.SpanId);
        echo.Envelope.DataContentType.ShouldEndWith($"in {parent.TraceId}");
    }

    [Fact]
    public async Task A_given_traceparent_goes_before_that_of_the_current_activity()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "receiver");
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await using TestService receiver = await TestService.StartConsumerAsync(database, "receiver");
        const string traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var parent = new Activity("a request");
        parent.Start();

        await sender.Bus.PublishAsync(new Noted("a", 1), new PublishOptions("a", Guid.CreateVersion7()) { TraceParent = traceParent });

        await Eventually.HoldsAsync(() => receiver.Behaviour.Seen.Count == 1, "it arrives");
        receiver.Behaviour.Seen.Single().TraceParent.ShouldBe(traceParent);
    }

    [Theory]
    [InlineData(typeof(AsksForTooMuch), "System.Net.Http.HttpClient client")]
    [InlineData(typeof(ReturnsNoMessage), "not a registered message")]
    [InlineData(typeof(HandlesNoMessage), "not a registered message")]
    [InlineData(typeof(HandlerTests), "no static method Handle")]
    public async Task A_handler_that_cannot_be_called_stops_the_host_at_its_start(Type handler, string because)
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "receiver");

        InvalidOperationException refused = await Should.ThrowAsync<InvalidOperationException>(
            () => TestService.StartAsync(database, "receiver", configure: options => options.Handler(handler)));

        refused.Message.ShouldContain(because);
    }

    [Fact]
    public async Task Two_handlers_of_one_message_stop_the_host_at_its_start()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "receiver");

        InvalidOperationException refused = await Should.ThrowAsync<InvalidOperationException>(() => TestService.StartAsync(
            database, "receiver", configure: options => Array.ForEach([typeof(WhenNoted), typeof(ReturnsOne)], type => options.Handler(type))));

        refused.Message.ShouldContain("Two methods handle test.noted.v1");
    }

    [Fact]
    public async Task A_handler_with_a_database_of_its_own_may_not_return_messages()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "receiver");
        await using NpgsqlDataSource other = NpgsqlDataSource.Create(database);

        InvalidOperationException refused = await Should.ThrowAsync<InvalidOperationException>(() => TestService.StartAsync(database, "receiver", configure: options =>
        {
            options.HandlerDataSource = _ => other;
            options.Handler(typeof(ReturnsOne));
        }));

        refused.Message.ShouldContain("cannot commit together");
    }

    [Fact]
    public async Task Bad_input_to_a_publish_is_refused_with_nothing_sent()
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "receiver");
        await using TestService service = await TestService.StartConsumerAsync(database, "receiver");
        async Task RefusedAsync(object message, string subject, Guid id) =>
            await Should.ThrowAsync<ArgumentException>(() => service.Bus.PublishAsync(message, new PublishOptions(subject, id)));

        await RefusedAsync("not registered", "a", Guid.CreateVersion7());
        await RefusedAsync(new Noted("a", 1), "", Guid.CreateVersion7());
        await RefusedAsync(new Noted("a", 1), new string('a', 251), Guid.CreateVersion7());
        await RefusedAsync(new Noted("a", 1), "a", Guid.Empty);
        (await Should.ThrowAsync<PostgresException>(() => service.Bus.PublishAsync(new Noted("\0", 1), new PublishOptions("a", Guid.CreateVersion7()))))
            .SqlState.ShouldBe("22P05");

        (await Database.CountAsync(database, "bus.message")).ShouldBe(0);
    }

    /// <summary>A sender's message goes to a handler, and what that returns to a third service; answers what arrived there.</summary>
    private static async Task<IReadOnlyList<(string Text, MessageEnvelope Envelope)>> CascadeAsync(Type handler, int expected, Noted message, Guid id)
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        string database = await Database.CreateAsync(server, "sender", "middle", "last");
        await using TestService last = await TestService.StartAsync(database, "last", configure: options => options.Handler(typeof(WhenEchoArrives)));
        await using TestService middle = await TestService.StartAsync(database, "middle", configure: options => options.Handler(handler));
        await using TestService sender = await TestService.StartAsync(database, "sender");
        await Eventually.HoldsAsync(async () => await Database.CountAsync(database, "bus.subscription") == 2, "both are subscribed");

        await sender.Bus.PublishAsync(message, new PublishOptions(message.Subject, id));

        await Eventually.HoldsAsync(() => last.Behaviour.Seen.Count >= expected, "what is returned arrives");
        await Database.WaitUntilEmptyAsync(database, "last");
        await Database.WaitUntilEmptyAsync(database, "middle");
        return [.. last.Behaviour.Seen.Select(envelope => (envelope.DataContentType.Split(" in ")[0], envelope))];
    }
}
