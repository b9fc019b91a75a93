using System.Text.Json.Serialization;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Policy decision point metadata (AuthZEN Authorization API 1.0, section 9). Endpoints that are not offered are left out.</summary>
internal sealed record AuthZenMetadata(
    [property: JsonPropertyName("policy_decision_point")] string PolicyDecisionPoint,
    [property: JsonPropertyName("access_evaluation_endpoint")] string AccessEvaluationEndpoint,
    [property: JsonPropertyName("access_evaluations_endpoint")] string AccessEvaluationsEndpoint,
    [property: JsonPropertyName("search_subject_endpoint")] string SearchSubjectEndpoint,
    [property: JsonPropertyName("search_resource_endpoint")] string SearchResourceEndpoint,
    [property: JsonPropertyName("search_action_endpoint")] string SearchActionEndpoint)
{
    public const string WellKnownPath = "/.well-known/authzen-configuration";
    public const string EvaluationPath = "/access/v1/evaluation";
    public const string EvaluationsPath = "/access/v1/evaluations";
    public const string SubjectSearchPath = "/access/v1/search/subject";
    public const string ResourceSearchPath = "/access/v1/search/resource";
    public const string ActionSearchPath = "/access/v1/search/action";

    public static AuthZenMetadata Of(Uri publicUrl)
    {
        string root = publicUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return new AuthZenMetadata(
            root, root + EvaluationPath, root + EvaluationsPath, root + SubjectSearchPath, root + ResourceSearchPath, root + ActionSearchPath);
    }
}
