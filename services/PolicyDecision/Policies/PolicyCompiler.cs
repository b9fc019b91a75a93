using System.Collections.Immutable;
using System.Text;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>What became of the files of a policy set: sound policies and action entities, or faults. Exactly one of the two has something in it.</summary>
internal sealed record ParsedPolicies(PolicySet Policies, EntityStore Actions, ImmutableArray<PolicyFault> Faults)
{
    /// <summary>What the policies demand along with a decision; null when nothing.</summary>
    public ObligationRules? Obligations { get; init; }

    /// <summary>Entities of types that the service keeps nothing about.</summary>
    public EntityStore Foreign { get; init; } = EntityStore.Empty;

    /// <summary>The policies of the obligation files.</summary>
    public PolicySet Attaching { get; init; } = PolicySet.Empty;
}

/// <summary>Files to policies. Pure: the same text gives the same policies.</summary>
internal static class PolicyCompiler
{
    public const string Malformed = "policy_set_malformed";

    /// <summary>The ids of policies made from roles begin so; written policies may not.</summary>
    public const string RolePrefix = "role:";

    /// <summary>Everything that is wrong with the files; nothing when they may be published.</summary>
    /// <param name="files">The files.</param>
    /// <param name="schema">The schema for files without one; null when there is none either: then nothing is validated.</param>
    public static IReadOnlyList<PolicyFault> Check(IReadOnlyList<PolicyFile> files, PolicyFile? schema = null)
    {
        ParsedPolicies parsed = Parse(files);
        return parsed.Faults.Length == 0 && (PolicyFiles.SchemaOf(files) ?? schema) is { } file ? SchemaCheck.Of(parsed, file).Errors : parsed.Faults;
    }

    /// <summary>The policies of the files. The schema is not asked here: a set that was valid when it was published stays readable.</summary>
    public static ParsedPolicies Parse(IReadOnlyList<PolicyFile> files)
    {
        var faults = ImmutableArray.CreateBuilder<PolicyFault>();
        faults.AddRange(PolicyFiles.Faults(files));
        if (files.Contains(null!))
        {
            return new ParsedPolicies(PolicySet.Empty, EntityStore.Empty, faults.DrainToImmutable());
        }

        var ids = new Dictionary<string, Policy>(StringComparer.Ordinal);
        PolicySet policies = ParsePolicies(files.Where(PolicyFiles.IsPolicies), ids, faults);
        PolicySet attaching = ParsePolicies(files.Where(PolicyFiles.IsObligations), ids, faults);
        (EntityStore actions, EntityStore foreign) = ParseEntities(files.Where(PolicyFiles.IsEntities), faults);
        ObligationRules? obligations = ObligationsOf(files, policies, attaching, faults);
        foreach (PolicyFile controls in files.Where(file => file.Name == ControlMapping.FileName))
        {
            ControlMapping.Read(controls.Text, faults);
        }

        return faults.Count == 0
            ? new ParsedPolicies(policies, actions, []) { Obligations = obligations, Foreign = foreign, Attaching = attaching }
            : new ParsedPolicies(PolicySet.Empty, EntityStore.Empty, faults.DrainToImmutable());
    }

    /// <summary>The policies in force: the published ones and those of the custom roles.</summary>
    public static PublishedPolicies Compile(string name, int version, string hash, ParsedPolicies parsed, IEnumerable<RoleFacts> roles) =>
        new(name, version, hash, PolicySet.Combine([parsed.Policies, RolePolicies.Of(roles, parsed.Actions)]).Compile(), parsed.Actions)
        {
            Obligations = parsed.Obligations,
            Foreign = parsed.Foreign,
            Texts = ReasonTexts.Of(parsed.Policies),
        };

    private static ObligationRules? ObligationsOf(
        IReadOnlyList<PolicyFile> files, PolicySet policies, PolicySet attaching, ImmutableArray<PolicyFault>.Builder faults)
    {
        ImmutableDictionary<string, ObligationTemplate> catalogue = files.FirstOrDefault(file => file.Name == ObligationCatalogue.FileName) is { } file
            ? ObligationCatalogue.Read(file.Text, faults)
            : ImmutableDictionary<string, ObligationTemplate>.Empty;
        foreach (Policy forbid in attaching.Policies.Where(policy => policy.Effect == Effect.Forbid))
        {
            SourcePosition at = forbid.Position;
            faults.Add(new PolicyFault("obligation_malformed", at.File, at.Line, at.Column, "A policy of a file *.obligations is a permit that grants nothing: write forbids in a file *.cedar."));
        }

        return ObligationRules.Of(policies, attaching, new ObligationAnnotations(catalogue, faults));
    }

    private static PolicySet ParsePolicies(IEnumerable<PolicyFile> files, Dictionary<string, Policy> ids, ImmutableArray<PolicyFault>.Builder faults)
    {
        try
        {
            return PolicySet.Parse(files.Select(file => (file.Name, file.Text)), ChooseId);
        }
        catch (PolicySyntaxException error)
        {
            // Syntax first: what an id is cannot be judged in a text that does not parse.
            faults.InsertRange(0, error.Errors.Select(found => new PolicyFault(Malformed, found.File, found.Line, found.Column, found.Message)));
            return PolicySet.Empty;
        }

        string ChooseId(Policy policy)
        {
            if (policy.IsTemplate)
            {
                Add(Malformed, "Templates are not taken here: write the principal and the resource out.");
            }

            if (!policy.Annotations.TryGetValue("id", out string? id) || string.IsNullOrWhiteSpace(id))
            {
                Add("policy_id_missing", "The policy has no @id.");
                return policy.Id;
            }

            if (id.StartsWith(RolePrefix, StringComparison.Ordinal))
            {
                Add("policy_id_reserved", $"Ids that begin with {RolePrefix} are those of custom roles: choose another @id than {id}.");
                return policy.Id;
            }

            if (!ids.TryAdd(id, policy))
            {
                Add("policy_id_doubled", $"The @id {id} is that of the policy at {ids[id].Position} already.");
                return policy.Id;
            }

            return id;

            void Add(string code, string sentence) =>
                faults.Add(new PolicyFault(code, policy.Position.File, policy.Position.Line, policy.Position.Column, sentence));
        }
    }

    private static (EntityStore Actions, EntityStore Foreign) ParseEntities(IEnumerable<PolicyFile> files, ImmutableArray<PolicyFault>.Builder faults)
    {
        var all = new List<Entity>();
        foreach (PolicyFile file in files)
        {
            try
            {
                IReadOnlyList<Entity> entities = EntitiesJson.Read(Encoding.UTF8.GetBytes(file.Text));
                faults.AddRange(entities.Select(Wrong).OfType<string>().Take(1).Select(sentence => new PolicyFault(Malformed, file.Name, 0, 0, sentence)));
                all.AddRange(entities);
            }
            catch (EntityDataException error)
            {
                faults.Add(new PolicyFault(Malformed, file.Name, 0, 0, error.Message));
            }
        }

        try
        {
            return (EntityStore.Create(all.Where(IsAction)), EntityStore.Create(all.Where(entity => !IsAction(entity))));
        }
        catch (EntityDataException error)
        {
            faults.Add(new PolicyFault(Malformed, null, 0, 0, error.Message));
            return (EntityStore.Empty, EntityStore.Empty);
        }
    }

    /// <summary>Who has which role, and what there is in the hospital, is nothing that a policy set says.</summary>
    private static string? Wrong(Entity entity) =>
        IsAction(entity) ? null
        : ForeignProperties.IsOwn(entity.Uid.Type)
            ? $"The entity {entity.Uid} is of a type of the service's own: only actions and other types come with a policy set."
        : entity.Parents.FirstOrDefault(parent => ForeignProperties.IsOwn(parent.Type)) is { } parent
            ? $"The entity {entity.Uid} is in {parent}: only the service says who and what is in that."
        : null;

    private static bool IsAction(Entity entity) => entity.Uid.Type == "Action";
}
