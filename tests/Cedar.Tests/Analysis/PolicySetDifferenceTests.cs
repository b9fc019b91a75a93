using AccessGov.Cedar.Tests.Explaining;

namespace AccessGov.Cedar.Tests.Analyzing;

public sealed class PolicySetDifferenceTests
{
    private static readonly PolicySet Before = Parse(
        """
        @id("day") permit(principal, action, resource) when { context.hour >= 7 && context.hour < 19 };
        @id("all") permit(principal in Role::"physician", action, resource);
        """);

    private static readonly PolicySet After = Parse(
        """
        @id("day") permit(principal, action, resource) when { context.hour >= 8 && context.hour < 20 };
        @id("all") permit(principal in Role::"physician", action, resource);
        @id("broken") forbid(principal, action, resource) when { context.missing };
        """);

    [Fact]
    public void Decisions_reasons_and_errors_are_told_apart()
    {
        PolicySetDifference difference = PolicySetDifference.Compare(
            Before, After, [At(Hospital.Bob, 7), At(Hospital.Bob, 12), At(Hospital.Bob, 19), At(Hospital.Ada, 19), At(Hospital.Ada, 12)]);

        difference.Requests.ShouldBe(5);
        difference.Changed.ShouldBe(5);
        difference.AllowToDeny.ShouldBe(1);
        difference.DenyToAllow.ShouldBe(1);
        difference.ReasonsChanged.ShouldBe(3);
        difference.ErrorsChanged.ShouldBe(5);
        difference.Differences.Select(found => (found.Index, found.Differences)).ShouldBe(
        [
            (0, AnswerDifferences.AllowToDeny | AnswerDifferences.Reasons | AnswerDifferences.Errors),
            (1, AnswerDifferences.Errors),
            (2, AnswerDifferences.DenyToAllow | AnswerDifferences.Reasons | AnswerDifferences.Errors),
            (3, AnswerDifferences.Reasons | AnswerDifferences.Errors),
            (4, AnswerDifferences.Errors),
        ]);
        difference.Differences[0].Before.Decision.ShouldBe(Decision.Allow);
        difference.Differences[0].After.Decision.ShouldBe(Decision.Deny);
        difference.Differences[0].Recorded.Request.Principal.ShouldBe(Hospital.Bob);
        difference.Policies.ShouldBe(
        [
            new PolicyDifference("all", 2, 2, 0, 0, 0), new PolicyDifference("broken", 0, 0, 0, 5, 0), new PolicyDifference("day", 3, 4, 0, 0, 2),
        ]);
    }

    [Fact]
    public void A_set_does_not_differ_from_itself()
    {
        PolicySetDifference difference = PolicySetDifference.Compare(After, After, [At(Hospital.Bob, 7), At(Hospital.Ada, 3)]);

        difference.Requests.ShouldBe(2);
        difference.Changed.ShouldBe(0);
        difference.Differences.ShouldBeEmpty();
        difference.Policies.Single(policy => policy.PolicyId == "broken").ErrorBefore.ShouldBe(2);
    }

    [Fact]
    public void All_differences_are_counted_and_the_first_of_each_kind_kept()
    {
        IEnumerable<RecordedRequest> requests = Enumerable.Repeat(At(Hospital.Bob, 7), 5_000).Append(At(Hospital.Bob, 19));

        PolicySetDifference difference = PolicySetDifference.Compare(Before, After, requests, new() { KeptMax = 3 });

        difference.AllowToDeny.ShouldBe(5_000);
        difference.Differences.Select(found => found.Index).ShouldBe([0, 1, 2, 5_000]);
    }

    [Fact]
    public void Progress_is_told_and_cancellation_heard()
    {
        var told = new List<long>();
        RecordedRequest[] requests = [.. Enumerable.Repeat(At(Hospital.Bob, 7), 2_500)];
        PolicySetDifference.Compare(Before, After, requests, new() { Progress = new ShadowingTests.Telling(told) });
        told.ShouldBe([1_024, 2_048, 2_500]);

        using var cancelled = new CancellationTokenSource();
        IEnumerable<RecordedRequest> Endless()
        {
            while (true)
            {
                yield return At(Hospital.Bob, 7);
                cancelled.Cancel();
            }
        }

        Should.Throw<OperationCanceledException>(() => PolicySetDifference.Compare(Before, After, Endless(), cancellationToken: cancelled.Token));
    }

    private static PolicySet Parse(string text) => PolicySet.Parse(text, chooseId: policy => policy.Annotations["id"]);

    private static RecordedRequest At(EntityUid who, int hour) =>
        new(Hospital.Ask(who, "view", RecordValue.Of(("hour", Value.Of(hour)))), Hospital.Entities);
}
