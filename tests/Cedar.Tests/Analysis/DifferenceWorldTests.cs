namespace AccessGov.Cedar.Tests.Analyzing;

/// <summary>Differences between two sets counted by the library against differences counted one request after the other.</summary>
public sealed class DifferenceWorldTests
{
    [Fact]
    public void Every_count_is_that_of_asking_both_sets()
    {
        var seen = new HashSet<AnswerDifferences>();
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            PolicySet before = PolicySet.Parse(SmallHospital.Policies(random, conditions: true));
            PolicySet after = Changed(before, random);
            RecordedRequest[] recorded = [.. Recorded(random)];

            var difference = PolicySetDifference.Compare(before, after, recorded);

            AnswerDifferences[] kinds = [.. recorded.Select(one => Kind(before, after, one))];
            difference.Requests.ShouldBe(recorded.Length);
            difference.Changed.ShouldBe(kinds.Count(kind => kind != AnswerDifferences.None), $"seed {seed}");
            difference.AllowToDeny.ShouldBe(kinds.Count(kind => kind.HasFlag(AnswerDifferences.AllowToDeny)), $"seed {seed}");
            difference.DenyToAllow.ShouldBe(kinds.Count(kind => kind.HasFlag(AnswerDifferences.DenyToAllow)), $"seed {seed}");
            difference.ReasonsChanged.ShouldBe(kinds.Count(kind => kind.HasFlag(AnswerDifferences.Reasons)), $"seed {seed}");
            difference.ErrorsChanged.ShouldBe(kinds.Count(kind => kind.HasFlag(AnswerDifferences.Errors)), $"seed {seed}");
            difference.Differences.Select(one => (one.Index, one.Differences)).ShouldBe(
                kinds.Select((kind, i) => ((long)i, kind)).Where(pair => pair.kind != AnswerDifferences.None), $"seed {seed}");
            foreach (AnswerDifference one in difference.Differences)
            {
                one.Recorded.ShouldBe(recorded[one.Index]);
                one.Before.Decision.ShouldBe(Answer(before, one.Recorded).Decision);
                one.After.Decision.ShouldBe(Answer(after, one.Recorded).Decision);
            }

            seen.UnionWith(kinds);
        }

        foreach (AnswerDifferences kind in Enum.GetValues<AnswerDifferences>())
        {
            seen.ShouldContain(found => found == kind || found.HasFlag(kind));
        }
    }

    [Fact]
    public void Every_policy_is_counted_by_id_before_and_after()
    {
        int changing = 0;
        for (int seed = 200; seed < 260; seed++)
        {
            var random = new Random(seed);
            PolicySet before = PolicySet.Parse(SmallHospital.Policies(random, conditions: true));
            PolicySet after = Changed(before, random);
            RecordedRequest[] recorded = [.. Recorded(random)];
            (Response Before, Response After)[] answers = [.. recorded.Select(one => (Answer(before, one), Answer(after, one)))];
            string[] ids = [.. before.Policies.Concat(after.Policies).Select(policy => policy.Id).Distinct().Order(StringComparer.Ordinal)];

            PolicyDifference[] expected =
            [
                .. ids.Select(id => new PolicyDifference(
                    id, answers.Count(pair => IsReason(pair.Before, id)), answers.Count(pair => IsReason(pair.After, id)), answers.Count(pair => IsError(pair.Before, id)),
                    answers.Count(pair => IsError(pair.After, id)),
                    answers.Count(pair => pair.Before.Decision != pair.After.Decision && IsReason(pair.Before, id) != IsReason(pair.After, id))))
                    .Where(policy => policy != new PolicyDifference(policy.PolicyId, 0, 0, 0, 0, 0)),
            ];

            PolicySetDifference.Compare(before, after, recorded).Policies.ShouldBe(expected, $"seed {seed}");
            changing += expected.Count(policy => policy.DecisionsChanged > 0);
        }

        changing.ShouldBeGreaterThan(30);

        static bool IsReason(Response response, string id) => response.Reasons.Any(policy => policy.Id == id);
        static bool IsError(Response response, string id) => response.Errors.Any(error => error.Policy.Id == id);
    }

    [Fact]
    public void Turning_the_question_round_turns_the_answer_round()
    {
        for (int seed = 300; seed < 340; seed++)
        {
            var random = new Random(seed);
            PolicySet one = PolicySet.Parse(SmallHospital.Policies(random, conditions: true));
            PolicySet other = Changed(one, random);
            RecordedRequest[] recorded = [.. Recorded(random)];

            var forwards = PolicySetDifference.Compare(one, other, recorded);
            var backwards = PolicySetDifference.Compare(other, one, recorded);

            (backwards.AllowToDeny, backwards.DenyToAllow, backwards.ReasonsChanged, backwards.ErrorsChanged, backwards.Changed)
                .ShouldBe((forwards.DenyToAllow, forwards.AllowToDeny, forwards.ReasonsChanged, forwards.ErrorsChanged, forwards.Changed), $"seed {seed}");
            backwards.Policies.Select(policy => (policy.PolicyId, policy.ReasonAfter, policy.ErrorAfter, policy.DecisionsChanged))
                .ShouldBe(forwards.Policies.Select(policy => (policy.PolicyId, policy.ReasonBefore, policy.ErrorBefore, policy.DecisionsChanged)));
        }
    }

    [Theory]
    [InlineData("permit(principal, action, resource);", "forbid(principal, action, resource);", AnswerDifferences.AllowToDeny)]
    [InlineData("permit(principal, action, resource);", "", AnswerDifferences.AllowToDeny | AnswerDifferences.Reasons)]
    [InlineData("", "permit(principal, action, resource);", AnswerDifferences.DenyToAllow | AnswerDifferences.Reasons)]
    [InlineData("", "forbid(principal, action, resource);", AnswerDifferences.Reasons)]
    [InlineData("", "permit(principal, action, resource) when { context.x };", AnswerDifferences.Errors)]
    [InlineData("permit(principal, action, resource) when { context.x };", "permit(principal, action, resource) when { 1 };", AnswerDifferences.Errors)]
    [InlineData("permit(principal, action, resource) when { context.x };", "permit(principal, action, resource) when { context.y };", AnswerDifferences.None)]
    [InlineData("", "permit(principal, action, resource) when { context has x };", AnswerDifferences.None)]
    [InlineData("permit(principal, action, resource);", "permit(principal, action, resource) when { true };", AnswerDifferences.None)]
    [InlineData("", "", AnswerDifferences.None)]
    public void Policies_are_compared_by_id_and_errors_by_id_and_kind(string before, string after, AnswerDifferences expected)
    {
        var difference = PolicySetDifference.Compare(
            PolicySet.Parse(before), PolicySet.Parse(after), [new(new(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty), EntityStore.Empty)]);

        difference.Requests.ShouldBe(1);
        (difference.Differences.SingleOrDefault()?.Differences ?? AnswerDifferences.None).ShouldBe(expected);
    }

    [Fact]
    public void Of_each_kind_the_first_ones_are_kept_and_a_bound_of_none_keeps_none()
    {
        PolicySet before = PolicySet.Parse("permit(principal, action, resource) when { context.n < 10 }; permit(principal, action, resource) when { context.n < 5 };");
        PolicySet after = PolicySet.Parse("permit(principal, action, resource) when { context.n >= 5 }; permit(principal, action, resource) when { context.n < 2 };");
        RecordedRequest[] recorded = [.. Enumerable.Range(0, 15).Select(n => new RecordedRequest(new(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of(("n", Value.Of(n)))), EntityStore.Empty))];

        // 0 and 1 differ in reasons, 2 to 4 become denied, 5 to 9 stay, 10 to 14 become allowed.
        (string, long[])[] kept =
        [
            .. new[] { 0, 1, 2, 3, 100 }.Select(max => ($"{max}", PolicySetDifference.Compare(before, after, recorded, new() { KeptMax = max }).Differences.Select(one => one.Index).ToArray())),
        ];

        kept[0].Item2.ShouldBeEmpty();
        kept[1].Item2.ShouldBe([0, 2, 10]);
        kept[2].Item2.ShouldBe([0, 1, 2, 3, 10, 11]);
        kept[3].Item2.ShouldBe([0, 1, 2, 3, 4, 10, 11, 12]);
        kept[4].Item2.ShouldBe([0, 1, 2, 3, 4, 10, 11, 12, 13, 14]);
    }

    [Fact]
    public void Nothing_recorded_is_nothing_different_and_progress_is_still_told()
    {
        var told = new List<long>();

        var difference = PolicySetDifference.Compare(PolicySet.Empty, PolicySet.Parse("permit(principal, action, resource);"), [], new() { Progress = new ShadowingTests.Telling(told) });

        (difference.Requests, difference.Changed, difference.AllowToDeny, difference.DenyToAllow, difference.ReasonsChanged, difference.ErrorsChanged).ShouldBe((0, 0, 0, 0, 0, 0));
        difference.Differences.ShouldBeEmpty();
        difference.Policies.ShouldBeEmpty();
        told.ShouldBe([0]);
    }

    private static Response Answer(PolicySet policies, RecordedRequest recorded)
    {
        Request request = recorded.Request;
        return policies.Compile().Evaluate(in request, recorded.Entities);
    }

    private static AnswerDifferences Kind(PolicySet before, PolicySet after, RecordedRequest recorded)
    {
        (Response old, Response @new) = (Answer(before, recorded), Answer(after, recorded));
        AnswerDifferences kind = old.Decision == @new.Decision ? AnswerDifferences.None
            : old.Decision == Decision.Allow ? AnswerDifferences.AllowToDeny : AnswerDifferences.DenyToAllow;
        string Reasons(Response response) => string.Join(' ', response.Reasons.Select(policy => policy.Id).Order(StringComparer.Ordinal));
        string Errors(Response response) => string.Join(' ', response.Errors.Select(error => $"{error.Policy.Id}:{error.Error.Kind}").Order(StringComparer.Ordinal));
        return kind | (Reasons(old) == Reasons(@new) ? AnswerDifferences.None : AnswerDifferences.Reasons) | (Errors(old) == Errors(@new) ? AnswerDifferences.None : AnswerDifferences.Errors);
    }

    // Some policies stay, some change under their id, some go, some come.
    private static PolicySet Changed(PolicySet policies, Random random)
    {
        Policy[] fresh = [.. PolicySet.Parse(SmallHospital.Policies(random, conditions: true), chooseId: policy => random.Next(2) == 0 ? policy.Id : $"new-{policy.Id}").Policies];
        return PolicySet.Of(fresh.Concat(policies.Policies.Where(policy => random.Next(3) > 0 && fresh.All(other => other.Id != policy.Id))));
    }

    private static IEnumerable<RecordedRequest> Recorded(Random random)
    {
        EntityStore[] worlds = [SmallHospital.Entities(random), SmallHospital.Entities(random)];
        return Enumerable.Range(0, 60).Select(_ => new RecordedRequest(
            new(SmallHospital.One(random, SmallHospital.People), SmallHospital.One(random, SmallHospital.Actions), SmallHospital.One(random, SmallHospital.Things), SmallHospital.One(random, SmallHospital.Contexts)),
            SmallHospital.One(random, worlds)));
    }
}
