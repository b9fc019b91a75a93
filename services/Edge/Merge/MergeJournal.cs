using System.Text.Json;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;
using AccessGov.Edge.Uses;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Merge;

/// <summary>
/// Hands the journal over to BreakGlass as soon as it answers, and hears what is new there: keys, what was taken back, what has ended, what
/// time it is. Of a journal that is not to be believed BreakGlass gets the lines before that, and is told.
/// </summary>
internal sealed class MergeJournal(
    EdgeJournal journal, BreakGlassClient breakGlass, HeardNews news, EdgeClock clock, RefusedUses refused, TimeProvider time,
    IOptions<EdgeOptions> options, ILogger<MergeJournal> log) : BackgroundService
{
    private const int LinesMax = 500;
    private const int BytesMax = 1024 * 1024;
    private readonly MergePosition position = new(options.Value.Directory, journal);
    private bool refusedThere;
    private DateOnly? told;
    private volatile string? fault;

    /// <summary>The number of the last line that BreakGlass is known to have.</summary>
    public long Through => position.Through;

    /// <summary>Why BreakGlass does not hear us; null when it does. A code.</summary>
    public string? Fault => fault;

    /// <summary>Whether the journal says that this process was started.</summary>
    public bool Started { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stoppingToken);
                TimeSpan every = options.Value.PollEvery;
                await Task.Delay(Through < journal.State.Sequence ? every : 2 * every, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                log.LogDebug("The service stops.");
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        try
        {
            await refused.TellMoreAsync(clock.Now);
            (string keys, IReadOnlyList<string> revoked) = await breakGlass.NewsAsync(journal.State.Sequence, cancellation);
            news.Hear(keys, revoked);
            if (journal.Broken is null)
            {
                await NoteStartAsync();
            }

            while (!refusedThere && await MergeAsync(cancellation))
            {
                // There is more.
            }

            if (journal.Broken is { } damage)
            {
                await TellAsync(damage, cancellation);
            }
            else
            {
                journal.Files.Drop(Through, (time.GetUtcNow() - options.Value.JournalKept).UtcDateTime);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or UnauthorizedAccessException
            or JournalException or KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Failed("break_glass_unreachable", failure);
        }
    }

    private async Task NoteStartAsync()
    {
        if (!Started)
        {
            await journal.WriteAsync<object?>(_ => (new EdgeJournalEntry(0, "", clock.Now, EdgeEntryKinds.Started), null));
            Started = true;
        }

        DateTimeOffset now = clock.Now;
        if (clock.IsConfirmed(now) && journal.State.LatestAt > now + options.Value.Skew)
        {
            await journal.WriteAsync<object?>(_ =>
                (new EdgeJournalEntry(0, "", now, EdgeEntryKinds.Started, Reason: EdgeEntryReasons.ClockConfirmed), null));
        }
    }

    /// <summary>True when there is more to hand over.</summary>
    private async Task<bool> MergeAsync(CancellationToken cancellation)
    {
        long last = journal.State.Sequence;
        long first = journal.Files.First() ?? 1;
        long from = Math.Max(Through + 1, first);
        IReadOnlyList<string> lines = journal.Files.Lines(from, last, LinesMax, BytesMax);
        (MergeAnswer? answer, MergeProblem? problem) = await breakGlass.MergeAsync(from, lines, cancellation);
        if (problem is { Code: "journal_gap", Expected: { } expected } && expected != from && expected >= first)
        {
            position.Move(expected - 1, last);
            return journal.Broken is null;
        }

        if (problem is { Code: "journal_broken" })
        {
            refusedThere = true;
            position.Break(JournalDamage.NotTaken(problem.Expected ?? from));
            return false;
        }

        if (answer is null)
        {
            Failed(problem!.Code, null);
            return false;
        }

        if (fault is not null && journal.Broken is null)
        {
            (fault, string? before) = (null, fault);
            log.LogInformation("BreakGlass takes the journal again, after {Fault}.", before);
        }

        position.Move(answer.Through, last);
        foreach (string id in journal.Broken is null ? answer.Ended : [])
        {
            await EndAccess.RunAsync(journal, id, EndAccess.Told, null, clock.Now);
        }

        return lines.Count > 0 && Through < journal.State.Sequence;
    }

    /// <summary>Security hears of it from BreakGlass: at each start, and once a day.</summary>
    private async Task TellAsync(JournalDamage damage, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(clock.Now.UtcDateTime);
        MergeProblem? problem = told == today ? null : await breakGlass.TellBrokenAsync(damage, cancellation);
        told = problem is null ? today : told;
        Failed(problem?.Code ?? Refusals.JournalBroken.Code, null);
    }

    private void Failed(string code, Exception? failure)
    {
        if (fault != code)
        {
            fault = code;
            log.LogWarning(failure, "BreakGlass does not hear this edge: {Fault}. It is tried again until it does.", code);
        }
    }
}
