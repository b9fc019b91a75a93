namespace AccessGov.Cedar.Tests.Validation;

/// <summary>The policies that are shipped, against the schema that is shipped with them.</summary>
public sealed class ShippedPolicyTests
{
    private static readonly string Folder = WorkingCopy.PathOf("deploy", "policies");

    [Fact]
    public void Every_shipped_policy_is_valid_and_possible()
    {
        ValidationResult result = Validate(level: null);

        result.Errors.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void The_shipped_policies_follow_two_references_at_most()
    {
        Validate(level: 2).Errors.ShouldBeEmpty();
        Validate(level: 1).Errors.ShouldNotBeEmpty();
    }

    private static ValidationResult Validate(int? level)
    {
        string schema = Path.Combine(Folder, "hospital.cedarschema");
        PolicySet policies = PolicySet.Parse(
            Directory.GetFiles(Folder, "*.cedar").Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllText(file))));
        policies.Policies.Count.ShouldBeGreaterThan(40);
        return new Validator(Schema.Parse(File.ReadAllText(schema), schema)).Validate(policies, level);
    }
}
