using System.Text.Json;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;
using AccessGov.Edge.Uses;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Merge;

/// <summary>
/// Hands the journal over to BreakGlass as soon as it answers, and hears what is new there: keys, what was taken back, what has ended, what
/// time it is.
/// </summary>
internal sealed class MergeJournal(
    EdgeJournal journal, BreakGlassClient breakGlass, HeardNews news, EdgeClock clock, TimeProvider time, IOptions<EdgeOptions> options,
    ILogger<MergeJournal> log) : BackgroundService
{
    private const int LinesMax = 500;
    private const int BytesMax = 1024 * 1024;
    private readonly string position = Path.Combine(options.Value.Directory, "merged");
    private long through = -1;
    private volatile string? fault;

    /// <summary>The number of the last line that BreakGlass is known to have.</summary>
    public long Through => Math.Max(0, Volatile.Read(ref through));

    /// <summary>Why BreakGlass does not hear us; null when it does. A code.</summary>
    public string? Fault => fault;

    /// <summary>Whether the journal says that this process was started.</summary>
    public bool Started { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Begin();
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

    private void Begin()
    {
        if (File.Exists(position) && long.TryParse(File.ReadAllText(position), out long known))
        {
            Volatile.Write(ref through, known);
            if (known > journal.State.Sequence && journal.Broken is null)
            {
                journal.Break($"BreakGlass has line {known}, and this journal ends with line {journal.State.Sequence}: it was put back.");
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        try
        {
            (string keys, IReadOnlyList<string> revoked) = await breakGlass.NewsAsync(cancellation);
            news.Hear(keys, revoked);
            if (journal.Broken is null)
            {
                await NoteStartAsync();
                while (await MergeAsync(cancellation))
                {
                    // There is more.
                }

                journal.Files.Drop(Through, (time.GetUtcNow() - options.Value.JournalKept).UtcDateTime);
            }
            else
            {
                Failed("journal_broken", null);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or UnauthorizedAccessException
            or JournalException or KeyNotFoundException or InvalidOperationException or ArgumentException
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
    }

    /// <summary>True when there is more to hand over.</summary>
    private async Task<bool> MergeAsync(CancellationToken cancellation)
    {
        long last = journal.State.Sequence;
        long from = Math.Max(Through + 1, journal.Files.First() ?? 1);
        IReadOnlyList<string> lines = journal.Files.Lines(from, last, LinesMax, BytesMax);
        (MergeAnswer? answer, MergeProblem? problem) = await breakGlass.MergeAsync(from, lines, cancellation);
        if (problem is { Code: "journal_gap", Expected: { } expected } && expected != from && expected >= (journal.Files.First() ?? 1))
        {
            Move(expected - 1, last);
            return journal.Broken is null;
        }

        if (answer is null)
        {
            Failed(problem!.Code, null);
            return false;
        }

        if (fault is not null)
        {
            (fault, string? before) = (null, fault);
            log.LogInformation("BreakGlass takes the journal again, after {Fault}.", before);
        }

        Move(answer.Through, last);
        foreach (string id in answer.Ended)
        {
            await EndAccess.RunAsync(journal, id, EndAccess.Told, null, clock.Now);
        }

        return lines.Count > 0 && Through < journal.State.Sequence && journal.Broken is null;
    }

    private void Move(long to, long last)
    {
        if (to > last)
        {
            journal.Break($"BreakGlass has line {to}, and this journal ends with line {last}: it was put back.");
            return;
        }

        if (to != Volatile.Read(ref through))
        {
            Volatile.Write(ref through, to);
            OwnFiles.Replace(position, System.Text.Encoding.ASCII.GetBytes($"{to}"));
        }
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
