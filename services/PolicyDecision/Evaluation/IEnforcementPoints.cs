namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Says which policy enforcement point asks: by its bearer token in the service; in standalone mode nobody is asked.</summary>
internal interface IEnforcementPoints
{
    /// <summary>Answers who asks, or null when the refusal (401 or 403) has been answered.</summary>
    ValueTask<EnforcementPoint?> AuthenticateAsync(HttpContext http);
}
