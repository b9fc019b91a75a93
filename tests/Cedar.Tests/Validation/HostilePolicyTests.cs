using System.Diagnostics;
using System.Text;

namespace AccessGov.Cedar.Tests.Validation;

/// <summary>Policies that want the validator's time or memory. The limits are many times what is needed, for slow machines.</summary>
public sealed class HostilePolicyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_chain_of_ten_thousand_guards_is_checked()
    {
        string names = string.Join(",", Enumerable.Range(0, 5_000).Select(i => $"a{i}?: Long"));
        var validator = new Validator(Schema.Parse($"entity U {{ {names} }}; action a appliesTo {{ principal: [U], resource: [U] }};"));
        string guards = string.Join(" && ", Enumerable.Range(0, 5_000).Select(i => $"principal has a{i}"));
        string uses = string.Join(" && ", Enumerable.Range(0, 5_000).Select(i => $"principal.a{i} > 0"));

        InTime(() => validator.Validate(PolicySet.Parse($"permit(principal, action, resource) when {{ {guards} && {uses} }};")), level: null)
            .Errors.ShouldBeEmpty();
        InTime(() => validator.Validate(PolicySet.Parse($"permit(principal, action, resource) when {{ {guards.Replace("&&", "||", StringComparison.Ordinal)} }};"), 1), 1)
            .Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Ten_thousand_mistakes_are_reported_up_to_the_limit()
    {
        string mistakes = string.Join(" || ", Enumerable.Range(0, 10_000).Select(i => $"principal.a{i}.b == {i}"));

        ValidationResult result = InTime(() => Clinic.Validate($"permit(principal, action, resource) when {{ {mistakes} }};"), null);

        result.Errors.Count.ShouldBe(ValidationResult.PolicyFindingsMax);
    }

    [Fact]
    public void Ten_thousand_suspicious_and_unknown_ids_are_reported_up_to_the_limit()
    {
        string ids = string.Join(", ", Enumerable.Range(0, 10_000).Select(i => $"Action::\"\u0430da{i}\""));

        ValidationResult result = InTime(() => Clinic.Validate($"permit(principal, action in [{ids}], resource);"), null);

        result.Errors.Count.ShouldBe(ValidationResult.PolicyFindingsMax);
        result.Warnings.Count.ShouldBe(ValidationResult.PolicyFindingsMax);
        result.Errors[1].Position.Column.ShouldBeGreaterThan(result.Errors[0].Position.Column);
    }

    [Theory]
    [InlineData("!(", ")", 120)]
    [InlineData("true && (", ")", 120)]
    [InlineData("if context.urgent then (", ") else false", 60)]
    public void A_deep_condition_is_checked(string open, string close, int depth)
    {
        var text = new StringBuilder();
        text.Insert(0, open, depth).Append("context.urgent");
        for (int i = 0; i < depth; i++)
        {
            text.Append(close);
        }

        InTime(() => Clinic.WhenViewing(text.ToString(), level: 3), 3).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void A_path_as_long_as_a_policy_may_be_deep_is_checked_and_a_longer_one_refused()
    {
        string path = string.Join('.', Enumerable.Repeat("mentor", 249));

        InTime(() => Clinic.WhenViewing($"principal has {path}"), null).Errors.ShouldBeEmpty();
        InTime(() => Clinic.WhenViewing($"principal has {path}", level: 249), 249).Errors.ShouldBeEmpty();
        InTime(() => Clinic.WhenViewing($"principal has {path}", level: 5), 5).Errors.Count.ShouldBe(ValidationResult.PolicyFindingsMax);
        Should.Throw<PolicySyntaxException>(() => Clinic.WhenViewing($"principal has {path}.mentor")).Message.ShouldContain("at most 250 levels");
    }

    [Fact]
    public void Types_that_share_their_parts_are_compared_in_no_time()
    {
        var schema = new StringBuilder("type A0 = { x: Long }; type B0 = { x: Long };");
        for (int i = 1; i <= 14; i++)
        {
            schema.Append($"type A{i} = {{ l: A{i - 1}, r: A{i - 1} }}; type B{i} = {{ l: B{i - 1}, r: B{i - 1} }};");
        }

        schema.Append("entity U { a: A14, b: B14 }; action a appliesTo { principal: [U], resource: [U] };");
        var validator = new Validator(Schema.Parse(schema.ToString()));
        PolicySet policies = PolicySet.Parse("permit(principal, action, resource) when { principal.a == principal.b } when { principal.a == 1 };");

        ValidationError error = InTime(() => validator.Validate(policies), null).Errors.ShouldHaveSingleItem();

        error.Kind.ShouldBe(ValidationErrorKind.IncompatibleTypes);
        error.Message.Length.ShouldBeLessThan(1_000);
    }

    [Fact]
    public void Long_names_and_literals_are_cut_in_messages()
    {
        string name = new('x', 100_000);

        foreach (ValidationError error in Clinic.WhenViewing($"principal.{name} == 1 || principal == {name}::\"{name}\" || ip(\"{name}\").isIpv4()").Errors)
        {
            error.Message.Length.ShouldBeLessThan(1_000);
        }
    }

    [Fact]
    public void Ten_thousand_policies_are_checked_in_time()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 10_000; i++)
        {
            text.Append(
                $"permit(principal in Team::\"t{i}\", action in [Action::\"read\", Action::\"store\"], resource) when {{ principal is Staff && "
                + $"principal has boss.age && principal.boss.age > {i} && context has reason && context.reason == \"r{i}\" }};\n");
        }

        PolicySet policies = PolicySet.Parse(text.ToString());

        ValidationResult result = InTime(() => Clinic.Validator.Validate(policies, level: 2), 2);

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
    }

    private static ValidationResult InTime(Func<ValidationResult> validate, int? level)
    {
        var watch = Stopwatch.StartNew();
        ValidationResult result = validate();
        watch.Elapsed.ShouldBeLessThan(Patience, $"at level {level}");
        return result;
    }
}
