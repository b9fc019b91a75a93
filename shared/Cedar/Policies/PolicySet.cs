using System.Globalization;

namespace AccessGov.Cedar;

/// <summary>Parsed policies with unique ids, in the order of their texts. Immutable. <see cref="Compile"/> makes it answer requests.</summary>
public sealed class PolicySet
{
    private readonly Policy[] policies;

    private PolicySet(Policy[] policies) => this.policies = policies;

    /// <summary>The set without policies: it denies everything.</summary>
    public static PolicySet Empty { get; } = new([]);

    /// <summary>The policies, templates among them, in the order of their texts.</summary>
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

    /// <summary>One set of the policies of all <paramref name="sets"/>, with the ids they have.</summary>
    /// <exception cref="ArgumentException">Two policies have one id.</exception>
    public static PolicySet Combine(IEnumerable<PolicySet> sets)
    {
        var combined = new List<Policy>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (Policy policy in sets.SelectMany(set => set.policies))
        {
            if (!ids.Add(policy.Id))
            {
                throw new ArgumentException($"Two policies have the id `{policy.Id}`.", nameof(sets));
            }

            combined.Add(policy);
        }

        return new PolicySet([.. combined]);
    }

    /// <summary>Compiles every policy to delegates and builds the index. Do it once per set, not once per request.</summary>
    /// <exception cref="InsufficientExecutionStackException">The calling thread has less than about half a megabyte of stack left.</exception>
    public CompiledPolicySet Compile() => new(this);

    private static PolicySet ParseAll(IEnumerable<(string? File, string Text)> files, Func<Policy, string>? chooseId)
    {
        var errors = new List<SyntaxError>();
        var parsed = new List<Policy>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string? file, string text) in files)
        {
            foreach (PolicyTree tree in PolicyParser.Parse(new SourceText(file, text), errors))
            {
                var policy = new Policy(string.Create(CultureInfo.InvariantCulture, $"policy{parsed.Count}"), tree);
                if (chooseId is not null)
                {
                    policy = new Policy(chooseId(policy), tree);
                }

                if (!ids.Add(policy.Id))
                {
                    errors.Add(new SyntaxError(policy.Position, $"Another policy has the id `{policy.Id}` already."));
                }

                parsed.Add(policy);
            }
        }

        return errors.Count == 0 ? new PolicySet([.. parsed]) : throw new PolicySyntaxException(errors);
    }
}
