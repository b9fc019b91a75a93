using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Explanations;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>Counts outcomes in a bounded number of groups. Used by one thread.</summary>
internal sealed class ImpactTally(RoleEntities roles)
{
    private const int GroupsMax = 500;
    private const int ExamplesMax = 5;
    private const int ExplainedMax = 20;
    private const string Others = "(others)";

    private readonly Dictionary<(string Change, string Role, string Department, string Policy), Group> groups = [];
    private readonly List<Guid> notReproduced = [];
    private int explained;

    public long Decisions { get; private set; }

    public long NotByPolicies { get; set; }

    public long NotReproduced { get; private set; }

    public int UnreadableBatches { get; set; }

    public void Add(in ImpactOutcome outcome)
    {
        Decisions++;
        if (!outcome.Reproduced)
        {
            NotReproduced++;
            Example(notReproduced, outcome.Case.Recorded.Id);
        }
        else if (outcome.Live.Permitted != outcome.Draft.Permitted)
        {
            Change(outcome);
        }
    }

    public PolicyDraftImpactAssessed Report(string hash, ImpactRange range) => new(
        hash, range.From, range.To, range.Sample, Decisions, NotByPolicies, NotReproduced, [.. notReproduced], UnreadableBatches,
        Sum(ImpactGroup.AllowToDeny), Sum(ImpactGroup.DenyToAllow),
        [.. groups.OrderByDescending(group => group.Value.Count).ThenBy(group => group.Key).Select(group => new ImpactGroup(
            group.Key.Change, group.Key.Role, group.Key.Department, group.Key.Policy, group.Value.Count, [.. group.Value.Examples], group.Value.Explanation))]);

    private long Sum(string change) => groups.Where(group => group.Key.Change == change).Sum(group => group.Value.Count);

    private void Change(in ImpactOutcome outcome)
    {
        string change = outcome.Draft.Permitted ? ImpactGroup.DenyToAllow : ImpactGroup.AllowToDeny;

        // What opens or closes: the draft's policy; where none permits any more, the one that did.
        string policy = outcome.Draft.Policies.Count > 0 ? outcome.Draft.Policies[0] : $"without {(outcome.Live.Policies.Count > 0 ? outcome.Live.Policies[0] : outcome.Draft.Reason)}";
        var key = (change, Text(outcome.Case.Roles()), Text(outcome.Case.Study?.Department ?? ""), Text(policy));
        if (groups.Count >= GroupsMax && !groups.ContainsKey(key))
        {
            key = (change, Others, Others, Others);
        }

        if (!groups.TryGetValue(key, out Group? group))
        {
            groups[key] = group = new Group { Explanation = explained++ < ExplainedMax ? Explain(outcome.Case) : null };
        }

        group.Count++;
        Example(group.Examples, outcome.Case.Recorded.Id);
    }

    private JsonNode Explain(ImpactCase one) => JsonNode.Parse(
        Text(ExplanationAnswer.InShort(one.Draft.Policies!.Compiled, one.UnderDraft(roles)).ToJsonString().Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal)))!;

    private static void Example(List<Guid> examples, Guid id)
    {
        if (examples.Count < ExamplesMax)
        {
            examples.Add(id);
        }
    }

    // PostgreSQL takes no NUL.
    private static string Text(string text) => text.Replace('\0', '\uFFFD');

    private sealed class Group
    {
        public long Count { get; set; }

        public List<Guid> Examples { get; } = [];

        public JsonNode? Explanation { get; init; }
    }
}
