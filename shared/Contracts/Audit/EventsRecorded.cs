using System.Text.Json;

namespace AccessGov.Contracts.Audit.V1;

/// <summary>
/// What a service has recorded in its event store since its last message of this kind. A service's messages have its name as their
/// subject, so that they arrive in order, each <see cref="After"/> being the <see cref="Through"/> of the one before.
/// </summary>
/// <param name="Service">Whose event store, for example identity-federation.</param>
/// <param name="After">The position behind which it begins; 0 for the first message.</param>
/// <param name="Through">The position of its last event.</param>
/// <param name="Count">How many events the store held through that position.</param>
/// <param name="Digest">
/// The digest of the store through that position, in lower-case hexadecimal digits: from 32 zero bytes, for each event SHA-256 of the
/// digest so far, the position (8 bytes, big-endian), the event's id (16 bytes, big-endian) and <see cref="RecordedEvent.PayloadHash"/>.
/// </param>
/// <param name="Events">The events, by position.</param>
public sealed record EventsRecorded(string Service, long After, long Through, long Count, string Digest,
    IReadOnlyList<RecordedEvent> Events)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.audit.events-recorded.v1";
}

/// <summary>An event of a service's store.</summary>
/// <param name="Position">Its position in the store. A position that is left out holds no event any more.</param>
/// <param name="EventId">Its identity.</param>
/// <param name="Stream">The stream it belongs to.</param>
/// <param name="Version">Its version in the stream.</param>
/// <param name="Name">Its stored name, for example grant_given.</param>
/// <param name="RecordedAt">When it was recorded, by the database's clock.</param>
/// <param name="Actor">Who did it; null when that is not known.</param>
/// <param name="OnBehalfOf">For whom the actor did it.</param>
/// <param name="Source">From where: an address or a service.</param>
/// <param name="CorrelationId">The trace.</param>
/// <param name="CausationId">The message or command that caused it.</param>
/// <param name="PayloadHash">SHA-256 of the event as it is stored (UTF-8 of PostgreSQL's <c>data::text</c>), in lower-case hexadecimal
/// digits.</param>
/// <param name="Payload">What it says, without what is secret: members that could open something never leave their service.</param>
public sealed record RecordedEvent(
    long Position, Guid EventId, string Stream, long Version, string Name, DateTimeOffset RecordedAt, string? Actor, string? OnBehalfOf,
    string? Source, string? CorrelationId, string? CausationId, string PayloadHash, JsonElement Payload);
