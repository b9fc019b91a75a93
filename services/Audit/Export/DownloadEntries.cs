using System.Runtime.CompilerServices;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Search;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export;

/// <summary>
/// What a search finds, as a file for somebody else: all of it, newest first, in one of the forms of <see cref="ExportFormat"/>. Patients
/// are tokens. Who took what is in the trail before the first byte is sent; an export that cannot be finished is cut off.
/// </summary>
internal static class DownloadEntries
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/export", ExportAsync)
        .RequireAuthorization(FindEntries.Scope).AddEndpointFilter(FindEntries.EndsInTimeAsync);

    private static async Task<IResult> ExportAsync(
        HttpContext http, EntrySearch search, ReadingNoted noted, TrailReader trail, ExportOrigin origin)
    {
        var query = new QueryCollection(http.Request.Query.Where(pair => pair.Key != "format").ToDictionary(StringComparer.Ordinal));
        (EntryFilter? filter, string? problem) = EntryFilter.Parse(query);
        string name = http.Request.Query["format"].ToString();
        if (filter is null || !ExportDocument.Names.TryGetValue(name, out ExportFormat format))
        {
            return Refusals.Table.Answer(
                "search_malformed", problem ?? $"format is one of {string.Join(", ", ExportDocument.Names.Keys)}.");
        }

        await noted.NoteAsync(http, "export", filter.Patient, new { format = name, query = filter.Said }, AuditActions.Export);

        // What takes too long to find is refused as long as it can be.
        filter = filter with { Limit = EntryFilter.LimitMax };
        IReadOnlyList<FoundEntry> first = await search.FindAsync(filter, http.RequestAborted);
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{name}\"";
        return Results.Stream(
            output => ExportDocument.WriteAsync(
                format, FoundAsync(search, trail, filter, first, format, http.RequestAborted), origin, output, http.RequestAborted),
            ExportDocument.MediaType(format));
    }

    private static async IAsyncEnumerable<ExportedEvent> FoundAsync(
        EntrySearch search, TrailReader trail, EntryFilter filter, IReadOnlyList<FoundEntry> page, ExportFormat format,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            long[] sequences = [.. page.Select(found => found.Sequence)];
            IEnumerable<ExportedEvent> events = format == ExportFormat.Proofs
                ? trail.Prove(sequences)
                    .Select(proven => new ExportedEvent(TrailEntry.Parse(proven.Leaf)) { Proof = proven.Proof.ToString() })
                : sequences.Select(sequence => new ExportedEvent(TrailEntry.Parse(trail.Leaf(sequence)!.Value)));
            foreach (ExportedEvent one in events)
            {
                yield return one;
            }

            if (page.Count < filter.Limit)
            {
                yield break;
            }

            filter = filter with { After = (page[^1].At, page[^1].Sequence) };
            page = await search.FindAsync(filter, cancellation);
        }
    }
}
