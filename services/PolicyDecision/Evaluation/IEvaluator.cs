using System.Net;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// Answers one question: may this subject do this with this resource now? It computes the context, asks the policies and journals the decision before it answers.
/// Every endpoint that asks (AuthZEN, forward-auth) asks here, so that they never disagree.
/// </summary>
internal interface IEvaluator
{
    /// <summary>Answers with a denial, never with an exception, when the study index, the policies or the journal cannot be used; with <see cref="EvaluationAnswer.Invalid"/> (503) while the facts are not read.</summary>
    ValueTask<EvaluationAnswer> EvaluateAsync(EvaluationQuestion question, CancellationToken cancellation);

    /// <summary>
    /// Answers several questions in their order, all from one state of the facts, and journals them together. Ends after the first answer for which
    /// <paramref name="isLast"/> holds; where it is null all are answered, on several processors.
    /// </summary>
    ValueTask<IReadOnlyList<EvaluationAnswer>> EvaluateAllAsync(
        IReadOnlyList<EvaluationQuestion> questions, Func<EvaluationAnswer, bool>? isLast, CancellationToken cancellation);
}

/// <summary>One question of a policy enforcement point, already parsed and bounded by the endpoint that took it.</summary>
/// <param name="SubjectType">A Cedar entity type: User or Service.</param>
/// <param name="SubjectId">Identity of the person or machine.</param>
/// <param name="Action">The action's name, for example study.retrieve.</param>
/// <param name="ResourceType">A Cedar entity type: Study, Patient, Archive, System; or one of the policy set's own.</param>
/// <param name="ResourceId">Identity of the resource: StudyInstanceUID, PatientID or the archive's name.</param>
/// <param name="Client">The policy enforcement point that asks, as it authenticated itself or as configured.</param>
/// <param name="SourceIp">The address of the person's machine, believed only from trusted proxies; null when it is not known.</param>
/// <param name="Protocol">How the resource is asked for: dicomweb, wado-uri, orthanc-rest, authzen.</param>
/// <param name="RequestId">The caller's X-Request-ID, where given.</param>
/// <param name="RefusedAs">A reason code known before the policies are asked (operation_unknown): the answer is a journaled denial with this reason. Null normally.</param>
/// <param name="Operation">What was asked on the wire (method and path, without the query), for the journal's request. Null when it is the question itself.</param>
/// <param name="Context">What the enforcement point adds; null when it adds nothing.</param>
/// <param name="CanonicalRequest">The request as canonical JSON (UTF-8), for the journal; empty when the journal writes it from the question.</param>
/// <param name="Support">Which obligations the enforcement point carries out; null when it does not say.</param>
/// <param name="Foreign">What the enforcement point says about what the service keeps nothing about; null for a resource of its own types.</param>
internal sealed record EvaluationQuestion(
    string SubjectType,
    string SubjectId,
    string Action,
    string ResourceType,
    string ResourceId,
    string Client,
    IPAddress? SourceIp,
    string Protocol,
    string? RequestId,
    string? RefusedAs = null,
    string? Operation = null,
    EnforcementPointContext? Context = null,
    ReadOnlyMemory<byte> CanonicalRequest = default,
    ObligationSupport? Support = null,
    ForeignProperties? Foreign = null);

/// <summary>The members of the context that only the policy enforcement point knows; those it does not send are null.</summary>
/// <param name="AssuranceLevel">How strongly the person signed in; 0 when unknown.</param>
/// <param name="AuthenticatedAt">When the person signed in.</param>
/// <param name="PurposeOfUse">Why, as the enforcement point states it.</param>
/// <param name="Destination">Where the data goes: an application entity title, a URL, media.</param>
/// <param name="Organization">The person's organization.</param>
/// <param name="Department">The person's department.</param>
/// <param name="AtPosition">The facts must have reached this position.</param>
internal sealed record EnforcementPointContext(
    long AssuranceLevel = 0,
    DateTimeOffset? AuthenticatedAt = null,
    string? PurposeOfUse = null,
    string? Destination = null,
    string? Organization = null,
    string? Department = null,
    long? AtPosition = null);

/// <summary>The answer to one question.</summary>
/// <param name="EvaluationId">Identity of the decision in the journal (UUID version 7).</param>
/// <param name="Permitted">True only when the policies permit and the decision is journaled.</param>
/// <param name="Reason">The reason code: permitted, forbidden, not_permitted, study_unknown, operation_unknown and so on.</param>
/// <param name="ReasonText">A sentence for the user, in any language; null when there is none.</param>
/// <param name="Policies">Ids of the determining policies.</param>
/// <param name="FactsPosition">The position of the facts that it was decided from.</param>
/// <param name="Invalid">Set when the question could not be put to the policies at all; the answer is then a denial.</param>
internal sealed record EvaluationAnswer(
    Guid EvaluationId,
    bool Permitted,
    string Reason,
    string? ReasonText,
    IReadOnlyList<string> Policies,
    long FactsPosition = 0,
    InvalidQuestion? Invalid = null)
{
    /// <summary>What the enforcement point must do along with it.</summary>
    public IReadOnlyList<Obligation> Obligations { get; init; } = [];

    /// <summary>How access can be asked for; null when it cannot.</summary>
    public AccessRequestOffer? Offer { get; init; }

    /// <summary>How an emergency can be invoked; null when it cannot.</summary>
    public BreakGlassOffer? BreakGlass { get; init; }

    /// <summary>What became of the approval that was presented; null when none was.</summary>
    public PresentedApproval? Approval { get; init; }

    /// <summary>The reason in other languages and for administrators; null when there is none.</summary>
    public ReasonTexts? Texts { get; init; }

    /// <summary>The answer to what is no question: never a permit.</summary>
    public static EvaluationAnswer ToInvalid(int status, string code, string sentence) => ToInvalid(new InvalidQuestion(status, code, sentence));

    /// <summary>The answer to what cannot be asked now, or at all: never a permit.</summary>
    public static EvaluationAnswer ToInvalid(InvalidQuestion invalid) =>
        new(Guid.Empty, Permitted: false, invalid.Code, invalid.Sentence, [], Invalid: invalid);
}

/// <summary>Why a question could not be put.</summary>
/// <param name="Status">The HTTP status that says so: 400, or 503 when the facts are not read yet or have not reached the position that was demanded.</param>
/// <param name="Code">Stable and machine-readable.</param>
/// <param name="Sentence">For people.</param>
internal sealed record InvalidQuestion(int Status, string Code, string Sentence)
{
    public static InvalidQuestion FactsNotReady { get; } =
        new(Refusals.StatusOf(Refusals.FactsNotReady.Code), Refusals.FactsNotReady.Code, Refusals.FactsNotReady.Sentence);

    public static InvalidQuestion PositionNotReached(long? position) => new(
        StatusCodes.Status503ServiceUnavailable, "position_not_reached", $"The facts have not reached position {position} yet. Ask again in a moment.");
}
