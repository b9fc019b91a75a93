using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>One decision as it is remembered: who asked, about what, what was answered and from which facts and policies.</summary>
/// <param name="EvaluationId">Identity of the decision, answered to the caller (UUID version 7).</param>
/// <param name="At">When it was decided.</param>
/// <param name="Client">The policy enforcement point that asked.</param>
/// <param name="Request">The request as canonical JSON (members sorted), UTF-8.</param>
/// <param name="Context">The computed Cedar context as JSON, UTF-8.</param>
/// <param name="PatientId">The patient concerned, where there is one.</param>
/// <param name="StudyInstanceUid">The study concerned, where there is one.</param>
/// <param name="Permitted">The decision.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="Policies">Ids of the determining policies.</param>
/// <param name="Errors">Ids of the policies whose evaluation had an error.</param>
/// <param name="Obligations">What the enforcement point must do; the journal keeps id and type, since what else they say follows from the policy set and this record.</param>
/// <param name="PolicySetHash">The policy set that decided.</param>
/// <param name="FactsPosition">The position of the facts that it was decided from.</param>
/// <param name="Duration">How long the decision took.</param>
/// <param name="RequestId">The caller's X-Request-ID, where given.</param>
/// <param name="TraceParent">The W3C trace context, where there is one.</param>
internal sealed record DecisionRecord(
    Guid EvaluationId,
    DateTimeOffset At,
    string Client,
    string SubjectType,
    string SubjectId,
    string Action,
    string ResourceType,
    string ResourceId,
    ReadOnlyMemory<byte> Request,
    ReadOnlyMemory<byte> Context,
    string? PatientId,
    string? StudyInstanceUid,
    string? SourceIp,
    bool Permitted,
    string Reason,
    IReadOnlyList<string> Policies,
    IReadOnlyList<string> Errors,
    IReadOnlyList<Obligation> Obligations,
    string PolicySetHash,
    long FactsPosition,
    TimeSpan Duration,
    string? RequestId,
    string? TraceParent);
