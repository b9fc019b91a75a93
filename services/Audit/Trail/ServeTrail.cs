using System.Globalization;
using System.Text.RegularExpressions;
using AccessGov.Audit.Search;
using AccessGov.TransparencyLog;

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

    private static async Task<IResult> TileAsync(string path, HttpContext http, TrailReader reader, ReadingNoted noted)
    {
        if (TilePath().Match(path) is not { Success: true } named)
        {
            return Refusals.Table.Answer("tile_malformed",
                "A tile is named as c2sp.org/tlog-tiles says, for example tile/0/x001/234 or tile/entries/000.p/17.");
        }

        Tile tile = TileOf(named);
        if (tile.Level == Tile.EntriesLevel)
        {
            await noted.NoteMirrorAsync(http);
        }

        return tile.Path == $"tile/{path}" && reader.FileOf(tile) is { } content
            ? Results.Bytes(content, Bytes)
            : Refusals.Table.Answer("tile_unknown",
                "The trail has no such tile: read the checkpoint for its size, and the full tile where a partial one is gone.");
    }

    private static Tile TileOf(Match named)
    {
        string level = named.Groups["level"].Value, width = named.Groups["width"].Value;
        string index = string.Concat(named.Groups["index"].Value.Where(char.IsAsciiDigit));
        return new Tile(
            level == "entries" ? Tile.EntriesLevel : Number(level), long.Parse(index, CultureInfo.InvariantCulture),
            width.Length == 0 ? Tile.WidthMax : Number(width));

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
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

    [GeneratedRegex(
        @"^(?<level>entries|[0-7])/(?<index>(x\d{3}/){0,5}\d{3})(\.p/(?<width>[1-9]\d{0,2}))?$", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100)]
    private static partial Regex TilePath();
}
