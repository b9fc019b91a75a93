using System.Text;

namespace AccessGov.Cedar.Tests.Validation;

/// <summary>The sentence that says what is wrong: it names the thing, its type and its owner as the policy writes them.</summary>
public sealed class MessageTests
{
    [Theory]
    [InlineData("principal.name < 3", "This expression has the type String where a Long is expected.")]
    [InlineData("principal.home > 3", "This expression has the type {number?: Long, street: String} where a Long is expected.")]
    [InlineData("principal.hired <= 3", "This expression has the type datetime where a Long is expected.")]
    [InlineData("principal.hired <= context.wait", "This expression has the type duration where a datetime is expected.")]
    [InlineData("context.wait <= principal.hired", "This expression has the type datetime where a duration is expected.")]
    [InlineData("principal.hired <= principal.name", "This expression has the type String where a datetime is expected.")]
    [InlineData("principal.name <= principal.hired", "This expression has the type String where a datetime is expected.")]
    [InlineData("principal.name <= principal", "This expression has the type String where a Long, a datetime or a duration is expected.")]
    [InlineData("principal.teams", "This expression has the type Set<Team> where a Bool is expected.")]
    [InlineData("principal.scores + 1 == 1", "This expression has the type Set<Long> where a Long is expected.")]
    [InlineData("true + 1 == 1", "This expression has the type Bool (always true) where a Long is expected.")]
    [InlineData("1 + (1 == 2) == 1", "This expression has the type Bool (always false) where a Long is expected.")]
    [InlineData("context.urgent + 1 == 1", "This expression has the type Bool where a Long is expected.")]
    [InlineData("-resource == 1", "This expression has the type Scan where a Long is expected.")]
    [InlineData("!action", "This expression has the type Action where a Bool is expected.")]
    [InlineData("context", "This expression has the type {address?: ipaddr, reason?: String, urgent: Bool, wait: duration} where a Bool is expected.")]
    [InlineData("principal.rating like \"1*\"", "This expression has the type decimal where a String is expected.")]
    [InlineData("principal.home is Staff", "This expression has the type {number?: Long, street: String} where an entity is expected.")]
    [InlineData("principal in principal.name", "This expression has the type String where an entity or a set of entities is expected.")]
    [InlineData("principal in principal.scores", "This expression has the type Set<Long> where an entity or a set of entities is expected.")]
    [InlineData("principal.name.contains(1)", "This expression has the type String where a set is expected.")]
    [InlineData("principal.scores has x", "This expression has the type Set<Long> where an entity or a record is expected.")]
    [InlineData("principal.scores.x == 1", "This expression has the type Set<Long> where an entity or a record is expected.")]
    [InlineData("principal.hasTag(1)", "This expression has the type Long where a String is expected.")]
    [InlineData("principal.getTag(1) == \"\"", "This expression has the type Long where a String is expected.")]
    [InlineData("context.wait.toDate() == principal.hired", "This expression has the type duration where a datetime is expected.")]
    [InlineData("principal.hired.offset(1) == principal.hired", "This expression has the type Long where a duration is expected.")]
    [InlineData("principal.name.isIpv4()", "This expression has the type String where an ipaddr is expected.")]
    [InlineData("principal has name.first", "`principal.name` has the type String where an entity or a record is expected.")]
    [InlineData("principal has home.number.x", "`principal.home.number` has the type Long where an entity or a record is expected.")]
    [InlineData("principal has mentor.home.street.x", "`principal.mentor.home.street` has the type String where an entity or a record is expected.")]
    [InlineData("principal.name == 1", "Both sides of this comparison have the types String and Long, which are not compatible.")]
    [InlineData("principal != 1", "Both sides of this comparison have the types Staff and Long, which are not compatible.")]
    [InlineData("principal.scores == principal.teams", "Both sides of this comparison have the types Set<Long> and Set<Team>, which are not compatible.")]
    [InlineData("principal.scores.contains(principal)", "The elements of the set and the argument of `contains` have the types Long and Staff, which are not compatible.")]
    [InlineData("principal.scores.containsAll(principal.teams)", "The two sets have the types Set<Long> and Set<Team>, which are not compatible.")]
    [InlineData("[1, true].contains(1)", "The elements of this set have the types Long and Bool (always true), which are not compatible.")]
    [InlineData("[true, context.urgent, 1].contains(true)", "The elements of this set have the types Bool and Long, which are not compatible.")]
    [InlineData("(if context.urgent then principal else resource) == principal", "Both branches of this `if` have the types Staff and Scan, which are not compatible.")]
    [InlineData("principal.nmae == \"\"", "There is no attribute `principal.nmae` (entity type `Staff`).")]
    [InlineData("principal[\"full name\"] == \"\"", "There is no attribute `principal[\"full name\"]` (entity type `Staff`).")]
    [InlineData("principal.mentor.nmae == \"\"", "There is no attribute `principal.mentor.nmae` (entity type `Staff`).")]
    [InlineData("principal.home.city == \"\"", "There is no attribute `principal.home.city` (record {number?: Long, street: String}).")]
    [InlineData("context.ip.isIpv4()", "There is no attribute `context.ip` (the context of Action::\"view\").")]
    [InlineData("action.name == \"\"", "There is no attribute `action.name` (entity type `Action`).")]
    [InlineData("Staff::\"a\".nmae == \"\"", "There is no attribute `Staff::\"a\".nmae` (entity type `Staff`).")]
    [InlineData("{a: 1}.b == 1", "There is no attribute `(...).b` (record {a: Long}).")]
    [InlineData("principal.hasTag(\"x\") && principal.getTag(\"x\").length == 1", "This expression has the type String where an entity or a record is expected.")]
    [InlineData("principal.boss.name == \"\"", "The attribute `principal.boss` is optional (entity type `Staff`) and may be absent here.")]
    [InlineData("principal.mentor.home.number == 1", "The attribute `principal.mentor.home.number` is optional (record {number?: Long, street: String}) and may be absent here.")]
    [InlineData("context.reason == \"\"", "The attribute `context.reason` is optional (the context of Action::\"view\") and may be absent here.")]
    [InlineData("principal[\"odd name\"] == \"\"", "The attribute `principal[\"odd name\"]` is optional (entity type `Staff`) and may be absent here.")]
    [InlineData("principal.getTag(\"ward\") == \"\"", "The tag \"ward\" of `principal` (entity type `Staff`) may be absent here.")]
    [InlineData("principal.mentor.getTag(principal.name) == \"\"", "The tag principal.name of `principal.mentor` (entity type `Staff`) may be absent here.")]
    [InlineData("resource.getTag(\"ward\") == \"\"", "Entities of the type `Scan` have no tags.")]
    [InlineData("principal.hired.toDate(1) == principal.hired", "`toDate` takes no argument and got 1.")]
    [InlineData("principal.hired.offset() == principal.hired", "`offset` takes one argument and got 0.")]
    [InlineData("ip(\"::1\", \"::2\").isIpv4()", "`ip` takes one argument and got 2.")]
    [InlineData("ip(\"nowhere\").isIpv4()", "`ip` refuses its argument: \"nowhere\" is not an IP address or range that Cedar accepts.")]
    [InlineData("ip(principal.name).isIpv4()", "`ip` takes a literal only, since anything else could fail in a request.")]
    [InlineData("[].isEmpty()", "The elements of an empty set literal have no type.")]
    [InlineData("principal == Ghost::\"a\"", "The schema declares no entity type `Ghost`.")]
    [InlineData("action == Action::\"vew\"", "The schema declares no action Action::\"vew\".")]
    [InlineData("resource.shade == Shade::\"drak\"", "Shade::\"drak\" is none of the entities that the enumerated type `Shade` lists.")]
    public void The_problem_is_said_in_a_sentence(string condition, string problem) => Clinic.WhenViewing(condition).Errors[0].Problem.ShouldBe(problem);

    [Fact]
    public void An_error_points_to_its_line_and_column_in_a_policy_of_many_lines()
    {
        ValidationResult result = Clinic.Validate(
            """
            // A good one first.
            permit(principal, action, resource);

            @id("ünïcödé 😀")
            forbid (
              principal is Staff,
              action in [Action::"view",
                Action::"prnt"],
              resource is Scann
            )
            when {
              "😀" == principal.name && principal.nmae == "x"
            }
            unless { resource.owner.
              age > 1 };
            """);

        result.Errors.Select(error => (error.Kind, error.Position.Line, error.Position.Column)).ShouldBe(
        [
            (ValidationErrorKind.UnrecognizedActionId, 8, 5), (ValidationErrorKind.UnrecognizedEntityType, 9, 15),
            (ValidationErrorKind.InvalidActionApplication, 4, 1),
        ]);
        result.Errors.ShouldAllBe(error => error.Policy.Id == "policy1");
    }

    [Fact]
    public void An_error_in_a_condition_points_behind_characters_of_two_code_units()
    {
        ValidationResult result = Clinic.Validate(
            "permit(principal is Staff, action == Action::\"view\", resource)\nwhen {\n  \"😀\" == principal.name && principal.nmae == \"x\"\n}\nunless { resource.owner.\n  age > 1 };");

        result.Errors.Select(error => error.ToString()).ShouldBe(
        [
            "rules.cedar:3:29: policy `policy0`: There is no attribute `principal.nmae` (entity type `Staff`). Did you mean `name`?",
            "rules.cedar:5:10: policy `policy0`: The attribute `resource.owner.age` is optional (entity type `Staff`) and may be absent here. "
                + "Guard it with `resource.owner has age && ...`.",
        ]);
    }

    [Fact]
    public void A_policy_without_a_file_is_named_by_line_and_column()
    {
        ValidationError error = Clinic.Validator.Validate(PolicySet.Parse("permit(principal is Ghost, action, resource);")).Errors[0];

        error.Message.ShouldBe(
            "1:21: policy `policy0`: The schema declares no entity type `Ghost`. It declares `Department`, `Folder`, `Robot`, `Scan`, `Shade`, `Staff`, `Team`.");
    }

    [Fact]
    public void A_long_type_is_cut_in_a_message_and_a_short_one_is_not()
    {
        string attributes = string.Join(", ", Enumerable.Range(0, 40).Select(i => $"attribute{i}: Long"));
        var validator = new Validator(Schema.Parse($"entity U {{ r: {{ {attributes} }} }}; action a appliesTo {{ principal: [U], resource: [U] }};"));

        ValidationError error = validator.Validate(PolicySet.Parse("permit(principal, action, resource) when { principal.r };")).Errors.ShouldHaveSingleItem();

        error.Problem.ShouldStartWith("This expression has the type {attribute0: Long, attribute1: Long, attribute10: Long, ");
        error.Problem.ShouldContain("...");
        error.Problem.Length.ShouldBeLessThan(300);
    }

    [Fact]
    public void Of_many_names_a_dozen_is_listed()
    {
        string names = string.Join(", ", Enumerable.Range(0, 30).Select(i => $"attribute{i:00}: Long"));
        var validator = new Validator(Schema.Parse($"entity U {{ {names} }}; action a appliesTo {{ principal: [U], resource: [U] }};"));

        validator.Validate(PolicySet.Parse("permit(principal, action, resource) when { principal.x == 1 };")).Errors.ShouldHaveSingleItem().Suggestion
            .ShouldBe($"There are {string.Join(", ", Enumerable.Range(0, 12).Select(i => $"`attribute{i:00}`"))} and more.");
    }

    [Theory]
    [InlineData("manager", "manger", true)]
    [InlineData("manager", "MANAGER", true)]
    [InlineData("manager", "managers", true)]
    [InlineData("manager", "meneger", true)]
    [InlineData("manager", "mgr", false)]
    [InlineData("manager", "owner", false)]
    [InlineData("id", "ids", true)]
    [InlineData("id", "xy", false)]
    [InlineData("id", "ix", true)]
    [InlineData("x", "y", false)]
    [InlineData("x", "X", true)]
    [InlineData("abc", "xyz", false)]
    [InlineData("id", "name", false)]
    public void A_name_near_enough_is_proposed(string declared, string written, bool near)
    {
        var validator = new Validator(Schema.Parse($"entity U {{ {declared}: Long }}; action a appliesTo {{ principal: [U], resource: [U] }};"));

        validator.Validate(PolicySet.Parse($"permit(principal, action, resource) when {{ principal.{written} == 1 }};")).Errors.ShouldHaveSingleItem().Suggestion
            .ShouldBe(near ? $"Did you mean `{declared}`?" : $"There are `{declared}`.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void A_message_that_quotes_a_part_is_cut_between_characters(string start)
    {
        string name = start + string.Concat(Enumerable.Repeat("😀", 300));
        var validator = new Validator(Schema.Parse("entity U; action a appliesTo { principal: [U], resource: [U] };"));
        var policies = PolicySet.Parse($"permit(principal, action == Action::\"{name}\", resource) when {{ [U::\"{name}\", \"{name}\"] == principal }};");

        string[] messages =
        [
            Should.Throw<PolicySyntaxException>(() => PolicySet.Parse($"permit(\"{name}\");")).Message,
            .. validator.Validate(policies).Errors.Select(error => error.Message),
            Explainer.Explain(policies, new Request(new EntityUid("U", "a"), new EntityUid("Action", name), new EntityUid("U", "a"), RecordValue.Empty), EntityStore.Empty).ToText(),
        ];

        messages.Length.ShouldBeGreaterThan(2);
        messages.ShouldAllBe(message => message.Contains("😀") && message.EnumerateRunes().All(rune => rune != Rune.ReplacementChar));
    }

    [Fact]
    public void Of_several_near_names_the_nearest_is_proposed()
    {
        var validator = new Validator(Schema.Parse("entity U { ward1: Long, wards: Long, word: Long, award: Long }; action a appliesTo { principal: [U], resource: [U] };"));

        string Proposal(string name) =>
            validator.Validate(PolicySet.Parse($"permit(principal, action, resource) when {{ principal.{name} == 1 }};")).Errors.ShouldHaveSingleItem().Suggestion;

        Proposal("wardz1").ShouldBe("Did you mean `ward1`?");
        Proposal("Award").ShouldBe("Did you mean `award`?");
        Proposal("w0rd").ShouldBe("Did you mean `word`?");
        Proposal("wards1").ShouldBe("Did you mean `ward1`?");
    }
}
