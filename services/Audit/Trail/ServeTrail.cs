using System.Text.RegularExpressions;
using AccessGov.Audit.Search;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Trail;

/// <summary>The trail for whoever checks it, as c2sp.org/tlog-tiles wants it served, and single leaves with their proofs.</summary>
internal static partial class ServeTrail
{
    private const string Bytes = "application/octet-stream";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder trail = routes.MapGroup("/trail").RequireAuthorization("audit.read");
        trail.MapGet("/checkpoint", (CheckpointSigner signer) => signer.Published() is { } published
            ? Results.Text(published.Note.ToString())
            : Refusals.Table.Answer("checkpoint_unknown", "Nothing is in the trail yet."));
        trail.MapGet("/checkpoint.witnessed", (CheckpointSigner signer) => signer.Witnessed() is { } witnessed
            ? Results.Text(witnessed.Note.ToString())
            : Refusals.Table.Answer("checkpoint_unknown", "No witness has cosigned a checkpoint yet."));
        trail.MapGet("/tile/{**path}", TileAsync);
        trail.MapGet("/keys", (CheckpointSigner signer) => new { keys = signer.Keys.Select(key => key.ToString()) });
        trail.MapGet("/entries/{sequence}", LeafAsync);
        trail.MapGet("/entries/{sequence}/proof", (long sequence, TrailReader reader) =>
            reader.ProofOf(sequence) is { } proof ? Results.Text(proof.ToString()) : AbsentEntry.Answer(reader, sequence));
    }

    private static async Task<IResult> TileAsync(string path, HttpContext http, IOptions<AuditOptions> options, ReadingNoted noted)
    {
        if (!TilePath().IsMatch(path))
        {
            return Refusals.Table.Answer("tile_malformed",
                "A tile is named as c2sp.org/tlog-tiles says, for example tile/0/x001/234 or tile/entries/000.p/17.");
        }

        if (path.StartsWith("entries/", StringComparison.Ordinal))
        {
            await noted.NoteMirrorAsync(http);
        }

        return Serve(Path.Combine(options.Value.TrailDirectory, "tile", path));
    }

    private static async Task<IResult> LeafAsync(long sequence, HttpContext http, TrailReader reader, ReadingNoted noted)
    {
        if (reader.Leaf(sequence) is not { } leaf)
        {
            return AbsentEntry.Answer(reader, sequence);
        }

        await noted.NoteAsync(http, "entry", null, new { sequence });
        return Results.Bytes(leaf, "application/json");
    }

    private static IResult Serve(string file) => File.Exists(file)
        ? Results.File(file, Bytes)
        : Refusals.Table.Answer("tile_unknown",
            "The trail has no such tile: read the checkpoint for its size, and the full tile where a partial one is gone.");

    [GeneratedRegex(@"^(entries|[0-7])/(x\d{3}/)*\d{3}(\.p/([1-9]\d{0,2}))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex TilePath();
}
