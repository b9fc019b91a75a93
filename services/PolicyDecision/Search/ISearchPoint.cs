using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Search;

/// <summary>What stands behind the search endpoints: the hospital's facts, or a data directory in standalone mode.</summary>
internal interface ISearchPoint
{
    /// <summary>
    /// Finds everything that evaluation permits, all of it from one state of the facts and for one instant, and remembers the search before it answers.
    /// Answers <see cref="SearchAnswer.Invalid"/> when it cannot know.
    /// </summary>
    /// <param name="request">What is searched for.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="atLeast">The facts must have reached this position, as they had for the pages before; null for whatever is known.</param>
    /// <param name="cancellation">Ends the search.</param>
    ValueTask<SearchAnswer> SearchAsync(SearchRequest request, EnforcementPoint caller, long? atLeast, CancellationToken cancellation);

    /// <summary>
    /// Which of the results that a search found before are still permitted, with their obligations: judged from the newest facts and for this instant, so that nothing is shown that
    /// was taken away since. Finds nothing new, and remembers nothing: the search was remembered. Answers <see cref="SearchAnswer.Invalid"/> when it cannot know.
    /// </summary>
    ValueTask<SearchAnswer> JudgeAgainAsync(SearchRequest request, EnforcementPoint caller, SearchAnswer found, CancellationToken cancellation);
}

/// <summary>What a search found.</summary>
/// <param name="Id">Identity of the search in the journal (UUID version 7).</param>
/// <param name="At">The instant that everything was decided for.</param>
/// <param name="FactsPosition">The position of the facts that it was decided from.</param>
/// <param name="Results">Everything that was found, in the ordinal order of its ids.</param>
/// <param name="Invalid">Set when nobody can say what would be found.</param>
internal sealed record SearchAnswer(Guid Id, DateTimeOffset At, long FactsPosition, IReadOnlyList<Found> Results, InvalidQuestion? Invalid = null)
{
    /// <summary>So many candidates are looked at, at most, for one search.</summary>
    public const int CandidatesMax = 100_000;

    public static readonly InvalidQuestion TooWide = new(
        StatusCodes.Status400BadRequest, "search_too_wide",
        $"More than {CandidatesMax} candidates would have to be looked at. Ask about a subject whose grants cover less, or evaluate the ids that you have in batches.");

    public static SearchAnswer ToInvalid(InvalidQuestion invalid) => new(Guid.Empty, default, 0, [], invalid);

    public static SearchAnswer Of(Guid id, DateTimeOffset at, long factsPosition, IEnumerable<Found> found) =>
        new(id, at, factsPosition, [.. found.OrderBy(one => one.Id, StringComparer.Ordinal)]);

    /// <summary>The place of the first result whose id comes after <paramref name="id"/>.</summary>
    public int PlaceAfter(string id)
    {
        (int low, int high) = (0, Results.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(Results[middle].Id, id) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

/// <summary>One result.</summary>
/// <param name="Id">The id of a subject or a resource, or the name of an action.</param>
/// <param name="Obligations">What the enforcement point must do with this result; empty for nothing.</param>
internal readonly record struct Found(string Id, IReadOnlyList<Obligation> Obligations);

/// <summary>There are more candidates than one search looks at.</summary>
internal sealed class SearchTooWideException() : Exception("There are more candidates than one search looks at.");
