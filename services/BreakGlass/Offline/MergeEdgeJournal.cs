using System.Text;
using System.Text.Json.Serialization;
using AccessGov.EmergencyCapabilities;
using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Offline;

/// <summary>
/// Takes an edge's journal over, line by line: each line's meaning and that it is merged are one transaction, so that whoever is stopped in
/// between goes on where they were.
/// </summary>
internal sealed class MergeEdgeJournal(
    EdgeJournals journals, MergeLine merge, MergeRefusals refusals, UnattendedCommands unattended, CommandRunner commands,
    IOptions<OfflineOptions> options)
{
    public const string Scope = "emergency-access.merge";
    public const int LinesMax = 500;
    private const int BodyBytesMax = 2 * 1024 * 1024;
    private const int Attempts = 3;

    private static readonly Refusal Malformed = new(
        "lines_malformed",
        $"from is the number of the first line, from 1 on, and lines are at most {LinesMax} lines as they stand in the journal.");

    /// <param name="From">The number of the first line.</param>
    /// <param name="Lines">The lines as they stand in the file, without line feeds.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(long From, IReadOnlyList<string> Lines);

    /// <param name="Through">The number of the last line that is merged.</param>
    /// <param name="Ended">The cases that the edge ends, if it has not.</param>
    public sealed record Answer(long Through, IReadOnlyList<string> Ended);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/edge-journals/{edge}/lines", (string edge, Command command, MergeEdgeJournal merge, HttpContext http) =>
            merge.RunAsync(edge, command, http))
        .RequireAuthorization(Scope).WithBodyLimit(BodyBytesMax);

    private async Task<IResult> RunAsync(string edge, Command command, HttpContext http)
    {
        if ((ShowCapabilities.RefusedEdge(edge, options.Value, http) ?? commands.Refused(http)) is { } refused)
        {
            return Refusals.Answer(refused);
        }

        if (command.Lines.Count > LinesMax || command.From is < 1 or > long.MaxValue - LinesMax
            || command.Lines.Any(string.IsNullOrWhiteSpace))
        {
            return Refusals.Answer(Malformed);
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await MergeAsync(edge, command, http);
            }
            catch (RefusedAlongsideException beaten) when (beaten.Refusal == EdgeJournals.MergedMeanwhile)
            {
                // Whoever was first has merged a line of these at each time.
                if (attempt == command.Lines.Count + Attempts)
                {
                    return Refusals.Answer(EdgeJournals.MergedMeanwhile);
                }
            }
        }
    }

    private async Task<IResult> MergeAsync(string edge, Command command, HttpContext http)
    {
        (long through, Dictionary<long, string> hashes) =
            await journals.ReadAsync(edge, command.From, command.Lines.Count, http.RequestAborted);
        if (command.Lines.Count > 0 && command.From > through + 1)
        {
            return Differs("journal_gap", $"Lines from {through + 1} on are missing: send them first.", through + 1);
        }

        List<(EdgeJournalEntry Entry, MergedLine Line)> refused = [];
        for (int i = 0; i < command.Lines.Count; i++)
        {
            long sequence = command.From + i;
            byte[] line = Encoding.UTF8.GetBytes(command.Lines[i]);
            string hash = EdgeJournalEntry.HashOf(line);
            if (sequence <= through)
            {
                if (hashes.GetValueOrDefault(sequence) != hash)
                {
                    return await BrokenAsync(edge, sequence, http);
                }

                continue;
            }

            string previous = sequence == 1 ? EdgeJournalEntry.Genesis : hashes[sequence - 1];
            if (EdgeJournalEntry.Read(line, sequence, previous) is not { } entry)
            {
                await TellRefusedAsync();
                return await BrokenAsync(edge, sequence, http);
            }

            var merged = new MergedLine(edge, sequence, hash);
            if (entry.Kind == EdgeEntryKinds.Refused)
            {
                refused.Add((entry, merged));
            }
            else
            {
                await TellRefusedAsync();
                await merge.RunAsync(edge, entry, merged, Caller.Metadata(http), http.RequestAborted);
            }

            (hashes[sequence], through) = (hash, sequence);
        }

        await TellRefusedAsync();
        return Results.Ok(new Answer(through, await journals.EndedAsync(edge, commands.Now, http.RequestAborted)));

        // In their place: what comes after a line is merged after it.
        async Task TellRefusedAsync()
        {
            if (refused.Count > 0)
            {
                await refusals.RunAsync(edge, refused, Caller.Metadata(http), http.RequestAborted);
                refused.Clear();
            }
        }
    }

    /// <summary>Nothing after it is taken: what it says may be anybody's. Security hears of it once a day.</summary>
    private async Task<IResult> BrokenAsync(string edge, long sequence, HttpContext http)
    {
        DateTimeOffset now = commands.Now;
        await unattended.RunAsync(
            EdgeDay.Streams, EdgeDay.IdOf(edge, now), state => EdgeDay.Decide(state, new EmergencyEdgeJournalBroken(edge, sequence, now), now),
            Caller.Metadata(http), null,
            http.RequestAborted);
        return Differs(
            "journal_broken",
            $"Line {sequence} does not follow from what is merged: it was changed, or begins anew and needs an edge of another name.",
            sequence);
    }

    private static IResult Differs(string code, string sentence, long expected) => Results.Json(
        new
        {
            type = $"urn:accessgov:{Refusals.Service}:{code}", title = code.Replace('_', ' '), status = Refusals.Table.StatusOf(code),
            detail = sentence,
            expected,
        },
        contentType: "application/problem+json", statusCode: Refusals.Table.StatusOf(code));
}
