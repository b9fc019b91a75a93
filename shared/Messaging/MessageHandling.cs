using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.Messaging.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;
using Polly.Retry;

namespace AccessGov.Messaging;

/// <summary>Takes one message and brings it to one of its ends: handled, dropped as a duplicate, to be tried again, or dead.</summary>
internal sealed class MessageHandling(
    ITransport transport, MessageCatalog catalog, HandlerTable handlers, Inbox inbox, IMessageBus publisher, BusDatabase bus,
    IServiceScopeFactory scopes, MessagingOptions options, TimeProvider clock, ILogger<MessageHandling> log)
{
    private const int DetailLengthMax = 300;

    /// <summary>A deadlock or a serialization failure is gone when it is tried again at once; it is not worth a recorded failure.</summary>
    private readonly ResiliencePipeline again = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<PostgresException>(failure =>
                failure.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure),
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromMilliseconds(20),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Randomizer = options.Retry.Jitter,
        })
        .Build();

    /// <summary>False when there was nothing to take.</summary>
    public async Task<bool> HandleNextAsync(CancellationToken stopping)
    {
        await using Delivery? delivery = await transport.TakeAsync(stopping);
        if (delivery is null)
        {
            return false;
        }

        long start = Stopwatch.GetTimestamp();
        MessageEnvelope envelope = delivery.Letter.Envelope;
        using Activity activity = MessagingTelemetry.StartHandling(envelope);
        string outcome = await HandleAsync(delivery, envelope, stopping);
        activity.SetTag("accessgov.outcome", outcome);
        MessagingTelemetry.Outcomes.Add(1, new("type", envelope.Type), new("outcome", outcome));
        MessagingTelemetry.Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("type", envelope.Type));
        return true;
    }

    private async Task<string> HandleAsync(Delivery delivery, MessageEnvelope envelope, CancellationToken stopping)
    {
        (bool duplicate, HandlingFailure? failure, bool final) = await TryAsync(delivery, envelope, stopping);
        if (failure is null)
        {
            await delivery.CompleteAsync(CancellationToken.None);
            return duplicate ? "duplicate" : "handled";
        }

        DateTimeOffset now = clock.GetUtcNow();
        Activity.Current?.SetStatus(ActivityStatusCode.Error, failure.Code);
        if (final || envelope.Attempt >= options.Retry.MaxAttempts)
        {
            await delivery.BuryAsync(now, failure, CancellationToken.None);
            log.LogError("Message {MessageId} of {MessageType} is a dead letter: {Code} {Detail}", envelope.Id, envelope.Type, failure.Code, failure.Detail);
            return "dead";
        }

        TimeSpan delay = options.Retry.DelayAfter(envelope.Attempt, options.Retry.Jitter());
        await delivery.RetryAsync(now + delay, failure, CancellationToken.None);
        log.LogWarning(
            "Message {MessageId} of {MessageType} failed {Failures} times and is tried again in {Delay}: {Code} {Detail}",
            envelope.Id, envelope.Type, envelope.Attempt, delay, failure.Code, failure.Detail);
        return "retry";
    }

    private async Task<(bool Duplicate, HandlingFailure? Failure, bool Final)> TryAsync(Delivery delivery, MessageEnvelope envelope, CancellationToken stopping)
    {
        if (handlers.Find(envelope.Type) is not { } handler)
        {
            return (false, new HandlingFailure("unknown_message", $"The queue has no handler for {envelope.Type}."), true);
        }

        object message;
        try
        {
            message = catalog.Decode(envelope.Type, delivery.Letter.Data);
        }
        catch (Exception undecodable) when (undecodable is JsonException or NotSupportedException or ArgumentException)
        {
            // The text of a JSON error may quote the message; its type is enough.
            return (false, new HandlingFailure("undecodable", undecodable.GetType().FullName!), true);
        }

        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bounded.CancelAfter(options.HandlerTimeout);
        try
        {
            bool handled = await again.ExecuteAsync(
                async cancellation => await RunAsync(delivery, envelope, handler, message, cancellation), bounded.Token);
            return (!handled, null, false);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            string code = failure is OperationCanceledException && bounded.IsCancellationRequested ? "handler_timed_out" : "handler_failed";
            return (false, new HandlingFailure(code, Describe(failure)), false);
        }
    }

    /// <summary>False when the inbox knew the message. A failure leaves the delivery as it was before.</summary>
    private async Task<bool> RunAsync(Delivery delivery, MessageEnvelope envelope, HandlerInvocation handler, object message, CancellationToken cancellation)
    {
        if (delivery.Transaction is not { } shared)
        {
            await using NpgsqlConnection connection = await bus.HandlerDataSource!.OpenConnectionAsync(cancellation);
            await using NpgsqlTransaction own = await connection.BeginTransactionAsync(cancellation);
            bool handled = await RunInAsync(own, envelope, handler, message, cancellation);
            await own.CommitAsync(cancellation);
            return handled;
        }

        try
        {
            return await RunInAsync(shared, envelope, handler, message, cancellation);
        }
        catch when (shared.Connection is { FullState: System.Data.ConnectionState.Open })
        {
            await shared.RollbackAsync(Inbox.Savepoint, CancellationToken.None);
            throw;
        }
    }

    private async Task<bool> RunInAsync(
        NpgsqlTransaction transaction, MessageEnvelope envelope, HandlerInvocation handler, object message, CancellationToken cancellation)
    {
        if (!await inbox.EnterAsync(transaction, options.Queue, envelope.Id, cancellation))
        {
            return false;
        }

        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        object? returned = await handler.InvokeAsync(message, new HandlingContext(scope.ServiceProvider, envelope, transaction, cancellation));
        int index = 0;
        foreach (object next in returned switch { null => [], IEnumerable<object> several => several, _ => [returned] })
        {
            OutgoingMessage outgoing = next as OutgoingMessage ?? new OutgoingMessage(next);
            var publish = new PublishOptions(outgoing.Subject ?? envelope.Subject, NextId(envelope.Id, index)) { NotBefore = outgoing.NotBefore };
            await publisher.PublishAsync(outgoing.Message, publish, transaction, cancellation);
            index++;
        }

        return true;
    }

    /// <summary>The id of a returned message follows from the one that caused it, so that a repetition is recognised downstream (a UUID of version 8).</summary>
    private Guid NextId(Guid cause, int index)
    {
        Span<byte> hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{cause} {options.Queue} {index}")).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private static string Describe(Exception failure)
    {
        string detail = $"{failure.GetType().FullName}: {failure.Message}".Replace('\0', ' ');
        return detail.Length <= DetailLengthMax ? detail : detail[..DetailLengthMax];
    }
}
