using System.Text;

namespace AccessGov.Cedar;

/// <summary>The explanation for a terminal.</summary>
internal sealed class ExplanationReport(Func<Policy, string> placeOf)
{
    // Deeper than this a tree is wider than any terminal.
    private const int DepthMax = 40;

    private readonly StringBuilder text = new();

    public static string Write(Explanation explanation, Func<Policy, string>? placeOf)
    {
        var report = new ExplanationReport(placeOf ?? (policy => policy.Position.ToString()));
        report.All(explanation);
        return report.text.ToString();
    }

    private void All(Explanation explanation)
    {
        Response response = explanation.Response;
        Request request = explanation.Request;
        Line(0, $"{response.Decision}: {request.Principal}, {request.Action}, {request.Resource}");
        foreach (PolicyExplanation policy in explanation.Policies)
        {
            Policy(policy);
        }

        foreach (SatisfiedForbid forbid in explanation.SatisfiedForbids)
        {
            Line(0, $"Forbidden by {forbid.Policy.Id}:");
            Leaves(forbid.Causes, forbid.IsCut);
        }

        foreach (NearPermit permit in explanation.NearestPermits)
        {
            string never = permit.Fixed > 0 ? $", {permit.Fixed} that nothing can change" : "";
            Line(0, $"Nearest permit {permit.Policy.Id} ({permit.DataToChange} to change{never}):");
            Leaves(permit.Failing, permit.IsCut);
        }

        foreach (Counterfactual counterfactual in explanation.Counterfactuals)
        {
            Line(0, $"Allowed with: {counterfactual}");
        }

        if (explanation.EvaluationsBoundReached)
        {
            Line(0, $"The search stopped after {explanation.Evaluations} evaluations; there may be more.");
        }
    }

    private void Policy(PolicyExplanation policy)
    {
        char mark = policy.Outcome switch
        {
            PolicyOutcome.True => '✓',
            PolicyOutcome.False => '✗',
            PolicyOutcome.Error => '!',
            _ => '·',
        };
        Line(0, $"{mark} {CedarWords.Of(policy.Policy.Effect)} {policy.Policy.Id} at {placeOf(policy.Policy)}");
        Node(policy.Principal, 1);
        Node(policy.Action, 1);
        Node(policy.Resource, 1);
        foreach (ExplanationNode condition in policy.Conditions)
        {
            Node(condition, 1);
        }
    }

    private void Node(ExplanationNode node, int depth)
    {
        char mark = node.Outcome switch
        {
            NodeOutcome.True => '✓',
            NodeOutcome.False => '✗',
            NodeOutcome.Error => '!',
            NodeOutcome.NotReached => '·',
            _ => '=',
        };
        string detail = node.Outcome switch
        {
            NodeOutcome.Error => $": {node.Error!.Message}",
            NodeOutcome.Value => $" = {(node.Value is { } value ? ReadableValue.Write(value) : ExplanationNode.HiddenMarker)}",
            _ => "",
        };
        Line(depth, $"{mark} {node.Text}{detail}");

        // What was not reached has nothing to tell below its own line, and a condition that is one leaf has said everything.
        if (node.Outcome == NodeOutcome.NotReached || depth == DepthMax)
        {
            return;
        }

        foreach (ExplanationNode child in node.Children)
        {
            Node(child, depth + 1);
        }
    }

    private void Leaves(IReadOnlyList<ExplanationLeaf> leaves, bool isCut)
    {
        foreach (ExplanationLeaf leaf in leaves)
        {
            Line(1, $"{(leaf.Outcome switch { NodeOutcome.True => '✓', NodeOutcome.False => '✗', NodeOutcome.Error => '!', _ => '=' })} {leaf}");
        }

        if (isCut)
        {
            Line(1, "…");
        }
    }

    // A policy may spread an expression or a text over lines; a line of the report is one line.
    private void Line(int depth, string line) => text.Append(' ', depth * 2).Append(line.ReplaceLineEndings(" ")).Append('\n');
}
