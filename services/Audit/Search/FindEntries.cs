using AccessGov.Audit.Trail;
using Microsoft.Extensions.Primitives;
using Npgsql;

namespace AccessGov.Audit.Search;

/// <summary>
/// What is in the trail: by person, patient, study, action, outcome, place, time, emergency case. Every reading is noted in the trail.
/// </summary>
internal static class FindEntries
{
    public const string Scope = "audit.read";

    /// <summary>The purpose of what Audit itself says in the trail.</summary>
    private const string AuditPurpose = "audit";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").RequireAuthorization(Scope).AddEndpointFilter(EndsInTimeAsync);
        group.MapGet("/entries", (HttpContext http, EntrySearch search, ReadingNoted noted, SearchState state) =>
            FindAsync(http, search, noted, state, "search"));
        group.MapGet("/entries/facets", FacetsAsync);
        group.MapGet("/patients/{patient}/timeline", (
            string patient, HttpContext http, EntrySearch search, ReadingNoted noted, SearchState state) =>
            FindAsync(http, search, noted, state, "patient", ("patient", patient)));
        group.MapGet("/people/{person}/activity", (
            string person, HttpContext http, EntrySearch search, ReadingNoted noted, SearchState state) =>
            FindAsync(http, search, noted, state, "person", ("person", person)));
        group.MapGet("/emergency-cases/{case}", (
            string @case, HttpContext http, EntrySearch search, ReadingNoted noted, SearchState state) =>
            FindAsync(http, search, noted, state, "case", ("case", @case)));
        group.MapGet("/patients/{patient}/disclosures", DisclosuresAsync);
    }

    /// <summary>What would read for too long is refused.</summary>
    public static async ValueTask<object?> EndsInTimeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (PostgresException slow) when (slow.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return Refusals.Table.Answer(
                "search_too_wide", "Too much would have to be read: say from and to, or whom or which study it is about.");
        }
    }

    private static async Task<IResult> FindAsync(
        HttpContext http, EntrySearch search, ReadingNoted noted, SearchState state, string what,
        params (string Name, string Value)[] given)
    {
        (EntryFilter? filter, string? problem) = EntryFilter.Parse(http.Request.Query, given);
        if (filter is null)
        {
            return Refusals.Table.Answer("search_malformed", problem!);
        }

        await NoteAsync(http, noted, what, filter);
        long searchable = state.Size;
        return Results.Ok(Page(filter, await search.FindAsync(filter, http.RequestAborted), searchable));
    }

    private static async Task<IResult> FacetsAsync(HttpContext http, EntrySearch search, ReadingNoted noted)
    {
        (EntryFilter? filter, string? problem) = EntryFilter.Parse(http.Request.Query);
        if (filter is null)
        {
            return Refusals.Table.Answer("search_malformed", problem!);
        }

        await NoteAsync(http, noted, "facets", filter);
        return Results.Ok(new { facets = await search.FacetsAsync(filter, http.RequestAborted), over = EntrySearch.FacetsOver });
    }

    /// <summary>
    /// The accounting of disclosures: each line with the leaf and the proof that it is in the trail, for programs that are not ours. What
    /// was done with the trail itself is no disclosure of the patient's data: it is left out, or marked where it is asked for.
    /// </summary>
    private static async Task<IResult> DisclosuresAsync(
        string patient, HttpContext http, EntrySearch search, ReadingNoted noted, SearchState state, TrailReader trail)
    {
        StringValues include = http.Request.Query["include"];
        if (include.Count > 1 || include is [not AuditPurpose])
        {
            return Refusals.Table.Answer("search_malformed", $"include is {AuditPurpose}, or is not said.");
        }

        (EntryFilter? filter, string? problem) = EntryFilter.Parse(
            new QueryCollection(http.Request.Query.Where(pair => pair.Key != "include").ToDictionary(StringComparer.Ordinal)),
            ("patient", patient));
        if (filter is null)
        {
            return Refusals.Table.Answer("search_malformed", problem!);
        }

        filter = filter with { WithoutAuditUse = include.Count == 0 };
        await noted.NoteAsync(http, "disclosures", filter.Patient, new { query = filter.Said, include = include.ToArray() });
        long searchable = state.Size;
        IReadOnlyList<FoundEntry> found = await search.FindAsync(filter, http.RequestAborted);
        IReadOnlyList<ProvenLeaf> proven = trail.Prove([.. found.Select(entry => entry.Sequence)]);
        Dictionary<string, object> page = Page(filter, found, searchable);
        page["entries"] = found.Zip(proven, (entry, proof) => new
        {
            entry, leaf = Convert.ToBase64String(proof.Leaf.Span), proof = proof.Proof.ToString(),
            purpose = entry.Service == Refusals.Service ? AuditPurpose : null,
        });
        return Results.Ok(page);
    }

    private static Task NoteAsync(HttpContext http, ReadingNoted noted, string what, EntryFilter filter) =>
        noted.NoteAsync(http, what, filter.Patient, new { query = filter.Said });

    private static Dictionary<string, object> Page(EntryFilter filter, IReadOnlyList<FoundEntry> found, long searchable)
    {
        var page = new Dictionary<string, object>(StringComparer.Ordinal) { ["entries"] = found, ["searchable"] = searchable };
        if (found.Count == filter.Limit)
        {
            page["next"] = EntryFilter.KeyOf(found[^1].At, found[^1].Sequence);
        }

        return page;
    }
}
