using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// Whether a message was published by the service whose it says to be. The bus lets nobody speak for another service; this looks again, as
/// whoever owns the bus can put anything there, and as a service may write another's name into what it tells.
/// </summary>
internal sealed class SenderCheck(FeedLedger ledger, Intake intake, TimeProvider clock)
{
    public const string Kind = "message.spoofed";

    /// <summary>
    /// Whether the message may be believed. Where it may not, it is kept in the trail as a security alert, whole and sealed, and counts in
    /// nobody's store.
    /// </summary>
    /// <param name="service">The service whose message it says to be.</param>
    /// <param name="message">The message.</param>
    /// <param name="envelope">What the bus says of it.</param>
    /// <param name="transaction">The transaction of its handler.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<bool> HoldsAsync(
        string service, object message, MessageEnvelope envelope, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        if (envelope.Source == MessageEnvelope.SourceOf(service))
        {
            return true;
        }

        DateTimeOffset now = clock.GetUtcNow();
        await ledger.NoteAsync(Shortened.Of(service), "messages", new FeedFinding("message_spoofed", 0), now, transaction, cancellation);
        await intake.AcceptAsync(Refusals.Service, [AlertOf(message, envelope, now)], transaction, cancellation);
        return false;
    }

    private static AuditRecord AlertOf(object message, MessageEnvelope envelope, DateTimeOffset now) => new()
    {
        EventId = envelope.Id.ToString(), OccurredAt = now, Kind = Kind, Action = AuditActions.SecurityAlert,
        Outcome = AuditOutcomes.Failure, Reason = "message_spoofed", Resource = $"Message::{envelope.Id}",
        PersonDetails = JsonSerializer.SerializeToElement(
            new { envelope.Source, envelope.Type, envelope.Subject, envelope.Time, Message = message }, JsonSerializerOptions.Web),
    };
}
