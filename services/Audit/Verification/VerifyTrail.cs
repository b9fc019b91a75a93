using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Verification;

/// <summary>
/// Verifies the trail when it is time: what came since the last time, and all of it at least as often as the settings say. What is wrong is
/// a security alert in the trail, once; what is right again is said there, too. Every process has one; one at a time verifies.
/// </summary>
internal sealed class VerifyTrail(
    TrailDatabase database, TrailExamination examination, Intake intake, IOptions<VerificationOptions> options,
    IOptions<AuditOptions> audit, TimeProvider clock, ILogger<VerifyTrail> log) : BackgroundService
{
    private const string Differs = "trail.differs";
    private const string Verified = "trail.verified";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private readonly FailureLog failures = new(clock, log);
    private Kept? unwritten;

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    /// <summary>Verifies, if it is time and no other process does.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.SealAlone.OpenConnectionAsync(cancellation);
        await using var take = new NpgsqlCommand("select pg_try_advisory_lock(hashtext('trail verification'), 0)", connection);
        if (!(bool)(await take.ExecuteScalarAsync(cancellation))!)
        {
            return false;
        }

        // A clock that is wrong would say for years that the trail was verified just now.
        await DatabaseClock.CheckAsync(connection, clock, audit.Value.ClockDifferenceMax, cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        if (await VerificationState.ReadAsync(connection, cancellation) is not { } stored)
        {
            await new VerificationState(now, 0, null, null, null, null, null).WriteAsync(connection, null, cancellation);
            return false;
        }

        // What took hours is not done again because the database was away at its end, unless somebody else has verified since.
        if (unwritten is { } kept && kept.Before == stored)
        {
            await WriteAsync(kept, connection, cancellation);
            return true;
        }

        VerificationState before = stored.AsOf(now);
        if (now < options.Value.NextAfter(before.VerifiedAt ?? before.Since))
        {
            return false;
        }

        bool isWhole = before.Code is not null || options.Value.IsWhole(before.WholeAt, now);
        Examined examined = await examination.RunAsync(
            isWhole ? null : before.Through, before.Root is { } root ? (before.Through, root) : null, cancellation);
        unwritten = new Kept(stored, After(before, examined, isWhole, now), now);
        await WriteAsync(unwritten, connection, cancellation);
        return true;
    }

    /// <summary>How it is after a verification.</summary>
    public static VerificationState After(VerificationState before, Examined examined, bool isWhole, DateTimeOffset now) =>
        examined.Finding is { } finding
            ? before with { VerifiedAt = now, Code = finding.Code, Leaf = finding.Index }
        : before with
        {
            VerifiedAt = now, WholeAt = isWhole ? now : before.WholeAt, Code = null, Leaf = null,
            Through = examined.Checkpoint?.Size ?? before.Through, Root = examined.Checkpoint?.Root ?? before.Root,
        };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stoppingToken);
                failures.Over();
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failures.Outage("The trail cannot be verified now", e.Message, e is NpgsqlException ? null : e, LogLevel.Error);
            }

            await Task.Delay(LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is found and what the trail says of it commit together.</summary>
    private async Task WriteAsync(Kept kept, NpgsqlConnection connection, CancellationToken cancellation)
    {
        (VerificationState before, VerificationState after, DateTimeOffset now) = kept;
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await after.WriteAsync(connection, transaction, cancellation);
        if ((after.Code, after.Leaf) != (before.Code, before.Leaf))
        {
            await intake.AcceptAsync(Refusals.Service, [EventOf(after, now)], transaction, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        unwritten = null;
    }

    private static AuditRecord EventOf(VerificationState after, DateTimeOffset now) => new()
    {
        EventId = Guid.CreateVersion7(now).ToString(), OccurredAt = now, Kind = after.Code is null ? Verified : Differs,
        Action = after.Code is null ? AuditActions.Administer : AuditActions.SecurityAlert,
        Outcome = after.Code is null ? AuditOutcomes.Success : AuditOutcomes.Failure, Reason = after.Code,
        Resource = after.Leaf is { } leaf ? $"Entry::{leaf}" : "Trail::checkpoint",
    };

    /// <summary>What came of a verification, from when it is known until the database has it.</summary>
    /// <param name="Before">What the database said before it.</param>
    /// <param name="After">What it is to say.</param>
    /// <param name="At">When it was begun.</param>
    private sealed record Kept(VerificationState Before, VerificationState After, DateTimeOffset At);
}
