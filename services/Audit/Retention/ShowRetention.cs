using System.Globalization;
using System.Text;
using System.Text.Json;
using AccessGov.Audit.Search;
using AccessGov.Audit.Trail;
using Npgsql;

namespace AccessGov.Audit.Retention;

/// <summary>The retention schedule, the shreddings, and their certificates. Whoever reads them is in the trail.</summary>
internal static class ShowRetention
{
    public const string Scope = "audit.read";

    /// <summary>The keys of a class and a year.</summary>
    /// <param name="ExpiresAt">From then on they may be shredded; null when the configuration does not have the class.</param>
    private sealed record Expiry(string Class, int Year, long Keys, long Held, DateTimeOffset? ExpiresAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").RequireAuthorization(Scope);
        group.MapGet("/retention", ScheduleAsync);
        group.MapGet("/shreddings", ListAsync);
        group.MapGet("/shreddings/files", FilesAsync);
        group.MapGet("/shreddings/{id:guid}",
            (Guid id, HttpContext http, TrailDatabase database, ReadingNoted noted, ShreddingProposals proposals) =>
            OneAsync(id, http, database, noted, async shredding =>
                Results.Ok((await proposals.OpenAsync([shredding], http, http.RequestAborted))[0])));
        group.MapGet("/shreddings/{id:guid}/keys",
            (Guid id, HttpContext http, TrailDatabase database, ReadingNoted noted, ShreddingScan scan) =>
            OneAsync(id, http, database, noted, async _ => Results.Text(string.Concat(
                (await scan.KeysAsync(id, http.RequestAborted)).Order(StringComparer.Ordinal).Select(key => key + "\n")))));
        group.MapGet("/shreddings/{id:guid}/certificate",
            (Guid id, HttpContext http, TrailDatabase database, ReadingNoted noted, TrailReader trail) =>
            OneAsync(id, http, database, noted, shredding => Task.FromResult(Certificate(shredding, trail))));
    }

    private static async Task<IResult> ScheduleAsync(
        HttpContext http, TrailDatabase database, RetentionClasses classes, LegalHolds holds, ReadingNoted noted)
    {
        await noted.NoteAsync(http, "retention", null, new { });
        ILookup<string, Expiry> keys = (await KeysAsync(database, classes, http.RequestAborted))
            .ToLookup(one => one.Class, StringComparer.Ordinal);
        return Results.Ok(new
        {
            classes = classes.All.Select(one => new
            {
                one.Name, one.Basis, one.KeepYears, one.KeepDays, one.Shorter, one.Kinds, one.Actions, one.Services, keys = keys[one.Name],
            }),
            unknownClasses = keys.Where(group => classes.Find(group.Key) is null).Select(group => new { name = group.Key, keys = group }),
            holds = await holds.ListAsync(http.RequestAborted),
        });
    }

    private static async Task<List<Expiry>> KeysAsync(TrailDatabase database, RetentionClasses classes, CancellationToken cancellation)
    {
        await using NpgsqlCommand count = database.Read.CreateCommand(
            $"""
            select k.class, k.year, count(*), count(*) filter (where {HeldKeys.IsHeld})
            from trail.data_key k join trail.subject s on s.lookup = k.lookup group by k.class, k.year order by k.class, k.year
            """);
        var found = new List<Expiry>();
        await using NpgsqlDataReader row = await count.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            (string name, int year) = (row.GetString(0), row.GetInt32(1));
            found.Add(new Expiry(name, year, row.GetInt64(2), row.GetInt64(3), classes.Find(name)?.ExpiresAt(year)));
        }

        return found;
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, TrailDatabase database, ReadingNoted noted, ShreddingProposals proposals, int? limit, string? after)
    {
        if (Paging.Of(limit, after) is not { } paging || (after is not null && !Guid.TryParse(after, out _)))
        {
            return Refusals.Answer(Paging.Malformed);
        }

        await noted.NoteAsync(http, "shreddings", null, new { limit, after });
        IReadOnlyList<Shredding> found =
            await ShreddingRows.ListAsync(database.Read, null, after is null ? null : Guid.Parse(after), paging.Limit, http.RequestAborted);
        return Results.Ok(Paging.Page(
            "shreddings", paging, await proposals.OpenAsync(found, http, http.RequestAborted), one => one.Id.ToString()));
    }

    /// <summary>The files of shredded fields that are still there, a name a line.</summary>
    private static async Task<IResult> FilesAsync(HttpContext http, ShreddingProof proof, ReadingNoted noted)
    {
        await noted.NoteAsync(http, "shreddings", null, new { files = true });
        return Results.Text(string.Concat((await proof.FilesAsync(http.RequestAborted)).Select(hash => hash + "\n")));
    }

    private static async Task<IResult> OneAsync(
        Guid id, HttpContext http, TrailDatabase database, ReadingNoted noted, Func<Shredding, Task<IResult>> answer)
    {
        if ((await ShreddingRows.ListAsync(database.Read, id, null, 1, http.RequestAborted)) is not [var shredding])
        {
            return Refusals.Answer(Shreddings.Unknown);
        }

        await noted.NoteAsync(http, "shreddings", null, new { id });
        return await answer(shredding);
    }

    /// <summary>The event of the shredding with the proof that it is in the trail, one line as exports have them.</summary>
    private static IResult Certificate(Shredding shredding, TrailReader trail)
    {
        if (shredding is not { State: Shredding.Done, Leaf: { } leaf })
        {
            return Refusals.Table.Answer(
                "certificate_unknown", string.Create(CultureInfo.InvariantCulture,
                $"There is a certificate when the shredding is done; it is {shredding.State}."));
        }

        ProvenLeaf proven = trail.Prove([leaf])[0];
        string line = JsonSerializer.Serialize(new { leaf = Convert.ToBase64String(proven.Leaf.Span), proof = proven.Proof.ToString() });
        return Results.Text(line + "\n", "application/x-ndjson", Encoding.UTF8);
    }
}
