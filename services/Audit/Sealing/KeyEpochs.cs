using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Sealing;

/// <summary>An epoch of the keys that protect data keys.</summary>
internal sealed record KeyEpoch(int Epoch, DateTimeOffset MadeAt, DateTimeOffset? RetiredAt, DateTimeOffset? DestroyedAt, long Keys);

/// <summary>
/// The epochs: a new one begins, the keys of all living data are put under it, and the former is destroyed when no backup is kept any
/// more that it could open. Each step
/// starts from what is on the disk and in the database, so whoever is interrupted is finished by the next. Thread-safe, also between
/// processes.
/// </summary>
internal sealed class KeyEpochs(
    TrailDatabase database, KeyEncryptionKeys files, Intake intake, KeyRewrapping rewrapping, IOptions<SealingOptions> options,
    TimeProvider clock)
{
    private const long OneAtATime = 0x4163_6347_6f76_4b31;

    /// <summary>Begins an epoch.</summary>
    /// <param name="noted">What the trail says of it, given its number.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<int> BeginAsync(Func<int, AuditRecord> noted, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await AdoptAsync(transaction, cancellation);
        return await BeginAsync(transaction, noted, cancellation);
    }

    /// <summary>Does what is due: finishes what was begun, begins by age, destroys.</summary>
    public async Task AdvanceAsync(CancellationToken cancellation)
    {
        await using (NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation))
        await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation))
        {
            await AdoptAsync(transaction, cancellation);
            await using var age = new NpgsqlCommand("select made_at from trail.key_epoch order by epoch desc limit 1", connection,
                transaction);
            bool isOver = await age.ExecuteScalarAsync(cancellation) is DateTime made
                && clock.GetUtcNow().UtcDateTime - made >= (options.Value.KeyEpochEvery ?? TimeSpan.MaxValue);
            if (isOver)
            {
                await BeginAsync(transaction, epoch => Deed.OfService(clock.GetUtcNow(), "key_epoch.begun", $"KeyEpoch::{epoch}"),
                    cancellation);
            }
            else
            {
                await transaction.CommitAsync(cancellation);
            }
        }

        await rewrapping.RunAsync(cancellation);
        await DestroyAsync(cancellation);
    }

    public async Task<IReadOnlyList<KeyEpoch>> ListAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand list = database.Read.CreateCommand(
            """
            select e.epoch, e.made_at, e.retired_at, e.destroyed_at, coalesce(k.keys, 0) from trail.key_epoch e
            left join (select epoch, count(*) keys from trail.data_key group by epoch) k on k.epoch = e.epoch order by e.epoch desc
            """);
        var found = new List<KeyEpoch>();
        await using NpgsqlDataReader row = await list.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            found.Add(new KeyEpoch(row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), At(2), At(3), row.GetInt64(4)));
        }

        return found;

        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }

    private async Task<int> BeginAsync(NpgsqlTransaction transaction, Func<int, AuditRecord> noted, CancellationToken cancellation)
    {
        await using var next = new NpgsqlCommand(
            """
            insert into trail.key_epoch (epoch, made_at) select greatest(max(epoch), $2) + 1, $1 from trail.key_epoch returning epoch
            """, transaction.Connection, transaction)
        {
            Parameters = { new() { Value = clock.GetUtcNow() }, new() { Value = files.Current } },
        };
        int epoch = (int)(await next.ExecuteScalarAsync(cancellation))!;
        await RetireAsync(transaction, epoch, cancellation);
        await intake.AcceptAsync(Refusals.Service, [noted(epoch)], transaction, cancellation);

        // Nobody seals until this commits. A file without a row is adopted; a row without a file would be an epoch that protects nothing.
        files.Make(epoch);
        await transaction.CommitAsync(cancellation);
        return epoch;
    }

    /// <summary>
    /// Takes in files that the database does not know: the first, which the deployment made, and one whose maker was interrupted.
    /// </summary>
    private async Task AdoptAsync(NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var alone = new NpgsqlCommand($"select pg_advisory_xact_lock({OneAtATime})", transaction.Connection, transaction);
        await alone.ExecuteNonQueryAsync(cancellation);
        await using var adopt = new NpgsqlCommand(
            "insert into trail.key_epoch (epoch, made_at) select epoch, $2 from unnest($1) epoch on conflict do nothing",
            transaction.Connection, transaction)
        {
            Parameters = { new() { Value = files.Epochs().ToArray() }, new() { Value = clock.GetUtcNow() } },
        };
        if (await adopt.ExecuteNonQueryAsync(cancellation) > 0)
        {
            await RetireAsync(transaction, files.Current, cancellation);
        }
    }

    /// <summary>From here on nothing is sealed under a key of an earlier epoch that was made after this.</summary>
    private async Task RetireAsync(NpgsqlTransaction transaction, int newest, CancellationToken cancellation)
    {
        await KeyGeneration.MoveAsync(transaction, cancellation);
        await using var retire = new NpgsqlCommand(
            "update trail.key_epoch set retired_at = $2 where epoch < $1 and retired_at is null", transaction.Connection, transaction)
        {
            Parameters = { new() { Value = newest }, new() { Value = clock.GetUtcNow() } },
        };
        await retire.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>First the trail says so, then the file goes: an interruption leaves a file that the next call removes.</summary>
    private async Task DestroyAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation))
        {
            await using var mark = new NpgsqlCommand(
                """
                update trail.key_epoch e set destroyed_at = $1 where destroyed_at is null and retired_at <= $2
                and not exists (select 1 from trail.data_key k where k.epoch = e.epoch)
                and not exists (select 1 from trail.intake i where i.received_at <= e.retired_at) returning epoch
                """, connection, transaction)
            {
                Parameters = { new() { Value = now }, new() { Value = now - options.Value.BackupHorizon } },
            };
            int[] over = [.. await EpochsAsync(mark, cancellation)];
            if (over.Length > 0)
            {
                AuditRecord[] noted = [.. over.Select(epoch => Deed.OfService(now, "key_epoch.destroyed", $"KeyEpoch::{epoch}"))];
                await intake.AcceptAsync(Refusals.Service, noted, transaction, cancellation);
            }

            await transaction.CommitAsync(cancellation);
        }

        await using var all = new NpgsqlCommand("select epoch from trail.key_epoch where destroyed_at is not null", connection);
        foreach (int epoch in await EpochsAsync(all, cancellation))
        {
            files.Destroy(epoch);
        }
    }

    private static async Task<List<int>> EpochsAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var found = new List<int>();
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            found.Add(row.GetInt32(0));
        }

        return found;
    }
}
