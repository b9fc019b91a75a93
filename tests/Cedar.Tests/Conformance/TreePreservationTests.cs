using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Conformance;

public sealed class TreePreservationTests
{
    [ConformanceFact]
    public void Every_public_policy_keeps_its_tree_when_printed_formatted_and_written_as_JSON()
    {
        var differences = new List<string>();
        int policies = 0;
        foreach ((string name, string text) in CorpusPolicies.All())
        {
            PolicySet set = PolicySet.Parse(text, name);
            policies += set.Policies.Count;
            string[] trees = [.. set.Policies.Select(policy => TreeText.Of(policy.Tree))];
            string formatted = PolicyFormatter.Format(text);
            string json = PolicySetJson.Write(set);

            Compare("printed", trees, PolicySet.Parse(string.Join('\n', set.Policies.Select(policy => PolicyFormatter.Print(policy)))));
            Compare("formatted", trees, PolicySet.Parse(formatted));
            Compare("JSON", trees, PolicySetJson.Parse(json));
            if (PolicyFormatter.Format(formatted) != formatted)
            {
                differences.Add($"{name} changes when formatted again");
            }

            void Compare(string how, string[] expected, PolicySet actual)
            {
                // The JSON of a set has its templates behind its policies.
                string[] found = [.. set.Policies.Select((policy, i) => TreeText.Of((how == "JSON" ? actual.Find(policy.Id)! : actual.Policies[i]).Tree))];
                if (!expected.SequenceEqual(found, StringComparer.Ordinal))
                {
                    differences.Add($"{name} {how}: {string.Join('\n', found)}");
                }
            }
        }

        differences.Take(20).ShouldBeEmpty();
        policies.ShouldBe(7_839);
    }
}
