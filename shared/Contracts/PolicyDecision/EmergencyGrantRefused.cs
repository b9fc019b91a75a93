namespace AccessGov.Contracts.PolicyDecision.V1;

/// <summary>An emergency access could not be given what it promises: the rules of grants refuse it.</summary>
/// <param name="CaseId">The emergency access.</param>
/// <param name="Code">The refusal's code.</param>
/// <param name="Sentence">For people.</param>
/// <param name="At">When.</param>
public sealed record EmergencyGrantRefused(string CaseId, string Code, string Sentence, DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.policy-decision.emergency-grant-refused.v1";
}
