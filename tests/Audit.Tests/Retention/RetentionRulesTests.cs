using System.ComponentModel.DataAnnotations;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Retention;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Tests.Retention;

public sealed class RetentionRulesTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly KeyCoverage Expired = new(10, 0, 0);

    [Theory]
    [InlineData("paul", "self_approval")]
    [InlineData("anna", "already_approved")]
    [InlineData("berta", "")]
    public void Two_others_than_whoever_proposed_approve(string approver, string refused) =>
        (DecideShredding.Decide(Of(Shredding.Proposed, firstApprover: "anna"), approver, Expired, false)?.Code ?? "").ShouldBe(refused);

    [Theory]
    [InlineData(Shredding.Approved)]
    [InlineData(Shredding.Condemned)]
    [InlineData(Shredding.Done)]
    [InlineData(Shredding.Denied)]
    [InlineData(Shredding.Stopped)]
    public void What_is_decided_is_decided(string state)
    {
        DecideShredding.Decide(Of(state), "berta", Expired, false)!.Code.ShouldBe("already_decided");
        DecideShredding.DecideDenial(Of(state))!.Code.ShouldBe("already_decided");
    }

    [Theory]
    [InlineData("expired", 0, 0, 0, false, "nothing_to_shred")]
    [InlineData("expired", 10, 10, 0, false, "legal_hold")]
    [InlineData("expired", 10, 9, 0, false, "")]
    [InlineData("expired", 10, 0, 10, false, "retention_running")]
    [InlineData("expired", 10, 0, 10, true, "retention_running")]
    [InlineData("test_data", 10, 1, 0, false, "legal_hold")]
    [InlineData("test_data", 10, 0, 10, false, "retention_running")]
    [InlineData("test_data", 10, 0, 10, true, "")]
    [InlineData("test_data", 10, 0, 0, false, "")]
    [InlineData("wrong_merge", 10, 0, 1, false, "retention_running")]
    [InlineData("wrong_merge", 10, 0, 10, true, "")]
    [InlineData("erasure_request", 10, 0, 1, false, "retention_running")]
    [InlineData("erasure_request", 10, 0, 1, true, "")]
    [InlineData("erasure_request", 10, 0, 0, false, "")]
    [InlineData("erasure_request", 10, 1, 0, true, "legal_hold")]
    public void Holds_and_the_legal_period_forbid(string ground, long keys, long held, long running, bool exception, string refused) =>
        (new KeyCoverage(keys, held, running).Forbids(ground, exception)?.Code ?? "").ShouldBe(refused);

    [Fact]
    [Trait("Requirement", "S57, S58, S60")]
    public void An_event_belongs_to_the_class_that_keeps_it_longest_and_else_to_access()
    {
        RetentionClasses classes = Classes(
            ("sign-ins", new() { Actions = { "sign_in", "sign_in_failed" }, Basis = "Art. 32 GDPR", KeepYears = 1,
                Shorter = "No patient is concerned." }),
            ("radiation", new() { Kinds = { "decision" }, Services = { "pacs" }, Basis = "§ 85 StrlSchG", KeepYears = 30 }),
            ("pacs", new() { Services = { "pacs" }, Basis = "x", KeepYears = 10 }));
        AuditRecord view = Records.View();
        classes.Of("pacs", view).Name.ShouldBe("radiation");
        classes.Of("pacs", view with { Kind = "dicom.110103" }).Name.ShouldBe("pacs");
        classes.Of("syslog:x", view with { Service = "pacs" }).Name.ShouldBe("radiation");
        classes.Of("identity-federation", view with { Action = "sign_in" }).Name.ShouldBe("sign-ins");
        classes.Of("identity-federation", view).Name.ShouldBe("access");

        // What somebody did about a finding is kept with what was found.
        classes.Of("recertification", view with { Kind = "access_revoked", Action = "administer" }).Name.ShouldBe("access");
        classes.Of("audit", view with { Kind = "trail.differs", Action = "security_alert" }).Name.ShouldBe("access");
        classes.ExpiresAt("access", 2026).ShouldBe(new DateTimeOffset(2033, 1, 1, 0, 0, 0, TimeSpan.Zero));
        classes.ExpiresAt("gone", 1990).ShouldBe(DateTimeOffset.MaxValue);
    }

    [Fact]
    [Trait("Requirement", "S57, S58")]
    public void Settings_that_keep_too_little_or_say_too_little_are_refused()
    {
        ProblemOf("sign-ins", new() { Actions = { "sign_in" }, Basis = "x", KeepYears = 5, KeepDays = 364 }).ShouldContain("6 years");
        ProblemOf("sign-ins", new() { Actions = { "sign_in" }, Basis = "x", KeepYears = 5, KeepDays = 365 }).ShouldBe("");
        ProblemOf("sign-ins", new() { Actions = { "sign_in" }, Basis = "x", KeepDays = 90, Shorter = "y" }).ShouldBe("");
        ProblemOf("sign-ins", new() { Actions = { "sign_in" }, KeepYears = 6 }).ShouldContain("Basis");
        ProblemOf("sign-ins", new() { Basis = "x", KeepYears = 6 }).ShouldContain("no rule");
        ProblemOf("sign-ins", new() { Actions = { "eat" }, Basis = "x", KeepYears = 6 }).ShouldContain("no action");
        ProblemOf("access", new() { Actions = { "view" }, Basis = "x", KeepYears = 6 }).ShouldContain("no rules");
        ProblemOf("Sign Ins", new() { Actions = { "view" }, Basis = "x", KeepYears = 6 }).ShouldContain("named");
    }

    [Fact]
    [Trait("Requirement", "S57, S93")]
    public async Task A_service_that_would_keep_too_little_does_not_start()
    {
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["Audit:Retention:Classes:access:Basis"] = "none", ["Audit:Retention:Classes:access:KeepYears"] = "5",
        };
        OptionsValidationException refused = await Should.ThrowAsync<OptionsValidationException>(() =>
            AuditHost.StartAsync(settings: settings));
        refused.Message.ShouldContain("Audit:Retention:Classes:access");
    }

    [Fact]
    public async Task A_service_whose_sign_in_level_nobody_can_reach_does_not_start() =>
        (await Should.ThrowAsync<OptionsValidationException>(() => AuditHost.StartAsync(
            settings: new Dictionary<string,
            string?>(StringComparer.Ordinal) { ["Audit:UnsealContext"] = "unknown" }))).Message.ShouldContain("UnsealContext");

    [Theory]
    [InlineData(null, null, null, "reason_malformed")]
    [InlineData("p", "q", null, "hold_malformed")]
    [InlineData(" p", null, null, "hold_malformed")]
    [InlineData(null, null, "no-such", "hold_malformed")]
    [InlineData("p", null, "access", "")]
    [InlineData(null, null, null, "", "why")]
    public void A_hold_says_what_and_why(string? patient, string? person, string? @class, string refused, string? reason = null) =>
        (PlaceLegalHold.Decide(
            new PlaceLegalHold.Command(patient, person, @class, Reason: refused == "reason_malformed" ? null : reason ?? "why"),
            ["access"])?.Code ?? "").ShouldBe(refused);

    [Fact]
    public void A_hold_ends_after_it_begins() =>
        PlaceLegalHold.Decide(new PlaceLegalHold.Command(From: At, To: At, Reason: "why"), ["access"])!.Code.ShouldBe("hold_malformed");

    private static RetentionClasses Classes(params (string Name, RetentionClassSetting Setting)[] given)
    {
        var options = new RetentionOptions();
        foreach ((string name, RetentionClassSetting setting) in given)
        {
            options.Classes[name] = setting;
        }

        return new RetentionClasses(Options.Create(options));
    }

    private static string ProblemOf(string name, RetentionClassSetting setting) =>
        string.Join(' ', new RetentionOptions { Classes = { [name] = setting } }.Validate(new ValidationContext(setting))
            .Select(problem => problem.ErrorMessage));

    private static Shredding Of(string state, string? firstApprover = null) => new(
        Guid.Empty, state, ShreddingGrounds.Expired, "access", 2019, "paul", At, firstApprover, null, null, null, null, null, null, null,
            null);
}
