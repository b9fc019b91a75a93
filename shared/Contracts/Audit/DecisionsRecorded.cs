using System.Text.Json;

namespace AccessGov.Contracts.Audit.V1;

/// <summary>
/// One batch of the decision journal. A writer is one incarnation of one replica and has a hash chain of its own; its batches have the
/// subject
/// <c>decisions/</c> and the writer, so that they arrive in order, sequences 1, 2, 3 and so on.
/// </summary>
/// <param name="Service">Whose journal, for example policy-decision.</param>
/// <param name="Writer">The writer.</param>
/// <param name="Sequence">The batch's place in the writer's chain.</param>
/// <param name="PreviousHash">The hash of the batch before (of the first: of the writer's name), in lower-case hexadecimal digits.</param>
/// <param name="Hash">SHA-256 of the previous hash and the batch as it is stored, in lower-case hexadecimal digits.</param>
/// <param name="Readable">False when the stored batch is none of the service's own: somebody has changed it, and it tells no
/// decisions.</param>
/// <param name="Decisions">Its decisions, in the order in which they were remembered.</param>
/// <param name="Withdrawn">Decisions of an earlier batch, told before, that were answered as denials after all.</param>
/// <param name="Markers">What the chain says about itself: where it begins and ends, and where records are missing.</param>
public sealed record DecisionsRecorded(
    string Service, string Writer, long Sequence, string PreviousHash, string Hash, bool Readable,
    IReadOnlyList<RecordedDecision> Decisions,
    IReadOnlyList<WithdrawnDecision> Withdrawn, IReadOnlyList<RecordedMarker> Markers)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.policy-decision.decisions-recorded.v1";

    /// <summary>The subject of a writer's messages, and the stream of its recounts.</summary>
    /// <param name="writer">The writer.</param>
    public static string SubjectOf(string writer) => $"decisions/{writer}";
}

/// <summary>A decision as it was remembered. Ids stand as the journal keeps them: hashed where the service is set up so.</summary>
/// <param name="EvaluationId">Its identity, which the enforcement point was answered.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Client">The enforcement point that asked.</param>
/// <param name="SubjectType">User or Service.</param>
/// <param name="SubjectId">Who wants to.</param>
/// <param name="Action">What, for example study.view.</param>
/// <param name="ResourceType">Of what kind the resource is, for example Study.</param>
/// <param name="ResourceId">Which.</param>
/// <param name="PatientId">The patient concerned.</param>
/// <param name="StudyInstanceUid">The study concerned.</param>
/// <param name="SourceIp">From where.</param>
/// <param name="Session">In which session, where the enforcement point said so.</param>
/// <param name="Workstation">At which workstation or device, where the enforcement point said so.</param>
/// <param name="PurposeOfUse">Why, where the enforcement point said so.</param>
/// <param name="EmergencySession">The emergency access that it was asked under.</param>
/// <param name="Permitted">The answer.</param>
/// <param name="Reason">Its code.</param>
/// <param name="Policies">The policies that determined it.</param>
/// <param name="PolicySet">The hash of the policy set.</param>
/// <param name="FactsPosition">The position of the facts it was decided from.</param>
/// <param name="Obligations">Ids of what the enforcement point must do along with it.</param>
/// <param name="RequestId">The caller's name of the request.</param>
/// <param name="TraceParent">The trace (W3C).</param>
/// <param name="Withdrawn">The caller was told that it cannot be remembered: <see cref="Permitted"/> and <see cref="Reason"/> are what
/// was answered.</param>
public sealed record RecordedDecision(
    Guid EvaluationId, DateTimeOffset At, string Client, string SubjectType, string SubjectId, string Action, string ResourceType,
    string ResourceId,
    string? PatientId, string? StudyInstanceUid, string? SourceIp, string? Session, string? Workstation, string? PurposeOfUse,
    string? EmergencySession, bool Permitted, string Reason, IReadOnlyList<string> Policies, string PolicySet, long FactsPosition,
    IReadOnlyList<string> Obligations, string? RequestId, string? TraceParent, bool Withdrawn);

/// <summary>A decision whose caller was told that it cannot be remembered: it was answered as a denial, whatever its batch says.</summary>
/// <param name="Sequence">The batch that holds it.</param>
/// <param name="EvaluationId">The decision.</param>
/// <param name="Reason">The code that was answered.</param>
public sealed record WithdrawnDecision(long Sequence, Guid EvaluationId, string Reason);

/// <summary>What a chain says about itself.</summary>
/// <param name="Marker">opened, closed, predecessor, gap or withdrawn.</param>
/// <param name="At">When.</param>
/// <param name="Says">The whole marker: of a gap how many records are missing, of a predecessor which chain came before.</param>
public sealed record RecordedMarker(string Marker, DateTimeOffset At, JsonElement Says);
