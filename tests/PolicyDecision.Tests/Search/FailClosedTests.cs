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

    [Theory]
    [InlineData(nameof(SearchKind.Subject), """{"subject":{"type":"User"},"action":{"name":"study.view"},"resource":{"type":"Patient","id":"P1"}}""")]
    [InlineData(nameof(SearchKind.Resource), """{"subject":{"type":"User","id":"nobody"},"action":{"name":"study.view"},"resource":{"type":"Study"}}""")]
    [InlineData(nameof(SearchKind.Action), """{"subject":{"type":"User","id":"nobody"},"resource":{"type":"Archive","id":"north-pacs"}}""")]
    public async Task Facts_that_may_be_out_of_date_answer_neither_a_first_page_nor_a_later_one(string kind, string body)
    {
        using SearchHarness harness = Harness(Everything);
        SearchAnswer found = await harness.AnswerAsync(Enum.Parse<SearchKind>(kind), body);
        found.Invalid.ShouldBeNull();
        int remembered = harness.Journal.Records.Count;
        harness.AreComplete = false;

        SearchAnswer first = await harness.AnswerAsync(Enum.Parse<SearchKind>(kind), body), later = await harness.AgainAsync(Enum.Parse<SearchKind>(kind), body, found);

        (first.Invalid.ShouldNotBeNull().Status, first.Invalid.Code, first.Results.Count).ShouldBe((503, "facts_stale", 0));
        (later.Invalid.ShouldNotBeNull().Status, later.Invalid.Code, later.Results.Count).ShouldBe((503, "facts_stale", 0));
        harness.Journal.Records.Count.ShouldBe(remembered);
    }

    [Fact]
    public async Task A_later_page_shows_what_the_present_policies_and_studies_still_permit_and_nothing_new()
    {
        using SearchHarness harness = Harness(Everything);
        const string body = """{"subject":{"type":"User"},"action":{"name":"study.view"},"resource":{"type":"Archive","id":"north-pacs"}}""";
        SearchAnswer found = await harness.AnswerAsync(SearchKind.Subject, body);
        SearchAnswer part = found with { Results = [.. found.Results.Skip(1)] };
        (await harness.AgainAsync(SearchKind.Subject, body, part)).Results.Select(one => one.Id).ShouldBe(part.Results.Select(one => one.Id));

        harness.Snapshot = harness.Snapshot with { Policies = Published(Everything + $"forbid (principal == User::\"{part.Results[0].Id}\", action, resource);") };

        (await harness.AgainAsync(SearchKind.Subject, body, part)).Results.Select(one => one.Id).ShouldBe(part.Results.Skip(1).Select(one => one.Id));
        harness.Index.IsAway = true;
        const string studies = """{"subject":{"type":"User","id":"nobody"},"action":{"name":"study.view"},"resource":{"type":"Study"}}""";
        (await harness.AgainAsync(SearchKind.Resource, studies, part)).Invalid.ShouldNotBeNull().Code.ShouldBe("study_index_unavailable");
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
        return new SearchHarness(hospital, hospital.Facts(Published(policies)));
    }

    private static PublishedPolicies Published(string policies) => new("hospital", 1, "hash", PolicySet.Parse(policies).Compile(), EntityStore.Empty);
}
