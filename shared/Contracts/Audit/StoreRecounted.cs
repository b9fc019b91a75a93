namespace AccessGov.Contracts.Audit.V1;

/// <summary>
/// What a store holds now, read again from its beginning. Whoever kept what the store told before sees whether something was removed or
/// changed since. It has the subject of what it recounts, so it arrives behind all that was told until then.
/// </summary>
/// <param name="Service">Whose store.</param>
/// <param name="Stream">
/// <c>events</c>: the service's event store. <c>decisions/</c> and a writer: that writer's chain of the decision journal.
/// </param>
/// <param name="Through">The position (of a chain: the sequence) through which it was told before, and has been recounted.</param>
/// <param name="Count">How many events (batches) are there.</param>
/// <param name="Digest">
/// The digest of what is there, as <see cref="EventsRecorded.Digest"/> is made; of a chain its hash, computed again from the batches
/// that are there.
/// </param>
/// <param name="At">When.</param>
public sealed record StoreRecounted(string Service, string Stream, long Through, long Count, string Digest, DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.audit.store-recounted.v1";
}
