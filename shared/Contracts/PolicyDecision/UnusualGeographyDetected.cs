namespace AccessGov.Contracts.PolicyDecision.V1;

/// <summary>Somebody asked for access from where they are not at home: once for each person and place in an hour.</summary>
/// <param name="UserId">Who.</param>
/// <param name="PlaceKind">site or country.</param>
/// <param name="Place">The site's id, or the country's code (ISO 3166-1 alpha-2).</param>
/// <param name="EvaluationId">The first decision of that hour; the decision journal has the whole of it.</param>
/// <param name="Action">What was asked for.</param>
/// <param name="StudyInstanceUid">The study; null where the decision is about none.</param>
/// <param name="Permitted">What was decided.</param>
/// <param name="At">When.</param>
public sealed record UnusualGeographyDetected(
    string UserId, string PlaceKind, string Place, Guid EvaluationId, string Action, string? StudyInstanceUid, bool Permitted, DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.policy-decision.unusual-geography-detected.v1";
}
