namespace AccessGov.Cedar.Tests.Validation;

/// <summary>The schema of these tests, and a policy validated in one line.</summary>
internal static class Clinic
{
    public const string Text = """
        entity Staff in [Team] {
          name: String,
          age?: Long,
          boss?: Staff,
          mentor: Staff,
          home: { street: String, number?: Long },
          teams: Set<Team>,
          scores: Set<Long>,
          hired: datetime,
          rating: decimal,
          "odd name"?: String,
        } tags String;
        entity Robot in [Team];
        entity Team in [Department];
        entity Department;
        entity Shade enum ["dark", "light"];
        entity Scan in [Folder] { owner: Staff, taken?: datetime, shade: Shade };
        entity Folder in [Folder];

        action "all";
        action "read" in ["all"];
        action "view", "print" in ["read"]
          appliesTo { principal: [Staff], resource: [Scan], context: { urgent: Bool, reason?: String, address?: ipaddr, wait: duration } };
        action "store"
          appliesTo { principal: [Staff, Robot], resource: [Folder], context: { urgent: Bool } };
        action "unused";
        """;

    public static Schema Schema { get; } = Schema.Parse(Text, "clinic.cedarschema");

    public static Validator Validator { get; } = new(Schema);

    public static ValidationResult Validate(string policies, int? level = null) => Validator.Validate(PolicySet.Parse(policies, "rules.cedar"), level);

    /// <summary>A condition on viewing, which starts at line 2, column 8.</summary>
    public static ValidationResult WhenViewing(string condition, int? level = null) =>
        Validate($"permit(principal, action == Action::\"view\", resource)\nwhen {{ {condition} }};", level);

    public static void ShouldBe(this ValidationError error, ValidationErrorKind kind, int line, int column, string suggestion)
    {
        (error.Kind, error.Position.File, error.Position.Line, error.Position.Column).ShouldBe((kind, "rules.cedar", line, column), error.Message);
        error.Suggestion.ShouldBe(suggestion);
        error.Message.ShouldBe($"rules.cedar:{line}:{column}: policy `policy0`: {error.Problem} {suggestion}");
    }
}
