using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Search;

/// <summary>
/// What the permits of a policy set ask of subject, action and resource: from it a search knows which resources cannot be results, without evaluating them.
/// Read once for each set.
/// </summary>
internal sealed class PermitScopes
{
    private static readonly ConditionalWeakTable<CompiledPolicySet, PermitScopes> Known = [];

    private readonly List<PermitScope> permits = [];
    private readonly SortedSet<string> actions = new(StringComparer.Ordinal);

    private PermitScopes(PolicySet policies)
    {
        foreach (Policy policy in policies.Policies.Where(policy => !policy.IsTemplate))
        {
            var scope = PermitScope.Of(policy);
            actions.UnionWith(scope.Actions.Where(action => action.Type == "Action").Select(action => action.Id));
            if (policy.Effect == Effect.Permit)
            {
                permits.Add(scope);
            }
        }
    }

    /// <summary>The actions that the policies name, also in forbids, in the order of their names.</summary>
    public IReadOnlyCollection<string> Actions => actions;

    public static PermitScopes Of(CompiledPolicySet policies) => Known.GetValue(policies, static set => new PermitScopes(set.Source));

    /// <summary>Where the resources are that a subject may be permitted to do this with; null means anywhere.</summary>
    public Cover? CoverOf(EvaluationQuestion question, FactsSnapshot snapshot, DateTimeOffset now)
    {
        var subject = new SubjectKey(question.SubjectType, question.SubjectId);
        Cover cover = Cover.Nothing;
        foreach (PermitScope permit in permits.Where(permit => permit.MayApply(question, snapshot.Policies!.Actions)))
        {
            if (permit.Bound.CoverOf(subject, snapshot, now) is not { } part)
            {
                return null;
            }

            cover = cover.With(part);
        }

        return cover;
    }
}

/// <summary>The scope of one policy, and the bound of its resources.</summary>
/// <param name="PrincipalType">The type that the principal must have; null for any.</param>
/// <param name="Principal">The one principal; null for any.</param>
/// <param name="Actions">The actions and groups of actions; none means any.</param>
/// <param name="ResourceType">The type that the resource must have; null for any.</param>
/// <param name="Bound">Where its resources lie.</param>
internal sealed record PermitScope(
    string? PrincipalType, EntityUid? Principal, IReadOnlyList<EntityUid> Actions, string? ResourceType, Bound Bound)
{
    private static readonly PermitScope Anything = new(null, null, [], null, new Bound.Anything());

    public static PermitScope Of(Policy policy)
    {
        string json;
        try
        {
            json = PolicyJson.Write(policy);
        }
        catch (PolicyJsonException)
        {
            // A policy that nests too deeply to be written says nothing here, and bounds nothing.
            return Anything;
        }

        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 10_000 });
        JsonElement root = document.RootElement;
        JsonElement principal = root.GetProperty("principal");
        JsonElement resource = root.GetProperty("resource");
        string operation = principal.GetProperty("op").GetString()!;
        EntityUid? named = EntityOf(principal);
        return new PermitScope(
            TypeOf(principal) ?? (operation == "==" ? named!.Type : null), operation == "==" ? named : null, ActionsOf(root.GetProperty("action")),
            TypeOf(resource) ?? (resource.GetProperty("op").GetString() == "==" ? EntityOf(resource)!.Type : null),
            new Bound.Both(operation is "in" or "is" && named is not null ? BoundReader.OfGroup(named) : new Bound.Anything(), BoundReader.Of(root.GetProperty("conditions"))));
    }

    /// <summary>Whether the policy could be satisfied by some resource of the question's type. False only when it certainly cannot.</summary>
    public bool MayApply(EvaluationQuestion question, EntityStore known)
    {
        var action = new EntityUid("Action", question.Action);
        return (PrincipalType is null || PrincipalType == question.SubjectType)
            && (Principal is null || Principal.Id == question.SubjectId)
            && (ResourceType is null || ResourceType == question.ResourceType)
            && (Actions.Count == 0 || Actions.Any(named => named.Equals(action) || known.IsDescendant(action, named)));
    }

    private static string? TypeOf(JsonElement scope) => scope.TryGetProperty("entity_type", out JsonElement type) ? type.GetString() : null;

    private static EntityUid? EntityOf(JsonElement scope) =>
        scope.TryGetProperty("entity", out JsonElement entity) ? Uid(entity)
        : scope.TryGetProperty("in", out JsonElement group) && group.TryGetProperty("entity", out entity) ? Uid(entity)
        : null;

    private static IReadOnlyList<EntityUid> ActionsOf(JsonElement scope) =>
        scope.TryGetProperty("entities", out JsonElement list) ? [.. list.EnumerateArray().Select(Uid)]
        : scope.TryGetProperty("entity", out JsonElement one) ? [Uid(one)]
        : [];

    private static EntityUid Uid(JsonElement entity) => new(entity.GetProperty("type").GetString()!, entity.GetProperty("id").GetString()!);
}
