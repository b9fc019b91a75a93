using System.Globalization;
using System.Text;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Copies;

/// <summary>While this process leads, copies what is published to all copies, each on its own and from where it was.</summary>
internal sealed class Copying(
    IOptions<CopiesOptions> options, IOptions<AuditOptions> audit, CheckpointSigner signer, CopyStates states, TrailDatabase database,
    TrailReader trail, Intake intake, TimeProvider clock, ILogger<Copying> log) : BackgroundService
{
    /// <summary>So many leaves are copied before it is noted how far it is; whole tiles.</summary>
    private const long LeavesMax = 65_536;

    private readonly FailureLog failures = new(clock, log);

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(options.Value.Copies.Select(copy => Task.Run(() => ServeAsync(copy.Key, copy.Value, stoppingToken), stoppingToken)));

    private async Task ServeAsync(string name, CopyOptions settings, CancellationToken stopping)
    {
        using var copy = new Target(settings, clock);
        using var timer = new PeriodicTimer(settings.Interval, clock);
        string? copied = null;
        string? told = null;
        do
        {
            try
            {
                if (signer.Leads && signer.Published() is { } published && published.Note.ToString() != copied)
                {
                    await CopyAsync(name, copy.Open(), published, stopping);
                    copied = published.Note.ToString();
                    states.Copied(name, published.Checkpoint.Size, clock.GetUtcNow());
                    failures.Over(name);
                    told = null;
                }
            }
            catch (CopyDiffersException differs)
            {
                Fail(name, "copy_differs", differs, LogLevel.Error);
                told = told == differs.Path || await TellAsync(name, differs.Path, stopping) ? differs.Path : told;
            }
            catch (CopyMissingException missing)
            {
                Fail(name, "copy_missing", missing, LogLevel.Error);
            }
            catch (TrailUnreadableException unreadable)
            {
                Fail(name, "trail_unreadable", unreadable, LogLevel.Error);
            }
            catch (Exception away) when (!stopping.IsCancellationRequested)
            {
                Fail(name, "unavailable", away, LogLevel.Warning);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task CopyAsync(string name, ITrailCopy copy, PublishedCheckpoint published, CancellationToken cancellation)
    {
        long size = published.Checkpoint.Size;
        long from = await PositionAsync(name, cancellation);
        long minimum = trail.Minimum;
        string first = from < minimum + Tile.WidthMax ? "checkpoint"
            : new Tile(Tile.EntriesLevel, minimum / Tile.WidthMax, Tile.WidthMax).Path;
        if (from > 0 && !await copy.HasAsync(first, cancellation))
        {
            throw new CopyMissingException($"The copy has {from} leaves, but there is nothing: another disk, or one that is not mounted.");
        }

        if (from > size)
        {
            throw new CopyMissingException($"The copy has {from} leaves, more than the trail: the trail was put back to an earlier time.");
        }

        if (from == 0 && minimum > 0)
        {
            // A new copy of a trail that was pruned begins where that does; those from before keep what they have.
            await copy.ReplaceAsync("minimum-index", Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{minimum}\n")),
                cancellation);
            from = minimum;
        }

        while (from < size)
        {
            long to = Math.Min(size, ((from / LeavesMax) + 1) * LeavesMax);
            await CopyStep.AddAsync(copy, trail, audit.Value.TrailDirectory, from, to, cancellation);
            if (to == size)
            {
                break;
            }

            await MoveAsync(name, from = to, cancellation);
            states.Reached(name, to);
        }

        await CopyStep.CloseAsync(copy, trail, published, cancellation);
        await MoveAsync(name, size, cancellation);
    }

    private async Task<long> PositionAsync(string name, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.Seal.CreateCommand("select size from trail.progress where name = $1");
        read.Parameters.AddWithValue($"copy:{name}");
        return await read.ExecuteScalarAsync(cancellation) as long? ?? 0;
    }

    private async Task MoveAsync(string name, long size, CancellationToken cancellation)
    {
        await using NpgsqlCommand move = database.Seal.CreateCommand(
            """
            insert into trail.progress (name, size) values ($1, $2)
            on conflict (name) do update set size = greatest(trail.progress.size, excluded.size)
            """);
        move.Parameters.AddWithValue($"copy:{name}");
        move.Parameters.AddWithValue(size);
        await move.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Puts the finding into the trail; answers whether that was done.</summary>
    private async Task<bool> TellAsync(string name, string path, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        try
        {
            await intake.AcceptAsync(Refusals.Service, [new AuditRecord
            {
                EventId = $"copy {name} {path} {now.UtcTicks}", OccurredAt = now, Kind = "trail.copy_differs",
                Action = AuditActions.SecurityAlert, Outcome = AuditOutcomes.Failure, Service = Refusals.Service, Reason = "copy_differs",
                Resource = $"TrailCopy::{name}/{path}",
            }], cancellation);
            return true;
        }
        catch (Exception away) when (!cancellation.IsCancellationRequested)
        {
            failures.Outage($"{name}, telling of it", away.Message);
            return false;
        }
    }

    /// <summary>A target that is opened when it is needed: one whose files cannot be read now is tried again.</summary>
    private sealed class Target(CopyOptions settings, TimeProvider clock) : IDisposable
    {
        private ITrailCopy? copy;

        public ITrailCopy Open() => copy ??= settings.Open(clock);

        public void Dispose() => copy?.Dispose();
    }

    private void Fail(string name, string code, Exception failure, LogLevel level)
    {
        states.Failed(name, code);
        failures.Outage(name, $"Nothing is copied ({code}): {failure.Message}", level: level);
    }
}

/// <summary>What is to be a copy of this trail is none.</summary>
internal sealed class CopyMissingException(string message) : Exception(message);
