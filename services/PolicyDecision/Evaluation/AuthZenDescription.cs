using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>The bodies of the AuthZEN endpoints as the OpenAPI document shows them. The endpoints read and write theirs by hand.</summary>
internal static class AuthZenDescription
{
    /// <summary>A subject or a resource.</summary>
    public sealed record Entity(string Type, string Id, JsonObject? Properties = null);

    public sealed record Action(string Name, JsonObject? Properties = null);

    public sealed record Evaluation(Entity Subject, Action Action, Entity Resource, JsonObject? Context = null);

    /// <summary>What an item lacks, it has from the members beside the items.</summary>
    public sealed record Batch(
        Entity? Subject = null, Action? Action = null, Entity? Resource = null, JsonObject? Context = null, IReadOnlyList<Item>? Evaluations = null,
        Options? Options = null);

    public sealed record Item(Entity? Subject = null, Action? Action = null, Entity? Resource = null, JsonObject? Context = null);

    public sealed record Options([property: JsonPropertyName("evaluations_semantic")] Semantic EvaluationsSemantic = Semantic.ExecuteAll);

    public enum Semantic { ExecuteAll, DenyOnFirstDeny, PermitOnFirstPermit }

    public sealed record Decision([property: JsonPropertyName("decision")] bool Permitted, DecisionContext Context);

    /// <summary>Has either the decision's id, reason and policies, or the error for which an item of a batch could not be decided.</summary>
    public sealed record DecisionContext(
        [property: JsonPropertyName("evaluation_id")] Guid? EvaluationId = null, string? Reason = null,
        [property: JsonPropertyName("reason_user")] IReadOnlyDictionary<string, string>? ReasonUser = null,
        [property: JsonPropertyName("reason_admin")] IReadOnlyDictionary<string, string>? ReasonAdmin = null,
        IReadOnlyList<string>? Policies = null, IReadOnlyList<Obligation>? Obligations = null, Error? Error = null);

    public sealed record Obligation(string Id, string Type, JsonObject Properties);

    public sealed record Error(int Status, string Code, string Message);

    /// <summary>One decision for each item, in their order; one <see cref="Decision"/> when the request had no items.</summary>
    public sealed record Decisions(IReadOnlyList<Decision> Evaluations);
}
