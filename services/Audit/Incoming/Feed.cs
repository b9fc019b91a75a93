using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Incoming;

/// <summary>Something that a store told does not fit what it told before: events were removed, changed, or never told.</summary>
/// <param name="Code">
/// <c>gap</c> (it does not go on where it stopped), <c>event_missing</c> (a position holds no event), <c>digest_differs</c> (its digest
/// is not that of what it told),
/// <c>batch_unreadable</c>, <c>recount_differs</c> (what is there now is not what was told), <c>recount_unknown</c> (it recounts what it
/// never told).
/// </param>
/// <param name="Position">Where.</param>
internal sealed record FeedFinding(string Code, long Position);

/// <summary>How far one store of a service has told what it holds.</summary>
/// <param name="Through">The position (of a chain of decisions: the sequence).</param>
/// <param name="Count">How many events (batches) were told.</param>
/// <param name="Digest">The store's digest there; of a chain its hash.</param>
internal sealed record Feed(string Service, string Stream, long Through, long Count, string Digest, DateTimeOffset? AttestedAt)
{
    /// <summary>The stream of an event store.</summary>
    public const string Events = "events";

    /// <summary>Since when it has told nothing, where that was found to be too long.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    private const string Empty = "0000000000000000000000000000000000000000000000000000000000000000";
    private static readonly TimeSpan AttestEvery = TimeSpan.FromHours(1);

    public static Feed New(string service, string stream) => new(service, stream, 0, 0, Empty, null);

    /// <summary>Whether it is time to write into the trail how far the store has come.</summary>
    public bool IsAttestationDue(DateTimeOffset now) => AttestedAt is null || now - AttestedAt >= AttestEvery;

    /// <summary>The leaf that says how far the store had come and what its digest was: whoever has an export of the store
    /// compares.</summary>
    public AuditRecord Attestation(DateTimeOffset now) => new()
    {
        EventId = Shortened.Of($"attested {Service} {Stream} {Through} {now.UtcTicks}"), OccurredAt = now, Kind = "store.attested",
        Action = AuditActions.Other,
        Outcome = AuditOutcomes.Success, Service = Refusals.Service,
        Attested = new StoreAttestation(Service, Stream, Through, Count, Digest),
    };

    /// <summary>The leaf that says that the store has stopped telling.</summary>
    public AuditRecord Silent() => Told("feed.silent", AuditActions.SecurityAlert, AuditOutcomes.Failure, SilentSince!.Value);

    /// <summary>The leaf that says that it tells again.</summary>
    public AuditRecord Resumed(DateTimeOffset now) => Told("feed.resumed", AuditActions.Other, AuditOutcomes.Success, now);

    /// <summary>The leaf that says that something does not fit.</summary>
    public AuditRecord Differs(FeedFinding finding, DateTimeOffset now) => new()
    {
        EventId = Shortened.Of($"differs {Service} {Stream} {finding.Code} {finding.Position} {now.UtcTicks}"), OccurredAt = now,
        Kind = "store.differs",
        Action = AuditActions.SecurityAlert, Outcome = AuditOutcomes.Failure, Service = Refusals.Service, Reason = finding.Code,
        Resource = Shortened.Of($"Store::{Service}/{Stream}/{finding.Position}"),
    };

    private AuditRecord Told(string kind, string action, string outcome, DateTimeOffset at) => new()
    {
        EventId = Shortened.Of($"{kind} {Service} {Stream} {Through} {at.UtcTicks}"), OccurredAt = at, Kind = kind, Action = action,
        Outcome = outcome, Service = Refusals.Service, Resource = Shortened.Of($"Store::{Service}/{Stream}/{Through}"),
    };
}
