using AccessGov.PolicyDecision.Search;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Search;

public sealed class HeldSearchesTests
{
    private readonly TurnedClock clock = new();

    [Fact]
    public void A_search_is_held_for_a_while_after_each_page()
    {
        var held = new HeldSearches(clock);
        SearchAnswer search = Search(3);
        held.Hold(search);

        clock.Advance(HeldSearches.HeldFor - TimeSpan.FromTicks(1));
        held.Find(search.Id).ShouldBeSameAs(search);
        clock.Advance(HeldSearches.HeldFor - TimeSpan.FromTicks(1));
        held.Find(search.Id).ShouldBeSameAs(search);
        clock.Advance(HeldSearches.HeldFor);
        held.Find(search.Id).ShouldBeNull();
    }

    [Fact]
    public void However_often_its_pages_are_asked_for_a_search_ends_a_quarter_of_an_hour_after_its_first_one()
    {
        var held = new HeldSearches(clock);
        SearchAnswer first = Search(3), second = Search(3);
        held.Hold(first);
        for (int i = 0; i < 5; i++)
        {
            clock.Advance(HeldSearches.HeldAtMost / 6);
            held.Find(first.Id).ShouldBeSameAs(first);
        }

        held.Hold(second);
        held.Find(first.Id).ShouldBeSameAs(first);
        clock.Advance(HeldSearches.HeldAtMost / 6);
        held.Find(first.Id).ShouldBeNull();
        held.Find(second.Id).ShouldBeSameAs(second);
    }

    [Fact]
    public void The_search_that_was_not_used_for_longest_goes_when_there_are_too_many()
    {
        var held = new HeldSearches(clock);
        SearchAnswer[] searches = [.. Enumerable.Range(0, HeldSearches.SearchesMax).Select(_ => Search(1))];
        Array.ForEach(searches, held.Hold);
        held.Find(searches[0].Id).ShouldNotBeNull();

        held.Hold(Search(1));

        held.Find(searches[0].Id).ShouldNotBeNull();
        held.Find(searches[1].Id).ShouldBeNull();
        held.Find(searches[2].Id).ShouldNotBeNull();
    }

    [Fact]
    public void Searches_go_when_they_hold_too_many_results_together_and_the_newest_stays()
    {
        var held = new HeldSearches(clock);
        SearchAnswer first = Search(HeldSearches.ResultsMax / 2), second = Search(HeldSearches.ResultsMax / 2), third = Search(1);
        held.Hold(first);
        held.Hold(second);
        held.Find(first.Id).ShouldNotBeNull();

        held.Hold(third);

        held.Find(second.Id).ShouldBeNull();
        held.Find(first.Id).ShouldNotBeNull();
        held.Find(third.Id).ShouldNotBeNull();
    }

    private static SearchAnswer Search(int results) => new(Guid.NewGuid(), default, 0, new Found[results]);
}
