using System.Diagnostics;
using AccessGov.Messaging.Postgres;
using Npgsql;

namespace AccessGov.Messaging;

internal sealed class MessageBus(
    ITransport transport, MessageCatalog catalog, BusDatabase bus, MessagingOptions options, TimeProvider clock) : IMessageBus
{
    public async Task PublishAsync(
        object message, PublishOptions options, NpgsqlTransaction transaction, CancellationToken cancellation = default)
    {
        Letter letter = Write(message, options);
        using Activity? activity = MessagingTelemetry.StartPublishing(letter.Envelope.Type, options.TraceParent);
        string? traceParent = options.TraceParent ?? (Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null);
        await transport.SendAsync(letter with { Envelope = letter.Envelope with { TraceParent = traceParent } }, transaction, cancellation);
        MessagingTelemetry.Published.Add(1, new KeyValuePair<string, object?>("type", letter.Envelope.Type));
    }

    public async Task PublishAsync(object message, PublishOptions options, CancellationToken cancellation = default)
    {
        await using NpgsqlConnection connection = await bus.DataSource.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await PublishAsync(message, options, transaction, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<bool> HasSubscriberAsync<T>(NpgsqlTransaction? transaction = null, CancellationToken cancellation = default)
        where T : class
    {
        string name = catalog.FindName(typeof(T))
            ?? throw new ArgumentException($"{typeof(T)} is not registered as a message of this service.");
        return await transport.HasSubscriberAsync(name, transaction, cancellation);
    }

    private Letter Write(object message, PublishOptions publish)
    {
        if (publish.Subject.Length is < 1 or > 250)
        {
            throw new ArgumentException("A message's subject has 1 to 250 characters.", nameof(publish));
        }

        if (publish.Id == Guid.Empty)
        {
            throw new ArgumentException("A message's id is not empty.", nameof(publish));
        }

        var envelope = new MessageEnvelope(
            publish.Id, MessageEnvelope.SourceOf(options.Queue), catalog.NameOf(message), publish.Subject, clock.GetUtcNow(), null,
            "application/json", 1);
        return new Letter(envelope, catalog.Encode(message), publish.NotBefore);
    }
}
