using System.Text;

namespace AccessGov.Cedar.Tests.Validation;

/// <summary>
/// Where a guard stands and where what it guards stands, for each kind of guard: an attribute of an entity, of a record, of a context,
/// a tag, a path of several steps. The forms are the same for all of them.
/// </summary>
public sealed class GuardPositionTests
{
    // Guard and use: both true or false, and the use is an error without the guard.
    private static readonly (string Guard, string Use)[] Kinds =
    [
        ("principal has age", "principal.age > 1"),
        ("principal has \"odd name\"", "principal[\"odd name\"] like \"x*\""),
        ("principal.home has number", "principal.home.number > 1"),
        ("principal has home.number", "principal.home.number > 1"),
        ("context has reason", "context.reason like \"x*\""),
        ("context has address", "context.address.isIpv4()"),
        ("principal.hasTag(\"ward\")", "principal.getTag(\"ward\") like \"x*\""),
        ("principal.hasTag(principal.name)", "principal.getTag(principal.name) like \"x*\""),
        ("principal.mentor.hasTag(\"ward\")", "principal.mentor.getTag(\"ward\") like \"x*\""),
        ("resource has taken", "resource.taken < datetime(\"2025-01-01\")"),
        ("resource.owner has boss", "resource.owner.boss.name like \"x*\""),
        ("resource has owner.boss.age", "resource.owner.boss.age > 1"),
        ("{p: principal}.p has age", "{p: principal}.p.age > 1"),
        ("Staff::\"ada\" has age", "Staff::\"ada\".age > 1"),
        ("(if context.urgent then principal else resource.owner) has age", "(if context.urgent then principal else resource.owner).age > 1"),
    ];

    [Theory]
    [InlineData("G && U")]
    [InlineData("(G) && (U)")]
    [InlineData("G && G && U")]
    [InlineData("G && context.urgent && U")]
    [InlineData("context.urgent && G && U")]
    [InlineData("context.urgent && (G && U)")]
    [InlineData("(context.urgent && G) && U")]
    [InlineData("G && (context.urgent || U)")]
    [InlineData("G && (U || context.urgent)")]
    [InlineData("G && !(U)")]
    [InlineData("!(G && U)")]
    [InlineData("(G && U) || context.urgent")]
    [InlineData("context.urgent || (G && U)")]
    [InlineData("(G || G) && U")]
    [InlineData("(G || false) && U")]
    [InlineData("(false || G) && U")]
    [InlineData("(true && G) && U")]
    [InlineData("((G && context.urgent) || (context.urgent && G)) && U")]
    [InlineData("if G then U else false")]
    [InlineData("if G then U else true")]
    [InlineData("if G && context.urgent then U else false")]
    [InlineData("if context.urgent && G then U else context.urgent")]
    [InlineData("if context.urgent then (G && U) else false")]
    [InlineData("if context.urgent then false else (G && U)")]
    [InlineData("(if context.urgent then G else G) && U")]
    [InlineData("(if context.urgent then G else false) && U", false)]
    [InlineData("(if G then context.urgent else false) && U", false)]
    [InlineData("(if true then G else context.urgent) && U")]
    [InlineData("(if false then context.urgent else G) && U")]
    [InlineData("(if G then true else G) && U")]
    [InlineData("G && [U].contains(true)")]
    [InlineData("G && {k: U}.k")]
    [InlineData("G && (U) == context.urgent")]
    [InlineData("G && (if U then true else false)")]
    [InlineData("false && U")]
    [InlineData("true || U")]
    [InlineData("if true then context.urgent else U")]
    [InlineData("if false then U else context.urgent")]
    [InlineData("U", false)]
    [InlineData("U && G", false)]
    [InlineData("G || U", false)]
    [InlineData("!(G) || U", false)]
    [InlineData("!(G) && U", false)]
    [InlineData("!!(G) && U", false)]
    [InlineData("(G || context.urgent) && U", false)]
    [InlineData("(context.urgent || G) && U", false)]
    [InlineData("(G) == true && U", false)]
    [InlineData("[G].contains(true) && U", false)]
    [InlineData("{k: G}.k && U", false)]
    [InlineData("if G then false else U", false)]
    [InlineData("if G then true else U", false)]
    [InlineData("if context.urgent then G else U", false)]
    [InlineData("if !(G) then false else U", false)]
    [InlineData("(if context.urgent then G else true) && U", false)]
    [InlineData("(if context.urgent then true else G) && U", false)]
    [InlineData("(context.urgent && G) || U", false)]
    [InlineData("(G && context.urgent) == (U)", false)]
    [InlineData("[G, U].contains(true)", false)]
    public void A_guard_holds_exactly_where_it_must_be_true(string form, bool valid = true)
    {
        foreach ((string guard, string use) in Kinds)
        {
            string condition = Fill(form, guard, use);
            ValidationResult result = Clinic.WhenViewing(condition);

            result.IsValid.ShouldBe(valid, $"{condition}: {string.Join("; ", result.Errors)}");
        }
    }

    [Fact]
    public void No_guard_stands_for_another_one()
    {
        foreach ((string guard, _) in Kinds)
        {
            foreach ((string other, string use) in Kinds)
            {
                // Two ways of writing one guard, and a path that goes over another one's.
                bool same = guard == other || (guard.Contains("home", StringComparison.Ordinal) && other.Contains("home", StringComparison.Ordinal))
                    || (guard.Contains("owner.boss", StringComparison.Ordinal) && other.Contains("owner has boss", StringComparison.Ordinal));

                Clinic.WhenViewing($"{guard} && {use}").IsValid.ShouldBe(same, $"{guard} && {use}");
            }
        }
    }

    [Theory]
    [InlineData("when { G } when { U };", true)]
    [InlineData("when { G && context.urgent } unless { U };", true)]
    [InlineData("when { G } unless { context.urgent } when { U };", true)]
    [InlineData("unless { !(G) } when { U };", false)]
    [InlineData("unless { G } when { U };", false)]
    [InlineData("when { U } when { G };", false)]
    [InlineData("when { G || context.urgent } when { U };", false)]
    [InlineData("unless { G && U };", true)]
    [InlineData("unless { U } when { G };", false)]
    public void A_guard_in_one_clause_holds_in_the_later_ones(string clauses, bool valid)
    {
        foreach ((string guard, string use) in Kinds)
        {
            string policy = $"permit(principal, action == Action::\"view\", resource) {Fill(clauses, guard, use)}";
            ValidationResult result = Clinic.Validate(policy);

            result.IsValid.ShouldBe(valid, $"{policy}: {string.Join("; ", result.Errors)}");
        }
    }

    [Theory]
    [InlineData("principal has boss && principal.boss has boss && principal.boss.boss has age && principal.boss.boss.age > 1", true)]
    [InlineData("principal has boss.boss.age && principal.boss.boss.age > 1", true)]
    [InlineData("principal has boss.boss && principal.boss.boss has age && principal.boss.boss.age > 1", true)]
    [InlineData("principal has boss.boss && principal.boss.boss.age > 1", false)]
    [InlineData("principal has boss.age && principal.boss.boss.age > 1", false)]
    [InlineData("principal.boss has age && principal.boss.age > 1", false)]
    [InlineData("principal.mentor has boss.age && principal.mentor.boss.age > 1", true)]
    [InlineData("principal.mentor has boss.age && principal.boss.age > 1", false)]
    [InlineData("principal has mentor.boss.age && principal.mentor.boss.age > 1", true)]
    [InlineData("principal has mentor.boss.home.number && principal.mentor.boss.home.number > 1", true)]
    [InlineData("principal has mentor.boss.home && principal.mentor.boss.home.number > 1", false)]
    [InlineData("(principal has boss.age || principal has boss.boss) && principal.boss.name == \"x\"", true)]
    [InlineData("(principal has boss.age || principal has boss.boss) && principal.boss.age > 1", false)]
    [InlineData("(principal has boss.age || resource.owner has boss.age) && principal.boss.name == \"x\"", false)]
    public void A_path_guards_each_of_its_steps(string condition, bool valid)
    {
        ValidationResult result = Clinic.WhenViewing(condition);

        result.IsValid.ShouldBe(valid, string.Join("; ", result.Errors));
    }

    [Theory]
    [InlineData("principal.hasTag(\"a\") && principal.getTag(\"b\") == \"\"", false)]
    [InlineData("principal.hasTag(\"a\") && principal.mentor.getTag(\"a\") == \"\"", false)]
    [InlineData("principal.hasTag(principal.name) && principal.getTag(principal.mentor.name) == \"\"", false)]
    [InlineData("principal.hasTag(principal.name) && principal.getTag(\"name\") == \"\"", false)]
    [InlineData("principal.hasTag(\"\\u{61}\") && principal.getTag(\"a\") == \"\"", true)]
    [InlineData("principal.hasTag(if context.urgent then \"a\" else \"b\") && principal.getTag(if context.urgent then \"a\" else \"b\") == \"\"", true)]
    [InlineData("principal.hasTag(if context.urgent then \"a\" else \"b\") && principal.getTag(\"a\") == \"\"", false)]
    [InlineData("principal has boss && principal.boss.hasTag(\"a\") && principal.boss.getTag(\"a\") == \"\"", true)]
    [InlineData("(principal.hasTag(\"a\") || principal.hasTag(\"b\")) && principal.getTag(\"a\") == \"\"", false)]
    [InlineData("resource.hasTag(\"a\") || principal.getTag(\"a\") == \"\"", false)]
    public void A_tag_is_guarded_by_its_own_name_on_its_own_entity(string condition, bool valid)
    {
        ValidationResult result = Clinic.WhenViewing(condition);

        result.IsValid.ShouldBe(valid, string.Join("; ", result.Errors));
    }

    private static string Fill(string form, string guard, string use)
    {
        var text = new StringBuilder();
        foreach (char letter in form)
        {
            text.Append(letter switch { 'G' => guard, 'U' => use, _ => letter.ToString() });
        }

        return text.ToString();
    }
}
