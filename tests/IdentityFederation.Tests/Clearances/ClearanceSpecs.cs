using AccessGov.IdentityFederation.Clearances;
using AccessGov.IdentityFederation.People;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Clearances;

[Trait("Requirement", "S116")]
public sealed class ClearanceSpecs
{
    private const string Check = "background_check";

    private static readonly PersonProvisioned Ada = new("hospital", new PersonProfile("ada"), Active: true, "scim");
    private static readonly DateOnly Done = new(2026, 3, 1);
    private static readonly FileClearance.Command Paper = new(Done, "HR-2026-123", new DateOnly(2029, 3, 1));
    private static readonly ClearanceFiled Filed = new(Check, Done, Paper.ValidUntil, Paper.Reference);

    [Fact]
    public void What_somebody_was_checked_for_is_put_on_file() => Given(Person.Streams, Ada).When(File(Paper)).Then(Filed);

    [Fact]
    public void The_same_again_changes_nothing() => Given(Person.Streams, Ada, Filed).When(File(Paper)).ThenNothing();

    [Fact]
    public void A_new_check_replaces_the_former_one() => Given(Person.Streams, Ada, Filed)
        .When(File(Paper with { Reference = "HR-2026-200", ValidUntil = null })).Then(new ClearanceFiled(Check, Done, null, "HR-2026-200"));

    [Fact]
    public void What_was_withdrawn_is_filed_anew_with_the_same_words() =>
        Given(Person.Streams, Ada, Filed, new ClearanceWithdrawn(Check, "Forged.")).When(File(Paper)).Then(Filed);

    [Fact]
    public void Nobody_files_their_own() => Given(Person.Streams, Ada)
        .When(state => FileClearance.Decide(state, "ada", Check, Paper, "ada", Now)).ThenRefused("self_clearance", 409);

    [Fact]
    public void A_program_files_what_the_hospital_keeps_elsewhere() => Given(Person.Streams, Ada)
        .When(state => FileClearance.Decide(state, "ada", Check, Paper, null, Now)).Then(Filed);

    [Fact]
    public void There_are_two_kinds()
    {
        Given(Person.Streams, Ada).When(state => FileClearance.Decide(state, "ada", "driving_licence", Paper, "grace", Now))
            .ThenRefused("clearance_kind_unknown", 404);
        Given(Person.Streams, Ada).When(state => WithdrawClearance.Decide(state, "driving_licence", "x"))
            .ThenRefused("clearance_kind_unknown", 404);
        Given(Person.Streams, Ada).When(state => FileClearance.Decide(state, "ada", "privacy_agreement", Paper, "grace", Now))
            .Then(Filed with { Kind = "privacy_agreement" });
    }

    [Theory]
    [InlineData("2026-05-06", null, "HR-1")]
    [InlineData("2026-03-01", "2026-03-01", "HR-1")]
    [InlineData("2026-03-01", "2026-02-28", "HR-1")]
    [InlineData("2026-03-01", null, "")]
    [InlineData("2026-03-01", null, " ")]
    [InlineData("2026-03-01", null, "HR\0")]
    public void What_cannot_be_on_file_is_refused(string completedOn, string? validUntil, string reference) => Given(Person.Streams, Ada)
        .When(File(new(Day(completedOn), reference, validUntil is null ? null : Day(validUntil)))).ThenRefused("clearance_malformed", 400);

    [Fact]
    public void A_reference_has_at_most_two_hundred_characters()
    {
        Given(Person.Streams, Ada).When(File(Paper with { Reference = new string('x', 201) })).ThenRefused("clearance_malformed", 400);
        string longest = new('x', 200);
        Given(Person.Streams, Ada).When(File(Paper with { Reference = longest })).Then(Filed with { Reference = longest });
    }

    [Fact]
    public void Where_it_is_tomorrow_already_that_is_today() => Given(Person.Streams, Ada)
        .When(File(new(new DateOnly(2026, 5, 5), "HR-1"))).Then(new ClearanceFiled(Check, new DateOnly(2026, 5, 5), null, "HR-1"));

    [Fact]
    public void Of_nobody_nothing_is_on_file()
    {
        Given(Person.Streams).When(File(Paper)).ThenRefused("person_unknown", 404);
        Given(Person.Streams, Ada, new PersonDeprovisioned("left", "scim")).When(File(Paper)).ThenRefused("person_gone", 409);
        Given(Person.Streams).When(state => WithdrawClearance.Decide(state, Check, "Forged.")).ThenRefused("person_unknown", 404);
    }

    [Fact]
    public void It_is_withdrawn_once_with_a_reason()
    {
        Given(Person.Streams, Ada, Filed).When(state => WithdrawClearance.Decide(state, Check, "Forged."))
            .Then(new ClearanceWithdrawn(Check, "Forged."));
        Given(Person.Streams, Ada, Filed, new ClearanceWithdrawn(Check, "Forged."))
            .When(state => WithdrawClearance.Decide(state, Check, "Forged.")).ThenNothing();
        Given(Person.Streams, Ada, Filed).When(state => WithdrawClearance.Decide(state, Check, " ")).ThenRefused("reason_required", 400);
        Given(Person.Streams, Ada).When(state => WithdrawClearance.Decide(state, Check, "Forged.")).ThenRefused("clearance_unknown", 404);
    }

    [Theory]
    [InlineData("2026-05-05", "valid")]
    [InlineData("2026-05-04", "valid")]
    [InlineData("2026-05-03", "expired")]
    [InlineData(null, "valid")]
    public void It_counts_until_its_last_day_is_over(string? validUntil, string state)
    {
        var clearance = new Clearance(Done, validUntil is null ? null : Day(validUntil), "HR-1");
        clearance.StateOn(Clearance.DayOf(Now)).ShouldBe(state);
        (clearance with { Withdrawn = true }).StateOn(Clearance.DayOf(Now)).ShouldBe("withdrawn");
    }

    private static Func<Person, EventSourcing.Outcome<PersonEvent>> File(FileClearance.Command command) =>
        state => FileClearance.Decide(state, "ada", Check, command, "grace", Now);

    private static DateOnly Day(string text) => DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
