using System.Text.Json;
using AccessGov.Audit.Retention;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// What an event says before it has a place in the trail: one person, one action, one object. What stands here in clear stays in clear
/// for ever; what identifies
/// somebody is <see cref="Patient"/> and the two kinds of details, which are sealed under the key of whom they are about.
/// </summary>
internal sealed record AuditRecord
{
    /// <summary>The event's identity where it came from, at most 200 characters. The same event of a source counts once.</summary>
    public required string EventId { get; init; }

    /// <summary>When it happened, with the offset of the place where it did.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>What sort of event it is: <c>decision</c>, the name of a service's event, <c>dicom.110103</c>, <c>unparsed</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary><c>success</c>, <c>denied</c> or <c>failure</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The service or system that it happened in; null means the source itself.</summary>
    public string? Service { get; init; }

    /// <summary>The stream of the service's event store, and the event's version in it.</summary>
    public string? Stream { get; init; }

    public long? Version { get; init; }

    /// <summary>Who did it: an id, never a name.</summary>
    public string? Actor { get; init; }

    /// <summary>
    /// The id of a patient who did it themselves. Sealed; in clear the actor is their token. Not beside <see cref="Actor"/>.
    /// </summary>
    public string? PatientActor { get; init; }

    public string? Session { get; init; }

    /// <summary>The address that it came from, and the name of the workstation there.</summary>
    public string? Address { get; init; }

    public string? Workstation { get; init; }

    /// <summary>The study's and the series' instance UID.</summary>
    public string? Study { get; init; }

    public string? Series { get; init; }

    /// <summary>What else it was done to: <c>Type::id</c>, where the id is nobody's name or number.</summary>
    public string? Resource { get; init; }

    /// <summary>The patient's id as the hospital knows it. Sealed; in clear the trail has a random token.</summary>
    public string? Patient { get; init; }

    /// <summary>
    /// The token of a patient whom something that was done with the trail is about. Nothing is sealed under the patient's key, and none is
    /// made: not beside <see cref="Patient"/>.
    /// </summary>
    public string? PatientToken { get; init; }

    /// <summary>
    /// The id of such a patient where nobody has looked for their token yet: in the trail they are named by it. Not beside <see
    /// cref="Patient"/> or <see cref="PatientToken"/>, and never from outside.
    /// </summary>
    public string? AskedPatient { get; init; }

    /// <summary>Why, as a code.</summary>
    public string? Reason { get; init; }

    /// <summary>The policy set that decided, and the decision's id.</summary>
    public string? PolicySet { get; init; }

    public string? DecisionId { get; init; }

    /// <summary>What caused it and what it belongs to.</summary>
    public string? Cause { get; init; }

    public string? Correlation { get; init; }

    /// <summary>The case of emergency access that it happened under.</summary>
    public string? EmergencyCase { get; init; }

    /// <summary>
    /// What else identifies the patient or tells of them, a JSON object: names, accession number, the difference of a report. Needs <see
    /// cref="Patient"/>.
    /// </summary>
    public JsonElement? PatientDetails { get; init; }

    /// <summary>What identifies or tells of somebody who works here, a JSON object: names, free text, the event as it came.</summary>
    public JsonElement? PersonDetails { get; init; }

    /// <summary>Whom <see cref="PersonDetails"/> are about; null means the actor, or the source when there is no actor.</summary>
    public string? Person { get; init; }

    /// <summary>What an event store said of itself; only in events of kind <c>store.attested</c>.</summary>
    public StoreAttestation? Attested { get; init; }

    /// <summary>
    /// Which keys were shredded; only in events of kind <c>key.shredded</c>, which nobody outside of this service can send.
    /// </summary>
    public KeyShredding? Shredded { get; init; }

    /// <summary>
    /// From where on the trail begins; only in events of kind <c>trail.pruned</c>, which nobody outside of this service can send.
    /// </summary>
    public TrailPruning? Pruned { get; init; }
}

/// <summary>How far an event store has come and what its events hash to.</summary>
/// <param name="Service">Whose store.</param>
/// <param name="Stream"><c>events</c>, or <c>decisions/</c> and the writer.</param>
/// <param name="Through">The last position.</param>
/// <param name="Count">How many events.</param>
/// <param name="Digest">The running SHA-256 over position, event id and payload hash, lower-case hexadecimal.</param>
internal sealed record StoreAttestation(string Service, string Stream, long Through, long Count, string Digest);

/// <summary>What was done, in one word.</summary>
internal static class AuditActions
{
    public const string View = "view";
    public const string Modify = "modify";
    public const string Delete = "delete";
    public const string Export = "export";
    public const string Print = "print";
    public const string Share = "share";
    public const string Annotate = "annotate";
    public const string Query = "query";
    public const string SignIn = "sign_in";
    public const string SignInFailed = "sign_in_failed";
    public const string SignOut = "sign_out";
    public const string Administer = "administer";
    public const string Decide = "decide";
    public const string EmergencyStart = "emergency_start";
    public const string EmergencyEnd = "emergency_end";
    public const string AuditRead = "audit_read";
    public const string SecurityAlert = "security_alert";
    public const string ApplicationStart = "application_start";
    public const string ApplicationStop = "application_stop";
    public const string Other = "other";

    public static IReadOnlyList<string> All { get; } =
    [
        View, Modify, Delete, Export, Print, Share, Annotate, Query, SignIn, SignInFailed, SignOut, Administer, Decide,
        EmergencyStart, EmergencyEnd, AuditRead, SecurityAlert, ApplicationStart, ApplicationStop, Other,
    ];
}

/// <summary>How it ended.</summary>
internal static class AuditOutcomes
{
    public const string Success = "success";
    public const string Denied = "denied";
    public const string Failure = "failure";

    public static IReadOnlyList<string> All { get; } = [Success, Denied, Failure];
}
