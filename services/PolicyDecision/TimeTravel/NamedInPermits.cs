using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>
/// Who can be permitted an action with a study: who has a grant of a role that a permit names, or for the patient, or a relation to the patient; whom a permit names
/// outright; and, where permits ask for families or for people's own records, everybody who has one. Nobody else differs, for the permits, from a person of whom
/// nothing is known.
/// </summary>
/// <param name="Principals">Keys of the subjects that permits name.</param>
/// <param name="Roles">The roles that permits name.</param>
/// <param name="Scopes">The relations that permits ask for.</param>
/// <param name="Actions">The actions that policies name.</param>
/// <param name="IsComplete">False when a policy cannot be looked into: then anybody may be meant.</param>
internal sealed record NamedInPermits(
    IReadOnlyCollection<string> Principals, IReadOnlyCollection<string> Roles, IReadOnlyCollection<string> Scopes, IReadOnlyCollection<string> Actions, bool IsComplete)
{
    /// <summary>An id that nobody can have.</summary>
    public const string Nobody = "\u0001";

    /// <param name="policies">The policy set; null names nobody.</param>
    /// <param name="action">Permits of other actions do not count; null for all.</param>
    public static NamedInPermits Of(PublishedPolicies? policies, string? action)
    {
        var reader = new Reader(action is null ? null : new EntityUid("Action", action), policies?.Actions ?? EntityStore.Empty);
        foreach (Policy policy in policies?.Compiled.Source.Policies ?? [])
        {
            reader.Read(policy);
        }

        return new NamedInPermits(reader.Principals, reader.Roles, reader.Scopes, reader.Actions, reader.IsComplete);
    }

    /// <summary>The actions that a policy set knows and that are no groups of others; those that its policies name where it lists none.</summary>
    public IReadOnlyList<string> ActionsOf(PublishedPolicies policies)
    {
        EntityUid[] listed = [.. policies.Actions.Entities.Select(entity => entity.Uid)];
        HashSet<EntityUid> groups = [.. listed.SelectMany(policies.Actions.AncestorsOf)];
        return [.. (listed.Length == 0 ? Actions : listed.Where(action => !groups.Contains(action)).Select(action => action.Id)).Order(StringComparer.Ordinal)];
    }

    private sealed class Reader(EntityUid? action, EntityStore known)
    {
        private bool permits;

        public SortedSet<string> Principals { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> Roles { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> Scopes { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> Actions { get; } = new(StringComparer.Ordinal);

        public bool IsComplete { get; private set; } = true;

        public void Read(Policy policy)
        {
            permits = policy.Effect == Effect.Permit;
            try
            {
                using var document = JsonDocument.Parse(PolicyJson.Write(policy), new JsonDocumentOptions { MaxDepth = 10_000 });
                permits = permits && MayApply(document.RootElement.GetProperty("action"));
                Read(document.RootElement);
            }
            catch (PolicyJsonException)
            {
                IsComplete &= !permits;
            }
        }

        private bool MayApply(JsonElement scope)
        {
            EntityUid[] named = scope.TryGetProperty("entities", out JsonElement list) ? [.. list.EnumerateArray().Select(Uid)]
                : scope.TryGetProperty("entity", out JsonElement one) ? [Uid(one)]
                : [];
            return action is null || named.Length == 0 || named.Any(uid => uid.Equals(action) || known.IsDescendant(action, uid));
        }

        private static EntityUid Uid(JsonElement entity) => new(entity.GetProperty("type").GetString()!, entity.GetProperty("id").GetString()!);

        private void Read(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Read(item);
                }
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                ReadEntity(element);
                ReadAttribute(element);
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    Read(member.Value);
                }
            }
        }

        private void ReadEntity(JsonElement element)
        {
            if (TextOf(element, "type") is not { } type || TextOf(element, "id") is not { } id)
            {
                return;
            }

            if (type == "Action")
            {
                Actions.Add(id);
            }
            else if (permits && type is (Membership.RoleType or Membership.ReaderType))
            {
                Roles.Add(id);
            }
            else if (permits && type is "User" or "Service")
            {
                Principals.Add(FactIntervals.SubjectOf(type, id));
            }
        }

        // Whatever the attribute is asked of, it may be of the principal.
        private void ReadAttribute(JsonElement element)
        {
            if (permits && TextOf(element, "attr") is "family" or "self")
            {
                Scopes.Add(TextOf(element, "attr") == "self" ? FactIntervals.Self : FactIntervals.Family);
            }
        }

        private static string? TextOf(JsonElement element, string member) =>
            element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
