using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>
/// Follows an Orthanc archive into the study index. Where it is, is remembered in the same transaction as what it read, so a restart goes on from there.
/// At every start, after every failure and from time to time the archive's list of studies is compared with the index: that finds deletions, which Orthanc
/// does not tell, and what a reset of the archive (its sequence starts again then) would have hidden. One replica feeds at a time.
/// </summary>
internal sealed class OrthancFeeder(
    StudySchema schema, StudyReader reader, StudyWriter writer, FeedPositions positions, StudyIndex index, OrthancArchive archive, IOptions<OrthancOptions> options, TimeProvider clock, ILogger<OrthancFeeder> log)
    : BackgroundService
{
    private const int ChangesPerPage = 1_000;
    private const int IdsPerPage = 5_000;
    private const int StudiesPerWrite = 200;

    private readonly string name = options.Value.Archive;
    private readonly FailureLog failures = new(clock, log);
    private NpgsqlConnection? lease;
    private volatile FeederState state = FeederState.Unknown;

    public FeederState State => state;

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ResiliencePipeline again = UntilItWorks.Pipeline(clock, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), NoteFailure, stoppingToken);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                // Once the archive could be compared, the next failure waits from the shortest time again.
                long position = await again.ExecuteAsync(async cancellation => await BeginAsync(cancellation), stoppingToken);
                try
                {
                    await FollowAsync(position, stoppingToken);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    NoteFailure(failure);
                    await Task.Delay(options.Value.PollEvery, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogInformation("Archive {Archive} is no longer followed: the service stops.", name);
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    private async Task<long> BeginAsync(CancellationToken cancellation)
    {
        await schema.CreateAsync(cancellation);
        await TakeLeaseAsync(cancellation);
        return await CompareAsync(await positions.FindAsync(name, cancellation), cancellation);
    }

    private async Task FollowAsync(long position, CancellationToken cancellation)
    {
        long comparedAt = clock.GetTimestamp();
        while (true)
        {
            OrthancChanges page = await archive.ChangesAsync(position, ChangesPerPage, cancellation);
            IReadOnlyCollection<string> touched = await StudiesOfAsync(page.Changes, cancellation);
            if (page.Changes.Count > 0)
            {
                await ReadAsync(touched, page.Last, cancellation);
                position = page.Last;
            }

            long newest = await archive.NewestChangeAsync(cancellation);
            NoteSuccess(position, newest);
            // A sequence that went back is an archive that was reset, or one whose newest studies were deleted.
            if (newest < position || clock.GetElapsedTime(comparedAt) > options.Value.CompareEvery)
            {
                position = await CompareAsync(position, cancellation);
                comparedAt = clock.GetTimestamp();
            }
            else if (page.Done)
            {
                await Task.Delay(options.Value.PollEvery, clock, cancellation);
            }
        }
    }

    /// <summary>Makes the index hold the archive's studies, and answers from which change to follow: what comes after is followed, what was before is compared.</summary>
    private async Task<long> CompareAsync(long? remembered, CancellationToken cancellation)
    {
        long newest = await archive.NewestChangeAsync(cancellation);
        var present = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyList<string> page;
        for (int read = 0; (page = await archive.StudiesAsync(read, IdsPerPage, cancellation)).Count > 0; read += page.Count)
        {
            present.UnionWith(page);
        }

        HashSet<string> known = await reader.OrthancStudiesAsync(name, cancellation);
        long position = remembered is { } reached && reached <= newest ? reached : newest;
        foreach (string[] missing in present.Except(known).Chunk(StudiesPerWrite))
        {
            await ReadAsync(missing, position: null, cancellation);
        }

        // The list shifts while studies are deleted, so each one that seems gone is asked for before it is believed. Reading it again does that.
        string[] surplus = [.. known.Except(present)];
        foreach (string[] some in surplus.Chunk(StudiesPerWrite))
        {
            await ReadAsync(some, position: null, cancellation);
        }

        await writer.FeedAsync(name, position, [], [], cancellation);
        NoteSuccess(position, newest);
        log.LogInformation("Archive {Archive} compared: {Studies} studies, {Missing} were missing here, {Surplus} were looked for again.",
            name, present.Count, present.Count - known.Intersect(present).Count(), surplus.Length);
        return position;
    }

    private async Task<IReadOnlyCollection<string>> StudiesOfAsync(IReadOnlyList<OrthancChange> changes, CancellationToken cancellation)
    {
        var studies = new HashSet<string>(StringComparer.Ordinal);
        foreach (OrthancChange change in changes.DistinctBy(change => (change.ResourceType, change.Id)))
        {
            switch (change.ResourceType)
            {
                case "Study":
                    studies.Add(change.Id);
                    break;
                case "Series" when await archive.StudyOfSeriesAsync(change.Id, cancellation) is { } study:
                    studies.Add(study);
                    break;
            }
        }

        return studies;
    }

    /// <summary>Reads studies and writes them; those that the archive does not have any more are removed.</summary>
    private async Task ReadAsync(IReadOnlyCollection<string> studyIds, long? position, CancellationToken cancellation)
    {
        var rows = new List<StudyRow>();
        var gone = new List<string>();
        foreach (string id in studyIds)
        {
            StudyRow? row = await archive.ReadStudyAsync(id, cancellation);
            if (row is null)
            {
                gone.Add(id);
            }
            else if (DicomUid.IsValid(row.StudyInstanceUid))
            {
                rows.Add(row);
            }
            else
            {
                log.LogWarning("Study {OrthancId} of archive {Archive} has no valid StudyInstanceUID and stays unknown.", id, name);
            }
        }

        await writer.FeedAsync(name, position, rows, gone, cancellation);
        index.Forget(rows.ConvertAll(row => row.StudyInstanceUid));
    }

    private async Task TakeLeaseAsync(CancellationToken cancellation)
    {
        await ReleaseAsync();
        lease = await schema.Database.OpenConnectionAsync(cancellation);
        await using var take = new NpgsqlCommand("select pg_try_advisory_lock(hashtext($1))", lease);
        take.Parameters.AddWithValue($"accessgov.feeder.{name}");
        while (!(bool)(await take.ExecuteScalarAsync(cancellation))!)
        {
            state = state with { Feeding = false, Failure = null, LastSuccess = clock.GetUtcNow() };
            failures.Over();
            await Task.Delay(TimeSpan.FromSeconds(2), clock, cancellation);
        }
    }

    private async Task ReleaseAsync()
    {
        if (lease is null)
        {
            return;
        }

        try
        {
            // The pool resets a session only when it is used again; until then it would keep the lock from the other replicas.
            await using var release = new NpgsqlCommand("select pg_advisory_unlock_all()", lease);
            await release.ExecuteNonQueryAsync();
        }
        catch (Exception broken) when (broken is NpgsqlException or InvalidOperationException)
        {
            log.LogDebug(broken, "The lease of archive {Archive} ended with its connection.", name);
        }

        await lease.DisposeAsync();
        lease = null;
    }

    private void NoteSuccess(long position, long newest)
    {
        state = new FeederState(true, position, newest, clock.GetUtcNow(), Failure: null);
        failures.Over();
    }

    private void NoteFailure(Exception failure)
    {
        failures.Outage($"Archive {name} cannot be followed now, new studies stay unknown until it can", failure.Message, failure);
        state = state with { Feeding = false, Failure = failure.GetType().Name };
    }
}

/// <summary>How far an archive has been followed. Not feeding and no failure: another replica does it.</summary>
internal sealed record FeederState(bool Feeding, long Position, long Newest, DateTimeOffset? LastSuccess, string? Failure)
{
    public static FeederState Unknown { get; } = new(false, 0, 0, null, null);
}
