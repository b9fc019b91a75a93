using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Search;

/// <summary>The bodies of the search endpoints as the OpenAPI document shows them. The endpoints read and write theirs by hand.</summary>
internal static class SearchDescription
{
    /// <summary>What is searched for: its id is ignored where there is one.</summary>
    public sealed record Wanted(string Type);

    public sealed record Subjects(
        Wanted Subject, AuthZenDescription.Action Action, AuthZenDescription.Entity Resource, JsonObject? Context = null, Page? Page = null);

    public sealed record Resources(
        AuthZenDescription.Entity Subject, AuthZenDescription.Action Action, Wanted Resource, JsonObject? Context = null, Page? Page = null);

    public sealed record Actions(AuthZenDescription.Entity Subject, AuthZenDescription.Entity Resource, JsonObject? Context = null, Page? Page = null);

    /// <summary>A limit above 1,000 is 1,000; with a token an absent limit is the first page's.</summary>
    public sealed record Page(string? Token = null, int? Limit = null);

    public sealed record FoundPage([property: JsonPropertyName("next_token")] string NextToken, int Count, int Total);

    public sealed record Context([property: JsonPropertyName("evaluation_id")] Guid EvaluationId);

    public sealed record Entity(string Type, string Id);

    public sealed record Action(string Name);

    public sealed record FoundEntities(FoundPage Page, Context Context, IReadOnlyList<Entity> Results);

    public sealed record FoundActions(FoundPage Page, Context Context, IReadOnlyList<Action> Results);
}
