using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>
/// Carries out what two people approved, in steps that each commit: whoever is interrupted is finished by the next. First nobody can use
/// the keys any more, then the
/// trail says that they are shredded, then they are. Thread-safe, also between processes.
/// </summary>
internal sealed class ShreddingRun(
    TrailDatabase database, ShreddingScan scan, ShreddingProof proof, RetentionClasses classes, Intake intake, TimeProvider clock)
{
    /// <summary>SHA-256 of the ids of no keys.</summary>
    private static readonly string DigestOfNone = Convert.ToHexStringLower(SHA256.HashData([]));

    /// <summary>Takes every approved shredding one step further; answers whether any went.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        bool moved = false;
        Exception? failed = null;
        foreach (Shredding one in await ShreddingRows.RunningAsync(database.Seal, cancellation))
        {
            try
            {
                moved |= await StepAsync(one, cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                // The others do not wait for it.
                failed ??= e;
            }
        }

        if (failed is not null && !moved)
        {
            ExceptionDispatchInfo.Throw(failed);
        }

        return moved;
    }

    private async Task<bool> StepAsync(Shredding one, CancellationToken cancellation) => one.State switch
    {
        Shredding.Approved => !await WaitsAsync(one, cancellation) && await CondemnAsync(one.Id, cancellation),
        Shredding.Condemned => await RecordAsync(one, cancellation),
        Shredding.Recorded => await DestroyAsync(one, cancellation),
        Shredding.Destroyed => await FinishAsync(one, cancellation),
        _ => throw new InvalidOperationException($"A shredding that is {one.State} does not run."),
    };

    /// <summary>
    /// Takes the keys away from their subjects, and the tokens of subjects without keys: whoever seals waits meanwhile and makes new ones
    /// then. Keys under a hold stay, and all where the law demands meanwhile to keep them: classes and holds may have changed since the
    /// approval.
    /// </summary>
    private async Task<bool> CondemnAsync(Guid id, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await KeyGeneration.MoveAsync(transaction, cancellation);
        if (await ShreddingRows.LockAsync(id, Shredding.Approved, transaction, cancellation) is not { } shredding)
        {
            return false;
        }

        (bool may, byte[]? asked) = await MayStillAsync(shredding, transaction, cancellation);
        (long keys, string? digest, byte[][] lookups) = may ? await TakeAsync(id, transaction, cancellation) : (0, null, []);
        if (asked is not null)
        {
            // Of whom was only asked for there is no key: the certificate says so.
            (digest, lookups) = (digest ?? DigestOfNone, [.. lookups, asked]);
        }

        await ExecuteAsync(
            digest is null
                ? "update trail.shredding set state = 'stopped', reason = null, lookup = null, finished_at = $2 where id = $1"
                : """
                  update trail.shredding h set state = 'condemned', keys = $3, digest = $4, through = (select size from trail.head),
                  lookup = null, reason = null,
                  token = coalesce((select token from trail.subject s where s.lookup = h.lookup),
                      (select token from trail.unknown_patient u where u.lookup = h.lookup)) where id = $1 and $2 is not null
                  """,
            transaction,
            [Id(id), At(clock.GetUtcNow()), .. digest is null ? []
            : new NpgsqlParameter[] { new() { Value = keys }, new() { Value = digest } }], cancellation);
        await ShreddingRows.ForgetAsync(lookups, transaction, cancellation);
        if (digest is null)
        {
            await intake.AcceptAsync(
                Refusals.Service, [Deed.OfService(clock.GetUtcNow(), "shredding.stopped", $"Shredding::{shredding.Id}")], transaction,
                cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Whether it may still be carried out, and the hash of the number that was only asked for, where there is one.</summary>
    private async Task<(bool May, byte[]? Asked)> MayStillAsync(
        Shredding shredding, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        (byte[]? subject, bool hasException) = await ShreddingRows.WhomAsync(shredding.Id, transaction, cancellation);
        KeyCoverage coverage = await ShreddingRows.CoverageAsync(
            ShreddingRows.Scope(subject, shredding.Class, shredding.Year), classes, clock.GetUtcNow(), transaction.Connection!, transaction,
            cancellation);
        bool may = coverage.Forbids(shredding.Ground, hasException) is null;
        return (may, may && coverage.IsAsked ? subject : null);
    }

    /// <summary>
    /// What was taken in before the approval is sealed under the old keys first: else it would be about the patient anew.
    /// </summary>
    private async Task<bool> WaitsAsync(Shredding shredding, CancellationToken cancellation)
    {
        await using NpgsqlCommand waiting = database.Seal.CreateCommand(
            "select exists (select 1 from trail.intake where received_at <= $1)");
        waiting.Parameters.Add(At(shredding.DecidedAt!.Value));
        return (bool)(await waiting.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<(long Keys, string? Digest, byte[][] Lookups)> TakeAsync(Guid id, NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        // A patient's keys are one whole: where a hold came after the approval, none is taken.
        await using var take = new NpgsqlCommand(
            $"""
            with scope as (
                select k.kid, s.kind, s.lookup, h.lookup is not null whole, {HeldKeys.IsHeld} held
                from trail.shredding h join trail.data_key k
                    on case when h.lookup is null then k.class = h.class and k.year = h.year else k.lookup = h.lookup end
                join trail.subject s on s.lookup = k.lookup where h.id = $1),
            free as (select * from scope where not held and not (whole and exists (select 1 from scope where held))),
            taken as (update trail.data_key k set lookup = null from free where k.kid = free.kid returning k.kid, free.kind, free.lookup),
            noted as (insert into trail.shredded_key (kid, kind, shredding) select kid, kind, $1 from taken)
            select count(*), encode(sha256(convert_to(string_agg(kid || e'\n', '' order by kid collate "C"), 'UTF8')), 'hex'),
                coalesce(array_agg(distinct lookup), array[]::bytea[]) from taken
            """, transaction.Connection, transaction)
        {
            Parameters = { Id(id) },
            CommandTimeout = 0,
        };
        await using NpgsqlDataReader row = await take.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetFieldValue<byte[][]>(2));
    }

    /// <summary>Counts what cannot be opened any more, and tells the trail.</summary>
    private async Task<bool> RecordAsync(Shredding shredding, CancellationToken cancellation)
    {
        if (await scan.RunAsync(shredding, cancellation) is not { } found)
        {
            return false;
        }

        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ShreddingRows.LockAsync(shredding.Id, Shredding.Condemned, transaction, cancellation) is null)
        {
            return false;
        }

        DateTimeOffset now = clock.GetUtcNow();
        await ExecuteAsync(
            "update trail.shredding set state = 'recorded', leaves = $2, sample = $3, recorded_at = $4, token = null where id = $1",
            transaction,
            [Id(shredding.Id), new() { Value = found.Leaves },
                new() { Value = (object?)found.Sample ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint }, At(now)], cancellation);
        await intake.AcceptAsync(Refusals.Service, [proof.EventOf(shredding, found.Leaves, now)], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>As soon as the certificate is in the trail the keys are destroyed.</summary>
    private async Task<bool> DestroyAsync(Shredding shredding, CancellationToken cancellation)
    {
        if (await proof.FindAsync(shredding, cancellation) is not { } leaf)
        {
            return false;
        }

        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ShreddingRows.LockAsync(shredding.Id, Shredding.Recorded, transaction, cancellation) is null)
        {
            return false;
        }

        await ExecuteAsync(
            "delete from trail.data_key k using trail.shredded_key s where s.shredding = $1 and k.kid = s.kid", transaction,
            [Id(shredding.Id)], cancellation);
        await ExecuteAsync(
            "update trail.shredding set state = 'destroyed', leaf = $2 where id = $1", transaction,
            [Id(shredding.Id), new() { Value = leaf }], cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private async Task<bool> FinishAsync(Shredding shredding, CancellationToken cancellation)
    {
        await proof.VerifyGoneAsync(shredding.Id, cancellation);
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ShreddingRows.LockAsync(shredding.Id, Shredding.Destroyed, transaction, cancellation) is null)
        {
            return false;
        }

        DateTimeOffset now = clock.GetUtcNow();
        await ExecuteAsync("update trail.shredding set state = 'done', finished_at = $2 where id = $1", transaction,
            [Id(shredding.Id), At(now)], cancellation);
        await intake.AcceptAsync(Refusals.Service, [Deed.OfService(now, "shredding.finished", $"Shredding::{shredding.Id}")], transaction,
            cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private static NpgsqlParameter Id(Guid id) => new() { Value = id };

    private static NpgsqlParameter At(DateTimeOffset at) => new() { Value = at };

    private static async Task ExecuteAsync(
        string sql, NpgsqlTransaction transaction, NpgsqlParameter[] parameters, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
