using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
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
}

/// <summary>Files to policies. Pure: the same text gives the same policies.</summary>
internal static partial class PolicyCompiler
{
    public const string Malformed = "policy_set_malformed";

    /// <summary>The end of the names of files whose permits never grant. Not *.cedar: whoever loads those must not take them for permits.</summary>
    public const string ObligationFiles = ".obligations";

    /// <summary>The ids of policies made from roles begin so; written policies may not.</summary>
    public const string RolePrefix = "role:";

    /// <summary>Everything that is wrong with the files; nothing when they may be published.</summary>
    public static IReadOnlyList<PolicyFault> Check(IReadOnlyList<PolicyFile> files) => Parse(files).Faults;

    public static ParsedPolicies Parse(IReadOnlyList<PolicyFile> files)
    {
        var faults = ImmutableArray.CreateBuilder<PolicyFault>();
        FindBadFiles(files, faults);
        var ids = new Dictionary<string, Policy>(StringComparer.Ordinal);
        PolicySet policies = ParsePolicies(files.Where(file => file.Name.EndsWith(".cedar", StringComparison.Ordinal)), ids, faults);
        PolicySet attaching = ParsePolicies(files.Where(file => file.Name.EndsWith(ObligationFiles, StringComparison.Ordinal)), ids, faults);
        EntityStore actions = ParseActions(files.Where(file => file.Name.EndsWith(".json", StringComparison.Ordinal) && file.Name != ObligationCatalogue.FileName), faults);
        ObligationRules? obligations = ObligationsOf(files, policies, attaching, faults);
        return faults.Count == 0
            ? new ParsedPolicies(policies, actions, []) { Obligations = obligations }
            : new ParsedPolicies(PolicySet.Empty, EntityStore.Empty, faults.DrainToImmutable());
    }

    /// <summary>The policies in force: the published ones and those of the custom roles.</summary>
    public static PublishedPolicies Compile(string name, int version, string hash, ParsedPolicies parsed, IEnumerable<RoleFacts> roles) =>
        new(name, version, hash, PolicySet.Combine([parsed.Policies, RolePolicies.Of(roles, parsed.Actions)]).Compile(), parsed.Actions)
        {
            Obligations = parsed.Obligations,
            Texts = ReasonTexts.Of(parsed.Policies),
        };

    private static void FindBadFiles(IReadOnlyList<PolicyFile> files, ImmutableArray<PolicyFault>.Builder faults)
    {
        if (!files.Any(file => file.Name.EndsWith(".cedar", StringComparison.Ordinal)))
        {
            faults.Add(new PolicyFault(Malformed, null, 0, 0, "A policy set has at least one file *.cedar."));
        }

        foreach (PolicyFile file in files.Where(file => !FileName().IsMatch(file.Name)))
        {
            faults.Add(new PolicyFault(Malformed, file.Name, 0, 0, "A file is named *.cedar, *.obligations or *.json, in letters, digits, dots, hyphens and underscores."));
        }

        foreach (PolicyFile file in files.Where(file => file.Text.Contains('\0', StringComparison.Ordinal)))
        {
            faults.Add(new PolicyFault(Malformed, file.Name, 0, 0, "The file holds a NUL character."));
        }

        foreach (string name in files.GroupBy(file => file.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            faults.Add(new PolicyFault(Malformed, name, 0, 0, "Two files have this name."));
        }
    }

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

    private static EntityStore ParseActions(IEnumerable<PolicyFile> files, ImmutableArray<PolicyFault>.Builder faults)
    {
        var actions = new List<Entity>();
        foreach (PolicyFile file in files)
        {
            try
            {
                IReadOnlyList<Entity> entities = EntitiesJson.Read(Encoding.UTF8.GetBytes(file.Text));
                if (entities.FirstOrDefault(entity => entity.Uid.Type != "Action") is { } other)
                {
                    faults.Add(new PolicyFault(Malformed, file.Name, 0, 0, $"The entity {other.Uid} is no action: only actions come with a policy set."));
                }

                actions.AddRange(entities);
            }
            catch (EntityDataException error)
            {
                faults.Add(new PolicyFault(Malformed, file.Name, 0, 0, error.Message));
            }
        }

        try
        {
            return EntityStore.Create(actions);
        }
        catch (EntityDataException error)
        {
            faults.Add(new PolicyFault(Malformed, null, 0, 0, error.Message));
            return EntityStore.Empty;
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(cedar|json|obligations)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
