using System.Text.Json;

namespace AccessGov.Cedar.Tests.Explaining;

public sealed class ExplanationJsonTests
{
    private static readonly Explanation Evening = Explainer.Explain(
        Hospital.Set, Hospital.Ask(Hospital.Bob, "metadata", RecordValue.Of(("timeOfDay", Hospital.Time(20, 4)))), Hospital.Entities);

    [Fact]
    public void The_json_form_has_the_keys_that_callers_rely_on()
    {
        JsonElement json = Evening.ToJson();

        Keys(json).ShouldBe(
        [
            "decision", "principal", "action", "resource", "reasons", "errors", "policies", "nearestPermits", "satisfiedForbids",
            "counterfactuals", "evaluations", "evaluationsBoundReached",
        ]);
        json.GetProperty("decision").GetString().ShouldBe("deny");
        JsonElement policy = json.GetProperty("policies")[0];
        Keys(policy).ShouldBe(["policy", "effect", "outcome", "position", "scope", "conditions"]);
        policy.GetProperty("outcome").GetString().ShouldBe("false");
        JsonElement node = policy.GetProperty("conditions")[0];
        Keys(node).ShouldBe(["kind", "outcome", "text", "position", "children"]);
        JsonElement value = node.GetProperty("children")[0].GetProperty("children")[0].GetProperty("children")[0];
        Keys(value).ShouldBe(["kind", "outcome", "text", "position", "valueText", "value", "place"]);
        value.GetProperty("value").ToString().ShouldBe("""{"__extn":{"fn":"duration","arg":"72240000ms"}}""");
        Keys(value.GetProperty("place")).ShouldBe(["root", "kind", "path", "text"]);
        JsonElement near = json.GetProperty("nearestPermits")[0];
        Keys(near).ShouldBe(["policy", "dataToChange", "fixed", "failing", "cut"]);
        Keys(near.GetProperty("failing")[0]).ShouldBe(["operator", "outcome", "wanted", "reached", "text", "sentence", "position", "left", "right"]);
        JsonElement change = json.GetProperty("counterfactuals")[0].GetProperty("changes")[0];
        Keys(change).ShouldBe(["kind", "place", "fromText", "from", "toText", "to", "example"]);
        change.GetProperty("kind").GetString().ShouldBe("set");
        change.GetProperty("place").GetProperty("root").GetString().ShouldBe("context");
        change.GetProperty("toText").GetString().ShouldBe("duration(\"18h59m59s999ms\")");
    }

    [Fact]
    public void The_text_form_is_an_indented_tree_with_marks() => Evening.ToText().ShouldBe(
        """
        Deny: User::"bob", Action::"metadata", Study::"s1"
        ✗ permit billing-metadata at hospital.cedar:5:1
          ✓ principal is User in Role::"billing"
          ✓ action == Action::"metadata"
          ✓ resource is Study
          ✗ when { context.timeOfDay >= duration("7h") && context.timeOfDay < duration("19h") }
            ✗ context.timeOfDay >= duration("7h") && context.timeOfDay < duration("19h")
              ✓ context.timeOfDay >= duration("7h")
                = context.timeOfDay = duration("20h4m")
              ✗ context.timeOfDay < duration("19h")
                = context.timeOfDay = duration("20h4m")
        ✗ forbid own-study at hospital.cedar:20:1
          ✓ principal
          ✓ action
          ✓ resource is Study
          ✗ when { resource has patient && resource.patient == principal }
            ✗ resource has patient && resource.patient == principal
              ✓ resource has patient
              ✗ resource.patient == principal
                = resource.patient = User::"carl"
        Nearest permit billing-metadata (1 to change):
          ✗ context.timeOfDay < duration("19h") was false: context.timeOfDay = duration("20h4m")
        Nearest permit care-team-read (2 to change):
          ✗ principal is User in Role::"physician" was false: principal = User::"bob"
          ✗ principal in resource.careTeam was false: principal = User::"bob", resource.careTeam = Team::"chest-pain" (not reached)
        Allowed with: context.timeOfDay = duration("18h59m59s999ms") (was duration("20h4m"))
        Allowed with: principal User::"bob" in Role::"physician" and principal User::"bob" in Team::"chest-pain"

        """.ReplaceLineEndings("\n"));

    [Fact]
    public void Errors_and_deep_values_are_written_within_the_depth_that_readers_allow()
    {
        Value deep = Value.Of(1);
        for (int i = 0; i < 200; i++)
        {
            deep = new SetValue([deep]);
        }

        JsonElement json = Hospital.Of("context.deep == 1 || context.missing", RecordValue.Of(("deep", deep))).ToJson();

        json.ToString().ShouldContain("\"valueCut\":true");
        JsonElement error = json.GetProperty("policies")[0].GetProperty("error");
        error.GetProperty("kind").GetString().ShouldBe("recordAttributeDoesNotExist");
        json.GetProperty("errors")[0].GetString().ShouldBe("policy0");
        json.GetProperty("policies")[0].GetProperty("outcome").GetString().ShouldBe("error");
    }

    [Fact]
    public void Line_breaks_in_a_value_do_not_break_the_lines_of_the_report()
    {
        string report = Hospital.Of("context[\"a\\nb\"] == \"x\\ny\"", RecordValue.Of(("a\nb", Value.Of("1\n2")))).ToText();

        report.Split('\n').ShouldAllBe(line => line.Length == 0 || "✓✗!=· DNA".Contains(line[0]));
    }

    private static IEnumerable<string> Keys(JsonElement json) => json.EnumerateObject().Select(property => property.Name);
}
