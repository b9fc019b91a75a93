using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Search;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>A search that cannot know, or cannot be remembered, finds nothing and says so.</summary>
public sealed class FailClosedTests
{
    private const string Everything = "permit (principal, action, resource);";

    [Theory]
    [InlineData(nameof(SearchKind.Subject), """{"subject":{"type":"User"},"action":{"name":"study.view"},"resource":{"type":"Study","id":"1.2.1"}}""")]
    [InlineData(nameof(SearchKind.Resource), """{"subject":{"type":"User","id":"nobody"},"action":{"name":"study.view"},"resource":{"type":"Study"}}""")]
    [InlineData(nameof(SearchKind.Action), """{"subject":{"type":"User","id":"nobody"},"resource":{"type":"Patient","id":"nobody"}}""")]
    public async Task Without_the_study_index_nothing_is_answered_nor_journaled(string kind, string body)
    {
        using SearchHarness harness = Harness(Everything);
        harness.Index.IsAway = true;

        SearchAnswer answer = await harness.AnswerAsync(Enum.Parse<SearchKind>(kind), body);

        answer.Invalid.ShouldNotBeNull();
        (answer.Invalid.Status, answer.Invalid.Code, answer.Results.Count).ShouldBe((503, "study_index_unavailable", 0));
        harness.Journal.Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_search_that_cannot_be_remembered_is_not_answered()
    {
        using SearchHarness harness = Harness(Everything);
        harness.Journal.IsFull = true;

        SearchAnswer answer = await harness.AnswerAsync(SearchKind.Subject, """{"subject":{"type":"User"},"action":{"name":"x"},"resource":{"type":"Archive","id":"north-pacs"}}""");

        (answer.Invalid.ShouldNotBeNull().Code, answer.Results.Count).ShouldBe(("journal_unavailable", 0));
    }

    [Fact]
    public async Task A_forbid_that_errs_keeps_its_candidates_out()
    {
        using SearchHarness open = Harness(Everything), closed = Harness(Everything + "forbid (principal, action, resource) when { context.missing };");
        const string body = """{"subject":{"type":"User"},"action":{"name":"x"},"resource":{"type":"Archive","id":"north-pacs"}}""";

        (await open.SearchAsync(SearchKind.Subject, body)).ShouldNotBeEmpty();
        (await closed.SearchAsync(SearchKind.Subject, body)).ShouldBeEmpty();
    }

    private static SearchHarness Harness(string policies)
    {
        var hospital = new RandomHospital(new Random(1), Spec.Now);
        return new SearchHarness(hospital, hospital.Facts(new PublishedPolicies("hospital", 1, "hash", PolicySet.Parse(policies).Compile(), EntityStore.Empty)));
    }
}
