using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Search;

namespace AccessGov.PolicyDecision.Standalone;

/// <summary>
/// Searches a data directory: every stored entity of the type that is searched for, and every action that is stored or that a policy names, is evaluated.
/// An entity that is not stored is not known, so a search that names it finds nothing.
/// </summary>
internal sealed class DataDirectorySearch(DataDirectory directory, DataDirectoryDecisionPoint point, TimeProvider clock) : ISearchPoint
{
    public ValueTask<SearchAnswer> SearchAsync(SearchRequest request, EnforcementPoint caller, long? atLeast, CancellationToken cancellation)
    {
        DataSet data = directory.Current;

        // Properties and context are read before anything is looked for: what is malformed is refused also when there is no candidate.
        if (point.Evaluate(request.Asked, data).Invalid is { } invalid)
        {
            return ValueTask.FromResult(SearchAnswer.ToInvalid(invalid));
        }

        string[] candidates = [.. Candidates(request, data).Distinct(StringComparer.Ordinal).Take(SearchAnswer.CandidatesMax + 1)];
        if (candidates.Length > SearchAnswer.CandidatesMax)
        {
            return ValueTask.FromResult(SearchAnswer.ToInvalid(SearchAnswer.TooWide));
        }

        var found = new List<string>();
        foreach (string candidate in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            if (point.Evaluate(request.About(candidate), data).Permitted)
            {
                found.Add(candidate);
            }
        }

        DateTimeOffset now = clock.GetUtcNow();
        return ValueTask.FromResult(SearchAnswer.Of(Guid.CreateVersion7(now), now, 0, found.Select(id => new Found(id, []))));
    }

    public ValueTask<SearchAnswer> JudgeAgainAsync(SearchRequest request, EnforcementPoint caller, SearchAnswer found, CancellationToken cancellation)
    {
        DataSet data = directory.Current;
        return ValueTask.FromResult(found with { Results = [.. found.Results.Where(one => point.Evaluate(request.About(one.Id), data).Permitted)] });
    }

    private static IEnumerable<string> Candidates(SearchRequest request, DataSet data)
    {
        bool subjectIsKnown = request.Kind == SearchKind.Subject || IsStored(request.Asked.Subject, data);
        bool resourceIsKnown = request.Kind == SearchKind.Resource || IsStored(request.Asked.Resource, data);
        return !subjectIsKnown || !resourceIsKnown ? [] : request.Kind switch
        {
            SearchKind.Subject => OfType(request.Asked.Subject.Type, data),
            SearchKind.Resource => OfType(request.Asked.Resource.Type, data),
            _ => OfType("Action", data).Concat(PermitScopes.Of(data.Policies).Actions),
        };
    }

    private static bool IsStored(AuthZenEntity entity, DataSet data) => data.Entities.Find(new EntityUid(entity.Type, entity.Id)) is not null;

    private static IEnumerable<string> OfType(string type, DataSet data) =>
        data.Entities.Entities.Where(entity => entity.Uid.Type == type).Select(entity => entity.Uid.Id);
}
