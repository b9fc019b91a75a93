using System.Globalization;

namespace AccessGov.Cedar;

/// <summary>
/// Policies, templates and policies linked from them, with unique ids. Immutable: what changes a set gives a new one.
/// <see cref="Compile"/> makes it answer requests.
/// </summary>
public sealed class PolicySet
{
    private readonly Policy[] policies;
    private readonly Dictionary<string, Policy> byId;

    private PolicySet(Policy[] policies, Dictionary<string, Policy> byId)
    {
        this.policies = policies;
        this.byId = byId;
    }

    /// <summary>The set without policies: it denies everything.</summary>
    public static PolicySet Empty { get; } = Of([]);

    /// <summary>The policies, templates among them, in the order of their texts, and behind them what was linked, in the order of linking.</summary>
    public IReadOnlyList<Policy> Policies => policies;

    /// <summary>Parses one text.</summary>
    /// <param name="text">The policies.</param>
    /// <param name="file">A name for the text, for positions.</param>
    /// <param name="chooseId">Chooses the id of a policy from its annotations, effect and so on; what it is given has the id <c>policyN</c>.</param>
    /// <exception cref="PolicySyntaxException">The text is not valid Cedar, or two policies chose one id.</exception>
    public static PolicySet Parse(string text, string? file = null, Func<Policy, string>? chooseId = null) =>
        ParseAll([(file, text)], chooseId);

    /// <summary>Parses several files into one set; the ids count through all of them.</summary>
    /// <exception cref="PolicySyntaxException">Some text is not valid Cedar, or two policies chose one id; the errors of all files.</exception>
    public static PolicySet Parse(IEnumerable<(string File, string Text)> files, Func<Policy, string>? chooseId = null) =>
        ParseAll(files.Select(file => ((string?)file.File, file.Text)), chooseId);

    /// <summary>A set of policies that are there already, from JSON or from other sets, with the ids they have.</summary>
    /// <exception cref="ArgumentException">Two policies have one id, or a linked policy comes without its template.</exception>
    public static PolicySet Of(IEnumerable<Policy> policies)
    {
        Policy[] all = [.. policies];
        var ids = new Dictionary<string, Policy>(all.Length, StringComparer.Ordinal);
        foreach (Policy policy in all)
        {
            if (!ids.TryAdd(policy.Id, policy))
            {
                throw new ArgumentException($"Two policies have the id `{policy.Id}`.", nameof(policies));
            }
        }

        return Array.Find(all, policy => policy.Template is { } template && ids.GetValueOrDefault(template.Id) != template) is { } orphan
            ? throw new ArgumentException($"`{orphan.Id}` is linked from the template `{orphan.Template!.Id}`, which is missing.", nameof(policies))
            : new PolicySet(all, ids);
    }

    /// <summary>One set of the policies of all <paramref name="sets"/>, with the ids they have.</summary>
    /// <exception cref="ArgumentException">Two policies have one id.</exception>
    public static PolicySet Combine(IEnumerable<PolicySet> sets) => Of(sets.SelectMany(set => set.policies));

    /// <summary>The policy, template or linked policy with this id, or <c>null</c>.</summary>
    public Policy? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>This set and a policy linked from one of its templates. For many links use the overload that takes them all: each call copies the set.</summary>
    /// <exception cref="TemplateLinkException">The link cannot be made.</exception>
    public PolicySet Link(string templateId, string newId, EntityUid? principal = null, EntityUid? resource = null) =>
        Link([new TemplateLink(templateId, newId, principal, resource)]);

    /// <summary>This set and a linked policy for each of <paramref name="links"/>, in their order. All are made or none.</summary>
    /// <exception cref="TemplateLinkException">Some link cannot be made; every such link has its error.</exception>
    public PolicySet Link(IEnumerable<TemplateLink> links)
    {
        var all = new List<Policy>(policies);
        var ids = new Dictionary<string, Policy>(byId, StringComparer.Ordinal);
        var errors = new List<LinkError>();
        foreach (TemplateLink link in links)
        {
            // A template of a template cannot be: what is linked has no slots left, so looking among the new policies harms nothing.
            Policy? linked = Linking.Link(ids.GetValueOrDefault(link.TemplateId), link, out LinkError? error);
            if (linked is not null && !ids.TryAdd(linked.Id, linked))
            {
                error = Linking.IdInUse(link);
            }

            if (error is not null)
            {
                errors.Add(error);
            }
            else
            {
                all.Add(linked!);
            }
        }

        return errors.Count == 0 ? new PolicySet([.. all], ids) : throw new TemplateLinkException(errors);
    }

    /// <summary>This set without one policy or link. A template goes when nothing is linked from it any more.</summary>
    /// <exception cref="ArgumentException">No policy has this id, or it is a template with links.</exception>
    public PolicySet Remove(string id)
    {
        Policy gone = Find(id) ?? throw new ArgumentException($"No policy has the id `{id}`.", nameof(id));
        return gone.IsTemplate && Array.Find(policies, policy => policy.Template == gone) is { } linked
            ? throw new ArgumentException($"The template `{id}` still has a link, `{linked.Id}`.", nameof(id))
            : Of(policies.Where(policy => policy != gone));
    }

    /// <summary>Compiles every policy to delegates and builds the index. Do it once per set, not once per request.</summary>
    /// <exception cref="InsufficientExecutionStackException">The calling thread has less than about half a megabyte of stack left.</exception>
    public CompiledPolicySet Compile() => new(this);

    private static PolicySet ParseAll(IEnumerable<(string? File, string Text)> files, Func<Policy, string>? chooseId)
    {
        var errors = new List<SyntaxError>();
        var parsed = new List<Policy>();
        var ids = new Dictionary<string, Policy>(StringComparer.Ordinal);
        foreach ((string? file, string text) in files)
        {
            foreach (PolicyTree tree in PolicyParser.Parse(new SourceText(file, text), errors))
            {
                var policy = new Policy(string.Create(CultureInfo.InvariantCulture, $"policy{parsed.Count}"), tree);
                if (chooseId is not null)
                {
                    policy = new Policy(chooseId(policy), tree);
                }

                if (!ids.TryAdd(policy.Id, policy))
                {
                    string id = $"`{TypeText.Short(policy.Id)}`";
                    errors.Add(new SyntaxError(policy.Position, id, $"Another policy has the id {id} already; give this one an id of its own."));
                }

                parsed.Add(policy);
            }
        }

        return errors.Count == 0 ? new PolicySet([.. parsed], ids) : throw new PolicySyntaxException(errors);
    }
}
