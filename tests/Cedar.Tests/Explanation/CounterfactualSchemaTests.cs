namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>Counterfactuals of a world with a schema: none of them leads to what the schema refuses, and none rests on a forbid that failed.</summary>
public sealed class CounterfactualSchemaTests
{
    private static readonly Schema Declared = Schema.Parse(
        """
        entity Group;
        entity Colour enum ["red", "green"];
        entity Person in [Group] { role: String, badge?: String, age?: Long, mfa?: Bool, home?: Colour, codes?: Set<Long>, from?: ipaddr, price?: decimal, born?: datetime, rest?: duration }
            tags String;
        entity Paper { owner?: Person, secret?: Bool };
        action view appliesTo {
            principal: Person, resource: Paper,
            context: { level?: Long, session?: { id: String, age: Long, place: { name: String, floor?: Long } } }
        };
        """);

    private static readonly Entity Person = new(new("Person", "ada"), RecordValue.Of(("role", Value.Of("reader"))));
    private static readonly Entity Paper = new(new("Paper", "p"));
    private static readonly EntityStore Entities = EntityStore.Create([Person, Paper, .. Declared.ActionEntities]);
    private static readonly Request Asked = new(Person.Uid, new("Action", "view"), Paper.Uid, RecordValue.Empty);

    [Theory]
    [InlineData("principal has badge", "principal.badge = \"example\", for example (was missing)")]
    [InlineData("principal has age", "principal.age = 0, for example (was missing)")]
    [InlineData("principal has mfa", "principal.mfa = true, for example (was missing)")]
    [InlineData("principal has home", "principal.home = Colour::\"red\", for example (was missing)")]
    [InlineData("principal has codes", "principal.codes = [], for example (was missing)")]
    [InlineData("principal has from", "principal.from = ip(\"192.0.2.1\"), for example (was missing)")]
    [InlineData("principal has price", "principal.price = decimal(\"0.0\"), for example (was missing)")]
    [InlineData("principal has born", "principal.born = datetime(\"1970-01-01T00:00:00.000Z\"), for example (was missing)")]
    [InlineData("principal has rest", "principal.rest = duration(\"0ms\"), for example (was missing)")]
    [InlineData("principal.hasTag(\"badge\")", "principal.getTag(\"badge\") = \"example\", for example (was missing)")]
    [InlineData("resource has owner", "resource.owner = Person::\"example\", for example (was missing)")]
    [InlineData("context has session", "context.session = {\"id\": \"example\", \"age\": 0, \"place\": {\"name\": \"example\"}}, for example (was missing)")]
    [InlineData("context has session.place.floor", "context.session = {\"id\": \"example\", \"age\": 0, \"place\": {\"name\": \"example\", \"floor\": 0}}, for example (was missing)")]
    [InlineData(
        "context has session.age && context.session.age > 3 && context.session.id == \"s\"",
        "context.session = {\"id\": \"s\", \"age\": 4, \"place\": {\"name\": \"example\"}}, for example (was missing)")]
    [InlineData("principal has codes && !principal.codes.isEmpty()", "principal.codes = [0], for example (was missing)")]
    [InlineData("principal has home && principal.home != Colour::\"red\"", "principal.home = Colour::\"green\", for example (was missing)")]
    [InlineData("principal.badge != 5", "principal.badge = \"example\", for example (was missing)")]
    [InlineData("!(principal has role)", "")]
    [InlineData("principal has nothing", "")]
    [InlineData("principal in resource", "")]
    [InlineData("principal in Group::\"g\"", "principal Person::\"ada\" in Group::\"g\"")]
    [InlineData("principal.hasTag(\"badge\") && principal.getTag(\"badge\") == \"gold\"", "principal.getTag(\"badge\") = \"gold\" (was missing)")]
    public void Each_sets_what_the_schema_takes(string condition, string changes)
    {
        CompiledPolicySet policies = PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};").Compile();
        Explanation explanation = Explainer.Explain(policies, Asked, Entities, new() { Schema = Declared });

        string.Join(';', explanation.Counterfactuals).ShouldBe(changes);
        foreach (Counterfactual counterfactual in explanation.Counterfactuals)
        {
            (Request request, IEntities entities) = counterfactual.ApplyTo(Asked, Entities);
            Declared.Check(request).ShouldBeEmpty();
            Declared.Check(entities.Find(Person.Uid)!).ShouldBeEmpty();
            Declared.Check(entities.Find(Paper.Uid)!).ShouldBeEmpty();
            policies.Evaluate(in request, entities).Decision.ShouldBe(Decision.Allow);
        }
    }

    [Theory]
    [InlineData("context has level", "context has level && context.level > 5", "context.level = 0, for example (was missing)")]
    [InlineData("context has level", "context has level && context.level like \"x*\"", "context.level = \"example\", for example (was missing)")]
    [InlineData("context has level", "context has level && context.level.contains(1)", "")]
    [InlineData("context has level", "context.other > 5", "context.level = true, for example (was missing)")]
    [InlineData(
        "context has level && context has other", "(context has level && context.level > 2) || (context has other && context.other like \"q*\")",
        "context.level = 0, for example (was missing) and context.other = \"example\", for example (was missing)")]
    [InlineData("context.from != ip(\"192.0.2.1\")", "false", "context.from = ip(\"192.0.2.2\"), for example (was missing)")]
    public void None_permits_only_because_a_forbid_fails(string permit, string forbid, string changes)
    {
        CompiledPolicySet policies = PolicySet.Parse(
            $"permit(principal, action, resource) when {{ {permit} }}; forbid(principal, action, resource) when {{ {forbid} }};").Compile();

        string.Join(';', Explainer.Explain(policies, Asked, Entities).Counterfactuals).ShouldBe(changes);
    }

    [Fact]
    public void A_value_that_one_condition_asks_for_gives_way_when_another_refuses_it()
    {
        CompiledPolicySet policies = PolicySet.Parse("permit(principal, action, resource) when { context.level > 3 && context.level < 10 && context.level != 4 };").Compile();
        Request asked = Asked with { Context = RecordValue.Of(("level", Value.Of(2))) };

        string.Join(';', Explainer.Explain(policies, asked, Entities).Counterfactuals).ShouldBe("context.level = 5, for example (was 2)");
    }
}
