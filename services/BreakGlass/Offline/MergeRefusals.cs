using System.Collections.Immutable;
using AccessGov.EmergencyCapabilities;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Offline;

/// <summary>What lines of an edge tell that follow each other and are all of refusals: a stream for each such run, told once.</summary>
internal sealed record RefusalRun(bool Told)
{
    public static StreamKind<RefusalRun, EdgeEvent> Streams { get; } = new("emergency-refusals", new RefusalRun(false), Evolve);

    public static string IdOf(string edge, long from) => $"{edge}-{from}";

    public static RefusalRun Evolve(RefusalRun state, EdgeEvent @event) => @event switch
    {
        EmergencyCapabilityRefused => new RefusalRun(true),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no refusal: the stream is corrupt."),
    };

    /// <summary>The lines of a run are told together or not at all.</summary>
    public static Outcome<EdgeEvent> Decide(RefusalRun state, ImmutableArray<EmergencyCapabilityRefused> refused) =>
        state.Told ? Outcome.NothingToDo<EdgeEvent>() : Outcome.Of<EdgeEvent>([.. refused]);
}

/// <summary>
/// Takes over what an edge refused. Whoever floods an edge fills its journal with such lines, so a run of them costs one transaction, and
/// one event for each reason.
/// </summary>
internal sealed class MergeRefusals(UnattendedCommands unattended, TimeProvider clock)
{
    private const int AddressesMax = 20;

    /// <exception cref="RefusedAlongsideException">Somebody else merged them at the same time.</exception>
    public async Task RunAsync(
        string edge, IReadOnlyList<(EdgeJournalEntry Entry, MergedLine Line)> run, EventMetadata metadata, CancellationToken cancellation)
    {
        (long first, long last) = (run[0].Entry.Sequence, run[^1].Entry.Sequence);
        metadata = metadata with { CausationId = $"edge {edge} lines {first} to {last}" };

        // The alarm and the lines are found under the same day.
        DateTimeOffset now = clock.GetUtcNow();
        ImmutableArray<EmergencyCapabilityRefused> refused = Summed(edge, [.. run.Select(one => one.Entry)], now);
        foreach (EmergencyCapabilityRefused one in refused.Where(one => EdgeDay.Alarms(one.Code)))
        {
            // Said before the lines count as merged: whoever is stopped in between says it once a day all the same.
            Meanwhile(await unattended.RunAsync(
                EdgeDay.Streams, EdgeDay.IdOf(edge, now), state => EdgeDay.Alarm(state, edge, one.Code, now, first), metadata, null,
                cancellation));
        }

        bool merged = false;
        Meanwhile(await unattended.RunAsync(
            RefusalRun.Streams, RefusalRun.IdOf(edge, first), state => RefusalRun.Decide(state, refused), metadata,
            async (transaction, _, ends) =>
            {
                await EdgeJournals.AddAsync([.. run.Select(one => one.Line)], transaction, ends);
                merged = true;
            },
            cancellation));
        if (!merged)
        {
            throw new RefusedAlongsideException(EdgeJournals.MergedMeanwhile);
        }
    }

    /// <summary>One event for each reason, the first line first.</summary>
    public static ImmutableArray<EmergencyCapabilityRefused> Summed(
        string edge, IReadOnlyList<EdgeJournalEntry> lines, DateTimeOffset now) =>
    [
        .. lines.GroupBy(line => EdgeText.Kept(line.Reason) ?? "unknown", StringComparer.Ordinal)
            .Select(group => Summed(edge, group.Key, [.. group]) with { TakenOverAt = now }),
    ];

    private static EmergencyCapabilityRefused Summed(string edge, string code, EdgeJournalEntry[] lines)
    {
        (EdgeJournalEntry first, bool only) = (lines[0], lines.Length == 1);
        string[] addresses =
        [
            .. lines.Select(line => EdgeText.Kept(line.Address)).OfType<string>().Distinct(StringComparer.Ordinal).Take(AddressesMax),
        ];
        return new EmergencyCapabilityRefused(
            edge, first.Sequence, code, only ? EdgeText.Kept(first.Case) : null, addresses.Length == 1 ? addresses[0] : null, first.At,
            lines.Sum(TimesOf), only ? null : lines[^1].At, addresses.Length > 1 ? addresses : null);
    }

    /// <summary>Of how many refusals a line tells: an edge that is flooded counts those of which it writes no line of their own.</summary>
    private static long TimesOf(EdgeJournalEntry line) =>
        line is { Reason: EdgeEntryReasons.RefusedMore, Count: { } count and > 0 } ? count : 1;

    private static void Meanwhile(Refusal? refused)
    {
        if (refused is not null)
        {
            throw new RefusedAlongsideException(EdgeJournals.MergedMeanwhile);
        }
    }
}
