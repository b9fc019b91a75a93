namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Says who asks for decisions: by bearer token in the service, by nobody's in standalone mode.</summary>
internal interface IEvaluationCallers
{
    /// <summary>Answers the caller, or null when the refusal (401 or 403) has been answered.</summary>
    ValueTask<Caller?> AuthenticateAsync(HttpContext http);
}
