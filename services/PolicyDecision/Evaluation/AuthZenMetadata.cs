using System.Text.Json.Serialization;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Policy decision point metadata (AuthZEN Authorization API 1.0, section 9). Endpoints that are not offered are left out.</summary>
internal sealed record AuthZenMetadata(
    [property: JsonPropertyName("policy_decision_point")] string PolicyDecisionPoint,
    [property: JsonPropertyName("access_evaluation_endpoint")] string AccessEvaluationEndpoint,
    [property: JsonPropertyName("access_evaluations_endpoint")] string AccessEvaluationsEndpoint,
    [property: JsonPropertyName("supported_obligations"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? SupportedObligations = null)
{
    public const string WellKnownPath = "/.well-known/authzen-configuration";
    public const string EvaluationPath = "/access/v1/evaluation";
    public const string EvaluationsPath = "/access/v1/evaluations";

    /// <param name="publicUrl">Where callers reach the service.</param>
    /// <param name="obligations">Whether decisions may carry obligations.</param>
    public static AuthZenMetadata Of(Uri publicUrl, bool obligations = false)
    {
        string root = publicUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return new AuthZenMetadata(root, root + EvaluationPath, root + EvaluationsPath, obligations ? ObligationTypes.All : null);
    }
}
