using System.Text.Json.Serialization;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Policy decision point metadata (AuthZEN Authorization API 1.0, section 9). Endpoints that are not offered are left out.</summary>
internal sealed record AuthZenMetadata(
    [property: JsonPropertyName("policy_decision_point")] string PolicyDecisionPoint,
    [property: JsonPropertyName("access_evaluation_endpoint")] string AccessEvaluationEndpoint,
    [property: JsonPropertyName("access_evaluations_endpoint")] string AccessEvaluationsEndpoint,
    [property: JsonPropertyName("search_subject_endpoint")] string SearchSubjectEndpoint,
    [property: JsonPropertyName("search_resource_endpoint")] string SearchResourceEndpoint,
    [property: JsonPropertyName("search_action_endpoint")] string SearchActionEndpoint,
    [property: JsonPropertyName("supported_obligations"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? SupportedObligations = null,
    [property: JsonPropertyName("access_request_endpoint"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AccessRequestEndpoint = null,
    [property: JsonPropertyName("jwks_uri"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? JwksUri = null,
    [property: JsonPropertyName("capabilities"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Capabilities = null)
{
    public const string WellKnownPath = "/.well-known/authzen-configuration";
    public const string EvaluationPath = "/access/v1/evaluation";
    public const string EvaluationsPath = "/access/v1/evaluations";
    public const string SubjectSearchPath = "/access/v1/search/subject";
    public const string ResourceSearchPath = "/access/v1/search/resource";
    public const string JwksPath = "/access/v1/jwks";
    public const string ActionSearchPath = "/access/v1/search/action";

    /// <param name="publicUrl">Where callers reach the service.</param>
    /// <param name="obligations">Whether decisions may carry obligations.</param>
    /// <param name="requests">Whether denials may be requestable.</param>
    public static AuthZenMetadata Of(Uri publicUrl, bool obligations = false, bool requests = false)
    {
        string root = PolicyDecisionOptions.RootOf(publicUrl);
        return new AuthZenMetadata(
            root, root + EvaluationPath, root + EvaluationsPath, root + SubjectSearchPath, root + ResourceSearchPath, root + ActionSearchPath,
            obligations ? ObligationTypes.All : null, requests ? root + RequestAccess.Path : null, requests ? root + JwksPath : null,
            requests ? ["urn:openid:authzen:capability:access-request"] : null);
    }
}
