using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.PolicyDrafts;
using AccessGov.PolicyDecision.PolicyDrafts.Impact;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.PolicyDrafts;

public sealed class PolicyDraftSpecs
{
    private static readonly PolicyFile[] Files = [new("hospital.cedar", "@id(\"view\")\npermit (principal, action, resource);")];
    private static readonly PolicyFile[] Other = [new("hospital.cedar", "@id(\"view\")\nforbid (principal, action, resource);")];
    private static readonly string Hash = PolicyText.Hash(Files);
    private static readonly PolicyDraftEvent Written = new PolicyDraftWritten("ada", "hospital", 1, Hash, Files, "c");
    private static readonly PolicyDraftEvent Rewritten = new PolicyDraftRewritten("ben", 1, PolicyText.Hash(Other), Other, "c");
    private static readonly PolicyDraftEvent Passed = new PolicyDraftChecked(Hash, true, 0, 0, 0, [], []);
    private static readonly PolicyDraftEvent Assessed = Report(Hash);
    private static readonly PolicyDraftEvent Approved = new PolicyDraftApproved("cleo", Hash);
    private static readonly PolicyDraftEvent Abandoned = new PolicyDraftAbandoned("r");
    private static readonly PolicyDraftEvent Published = new PolicyDraftPublished(2, Hash);
    private static readonly PolicySetPublished First = new(1, PolicyText.Hash(Other), Other, "first");
    private static readonly PolicySetPublished FromDraft = new(2, Hash, Files, "c") { DraftId = "d", ApprovedBy = "cleo" };

    [Fact]
    public void A_draft_is_written_upon_the_version_in_force() => Write("hospital", "c", "ada").Then(Written);

    [Fact]
    public void A_draft_is_of_a_set_with_a_name() => Write("Hospital!", "c", "ada").ThenRefused("policy_set_malformed");

    [Fact]
    public void A_draft_says_what_it_is_for() => Write("hospital", " ", "ada").ThenRefused("comment_required");

    [Fact]
    public void A_draft_is_written_by_a_person() => Write("hospital", "c", null).ThenRefused("person_required");

    [Fact]
    public void A_draft_holds_files_of_a_policy_set() => Spec.Given(PolicyDraft.Streams)
        .When(state => WriteDraft.Decide(state, new("hospital", [new("notes.txt", "x")], "c"), "ada", 1)).ThenRefused("policy_set_malformed");

    [Fact]
    public void A_file_that_is_null_is_refused() => Spec.Given(PolicyDraft.Streams)
        .When(state => WriteDraft.Decide(state, new("hospital", [null!], "c"), "ada", 1)).ThenRefused("policy_set_malformed");

    [Fact]
    public void Another_text_has_another_writer() => Rewrite(Other, null, "ben", Written).Then(Rewritten);

    [Fact]
    public void The_same_text_again_changes_nothing() => Rewrite(Files, null, "ben", Written).ThenNothing();

    [Fact]
    public void A_text_is_put_upon_the_version_in_force_only() => Rewrite(Other, 7, "ben", Written).ThenRefused("base_changed");

    [Fact]
    public void The_same_text_upon_another_version_is_another_draft() =>
        Spec.Given(PolicyDraft.Streams, Written).When(state => RewriteDraft.Decide(state, new(Files, "c", 2), "ada", 2))
            .Then(new PolicyDraftRewritten("ada", 2, Hash, Files, "c"));

    [Fact]
    public void A_text_is_written_by_a_person() => Rewrite(Other, null, null, Written).ThenRefused("person_required");

    [Fact]
    public void What_was_never_written_cannot_be_rewritten() => Rewrite(Other, null, "ada").ThenRefused("policy_draft_unknown");

    [Fact]
    public void What_is_abandoned_stays_so() => Rewrite(Other, null, "ada", Written, Abandoned).ThenRefused("draft_abandoned");

    [Fact]
    public void What_is_published_stays_so() => Rewrite(Other, null, "ada", Written, Published).ThenRefused("draft_published");

    [Fact]
    public void A_check_is_kept_with_its_hash() => Check(Hash, new PolicyCheck([], [], 3), Written).Then(new PolicyDraftChecked(Hash, true, 3, 0, 0, [], []));

    [Fact]
    public void A_check_needs_a_schema() => Check(Hash, null, Written).ThenRefused("schema_missing");

    [Fact]
    public void A_check_of_a_text_that_is_gone_is_refused() => Check(Hash, new PolicyCheck([], [], 3), Written, Rewritten).ThenRefused("draft_changed");

    [Fact]
    public void A_second_person_approves() => Approve("cleo", Hash, Written, Passed, Assessed).Then(Approved);

    [Fact]
    public void Approving_twice_is_approving_once() => Approve("cleo", Hash, Written, Passed, Assessed, Approved).ThenNothing();

    [Fact]
    public void Nobody_approves_a_text_of_their_own() => Approve("ada", Hash, Written, Passed).ThenRefused("self_approval");

    [Fact]
    public void Nor_a_draft_of_which_they_wrote_an_earlier_text() =>
        Approve("ada", PolicyText.Hash(Other), Written, Rewritten, new PolicyDraftChecked(PolicyText.Hash(Other), true, 0, 0, 0, [], [])).ThenRefused("self_approval");

    [Fact]
    public void A_program_is_no_second_person() => Approve(null, Hash, Written, Passed).ThenRefused("person_required");

    [Fact]
    public void What_was_not_checked_is_not_approved() => Approve("cleo", Hash, Written).ThenRefused("check_missing");

    [Fact]
    public void What_failed_the_check_is_not_approved() =>
        Approve("cleo", Hash, Written, new PolicyDraftChecked(Hash, false, 0, 1, 0, [], [])).ThenRefused("check_failed");

    [Fact]
    public void A_check_of_the_text_before_is_none() => Approve("cleo", PolicyText.Hash(Other), Written, Passed, Rewritten).ThenRefused("check_missing");

    [Fact]
    public void What_was_read_is_approved_and_nothing_else() => Approve("cleo", Hash, Written, Passed, Rewritten).ThenRefused("draft_changed");

    [Fact]
    public void A_text_whose_impact_nobody_assessed_is_not_approved() => Approve("cleo", Hash, Written, Passed).ThenRefused("impact_missing");

    [Fact]
    public void The_impact_of_another_text_is_none() => Approve(
        "cleo", PolicyText.Hash(Other), Written, Assessed, Rewritten, new PolicyDraftChecked(PolicyText.Hash(Other), true, 0, 0, 0, [], [])).ThenRefused("impact_missing");

    [Fact]
    public void The_impact_of_a_text_that_comes_back_is_known() =>
        Approve("cleo", Hash, Written, Assessed, Rewritten, new PolicyDraftRewritten("ada", 1, Hash, Files, "c"), Passed).Then(Approved);

    [Fact]
    public void Where_the_journal_hashes_people_no_impact_is_demanded() =>
        Spec.Given(PolicyDraft.Streams, Written, Passed).When(state => ApproveDraft.Decide(state, new(Hash), "cleo", idsHashed: true)).Then(Approved);

    [Fact]
    public void A_first_version_has_nothing_to_be_compared_with() =>
        Approve("cleo", Hash, new PolicyDraftWritten("ada", "hospital", 0, Hash, Files, "c"), Passed).Then(Approved);

    [Fact]
    public void What_is_approved_is_published_and_says_by_whom() => Publish([First], Written, Passed, Approved).Then(FromDraft);

    [Fact]
    public void The_first_version_comes_from_a_draft_too() =>
        Publish([], new PolicyDraftWritten("ada", "hospital", 0, Hash, Files, "c"), Passed, Approved).Then(FromDraft with { Version = 1 });

    [Fact]
    public void A_draft_is_published_once() => Publish([First, FromDraft], Written, Passed, Approved).ThenNothing();

    [Fact]
    public void Publishing_what_is_published_changes_nothing() => Publish([First, FromDraft], Written, Passed, Approved, Published).ThenNothing();

    [Fact]
    public void A_text_that_was_written_after_the_publication_is_not_published() =>
        Publish([First, FromDraft], Written, Passed, Approved, Rewritten).ThenRefused("draft_published");

    [Fact]
    public void Nothing_is_published_unchecked() => Publish([First], Written).ThenRefused("check_missing");

    [Fact]
    public void Nothing_is_published_that_failed_the_check() =>
        Publish([First], Written, Passed, Approved, new PolicyDraftChecked(Hash, false, 0, 1, 0, [], [])).ThenRefused("check_failed");

    [Fact]
    public void Nothing_is_published_by_one_person() => Publish([First], Written, Passed).ThenRefused("approval_missing");

    [Fact]
    public void An_approval_of_the_text_before_is_none() =>
        Publish([First], Written, Passed, Approved, Rewritten, new PolicyDraftChecked(PolicyText.Hash(Other), true, 0, 0, 0, [], [])).ThenRefused("approval_missing");

    [Fact]
    public void A_draft_is_not_published_over_what_others_published_meanwhile() =>
        Publish([First, FromDraft with { DraftId = "other" }], Written, Passed, Approved).ThenRefused("base_changed");

    [Fact]
    public void Nor_after_a_roll_back() =>
        Publish([First, FromDraft with { DraftId = "other" }, new PolicySetRolledBack(1, First.Hash, First.Files)], new PolicyDraftWritten("ada", "hospital", 2, Hash, Files, "c"), Passed, Approved)
            .ThenRefused("base_changed");

    [Fact]
    public void What_is_not_sound_for_the_engine_of_now_is_not_published() => Spec.Given(PolicyVersions.Streams, First)
        .When(state => PublishDraft.Decide(state, Fold(Written, Passed, Approved), "d", [new PolicyFault("policy_invalid", "hospital.cedar", 1, 1, "No.")])).ThenRefused("check_failed");

    [Fact]
    public void What_was_abandoned_is_not_published() => Publish([First], Written, Passed, Approved, Abandoned).ThenRefused("draft_abandoned");

    [Fact]
    public void What_was_never_written_is_not_published() => Publish([First]).ThenRefused("policy_draft_unknown");

    [Fact]
    public void A_draft_is_abandoned_with_a_reason_and_once()
    {
        Abandon("r", Written).Then(Abandoned);
        Abandon("r", Written, Abandoned).ThenNothing();
        Abandon(" ", Written).ThenRefused("reason_required");
        Abandon("r").ThenRefused("policy_draft_unknown");
        Abandon("r", Written, Published).ThenRefused("draft_published");
    }

    [Fact]
    public void A_report_is_of_the_text_that_it_was_made_for()
    {
        PolicyDraftImpactAssessed report = Report(Hash);
        Spec.Given(PolicyDraft.Streams, Written).When(state => AssessImpact.Decide(state, report)).Then(report);
        Spec.Given(PolicyDraft.Streams, Written, Rewritten).When(state => AssessImpact.Decide(state, report)).ThenRefused("draft_changed");
        Spec.Given(PolicyDraft.Streams, Written, Abandoned).When(state => AssessImpact.Decide(state, report)).ThenRefused("draft_abandoned");
    }

    [Theory]
    [InlineData(0, 1, 1.0, false, null)]
    [InlineData(0, 1, 0.000001, false, null)]
    [InlineData(0, 0, 1.0, false, "range_malformed")]
    [InlineData(1, 0, 1.0, false, "range_malformed")]
    [InlineData(null, 1, 1.0, false, "range_malformed")]
    [InlineData(0, null, 1.0, false, "range_malformed")]
    [InlineData(0, 1, 0.0, false, "sample_malformed")]
    [InlineData(0, 1, 1.01, false, "sample_malformed")]
    [InlineData(0, 1, double.NaN, false, "sample_malformed")]
    [InlineData(0, 1, 1.0, true, "ids_hashed")]
    public void An_impact_is_of_some_time_some_decisions_and_people_in_clear(int? from, int? to, double sample, bool idsHashed, string? code) =>
        AssessImpact.Refused(Fold(Written), new(from is { } first ? Spec.Now.AddDays(first) : null, to is { } last ? Spec.Now.AddDays(last) : null, sample), [], idsHashed)?.Code.ShouldBe(code);

    [Fact]
    public void An_impact_is_of_an_open_draft_that_can_decide_something()
    {
        var command = new AssessImpact.Command(Spec.Now, Spec.Now.AddDays(1));
        AssessImpact.Refused(Fold(Written), command, [new PolicyFault("policy_invalid", "hospital.cedar", 1, 1, "No.")], false)!.Code.ShouldBe("check_failed");
        AssessImpact.Refused(Fold(Written, Abandoned), command, [], false)!.Code.ShouldBe("draft_abandoned");
    }

    [Fact]
    public void The_draft_follows_its_set_also_where_it_was_abandoned_too_late() =>
        Fold(Written, Passed, Approved, Abandoned, Published).ShouldBe(new PolicyDraft.Published(2, Hash));

    private static PolicyDraftImpactAssessed Report(string hash) => new(hash, Spec.Now, Spec.Now.AddDays(1), 1, 0, 0, 0, [], 0, 0, 0, []);

    private static PolicyDraft Fold(params PolicyDraftEvent[] events) => events.Aggregate(PolicyDraft.Streams.Initial, PolicyDraft.Evolve);

    private static Decided<PolicyDraftEvent> Write(string set, string comment, string? person) =>
        Spec.Given(PolicyDraft.Streams).When(state => WriteDraft.Decide(state, new(set, Files, comment), person, 1));

    private static Decided<PolicyDraftEvent> Rewrite(PolicyFile[] files, int? baseVersion, string? person, params PolicyDraftEvent[] events) =>
        Spec.Given(PolicyDraft.Streams, events).When(state => RewriteDraft.Decide(state, new(files, "c", baseVersion), person, 1));

    private static Decided<PolicyDraftEvent> Check(string hash, PolicyCheck? check, params PolicyDraftEvent[] events) =>
        Spec.Given(PolicyDraft.Streams, events).When(state => CheckDraft.Decide(state, hash, check));

    private static Decided<PolicyDraftEvent> Approve(string? person, string hash, params PolicyDraftEvent[] events) =>
        Spec.Given(PolicyDraft.Streams, events).When(state => ApproveDraft.Decide(state, new(hash), person, idsHashed: false));

    private static Decided<PolicyDraftEvent> Abandon(string reason, params PolicyDraftEvent[] events) =>
        Spec.Given(PolicyDraft.Streams, events).When(state => AbandonDraft.Decide(state, new(reason)));

    private static Decided<PolicySetEvent> Publish(PolicySetEvent[] set, params PolicyDraftEvent[] draft) =>
        Spec.Given(PolicyVersions.Streams, set).When(state => PublishDraft.Decide(state, Fold(draft), "d", []));
}
