using System.Security.Cryptography;
using AccessGov.Audit.Trail;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// Puts what a former epoch protects under the newest, some hundreds of keys at a time. May be interrupted, repeated, and run by several
/// at once.
/// </summary>
internal sealed class KeyRewrapping(
    TrailDatabase database, KeyEncryptionKeys files, ReasonCipher reasons, AskedNumbers numbers, UnreadableReasons unreadable)
{
    private const int KeysAtOnce = 500;
    private const int NumbersAtOnce = 500;

    /// <summary>The reasons that people will want to read later, too: those of holds in force and of what waits for approval.</summary>
    private static readonly (string Type, string Table, string Condition)[] Reasons =
    [
        ("LegalHold", "trail.legal_hold", "lifted_at is null"),
        ("Shredding", "trail.shredding", "state = 'proposed' and reason is not null"),
    ];

    public async Task RunAsync(CancellationToken cancellation)
    {
        int newest = files.Current;
        int[] former = [.. files.Epochs().Where(epoch => epoch < newest)];
        int keys = former.Length == 0 ? 0 : KeysAtOnce;
        while (keys == KeysAtOnce)
        {
            keys = await StepAsync(former, newest, cancellation);
        }

        byte[]? last = [];
        while (last is not null)
        {
            last = await RenewNumbersAsync(last, newest, cancellation);
        }

        var found = new List<string>();
        foreach ((string type, string table, string condition) in Reasons)
        {
            found.AddRange((await RenewAsync(table, condition, isDue: former.Length > 0, cancellation)).Select(id => $"{type}::{id}"));
        }

        await unreadable.AreAsync(found, cancellation);
    }

    private async Task<int> StepAsync(int[] former, int newest, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        var read = new List<(string KeyId, byte[] Wrapped)>();
        await using (var take = new NpgsqlCommand(
            $"select kid, epoch, wrapped from trail.data_key where epoch = any($1) order by epoch, kid limit {KeysAtOnce} for update",
            connection, transaction))
        {
            take.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = former });
            await using NpgsqlDataReader row = await take.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                byte[] key = files.Unwrap(row.GetInt32(1), row.GetString(0), row.GetFieldValue<byte[]>(2))
                    ?? throw new InvalidDataException($"The key of epoch {row.GetInt32(1)} went away while keys under it are in use.");
                read.Add((row.GetString(0), files.Wrap(newest, row.GetString(0), key)));
            }
        }

        await using var update = new NpgsqlCommand(
            "update trail.data_key k set epoch = $3, wrapped = a.wrapped from unnest($1, $2) a (kid, wrapped) where k.kid = a.kid",
            connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. read.Select(one => one.KeyId)] },
                new() { Value = read.Select(one => one.Wrapped).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new NpgsqlParameter<int> { TypedValue = newest },
            },
        };
        await update.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return read.Count;
    }

    /// <summary>
    /// The numbers of patients who were asked for, behind one row; answers the last row that it saw, null when there are no more. One that
    /// cannot be read stays as it is: whoever opens a reading of it is told so.
    /// </summary>
    private async Task<byte[]?> RenewNumbersAsync(byte[] after, int newest, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        var renewed = new List<(byte[] Lookup, byte[] Number)>();
        (byte[]? last, int seen) = (null, 0);
        await using (var take = new NpgsqlCommand(
            $"""
            select lookup, number from trail.unknown_patient where lookup > $1 and substr(number, 1, 4) <> $2
            order by lookup limit {NumbersAtOnce} for update
            """, connection, transaction))
        {
            take.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = after });
            take.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = ServiceCipher.BeginningOf(newest) });
            await using NpgsqlDataReader row = await take.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                (last, seen) = (row.GetFieldValue<byte[]>(0), seen + 1);
                try
                {
                    renewed.Add((last, numbers.Protect(numbers.Unprotect(row.GetFieldValue<byte[]>(1)))));
                }
                catch (CryptographicException)
                {
                    continue;
                }
            }
        }

        await using var update = new NpgsqlCommand(
            "update trail.unknown_patient u set number = a.number from unnest($1, $2) a (lookup, number) where u.lookup = a.lookup",
            connection, transaction)
        {
            Parameters =
            {
                new() { Value = renewed.Select(one => one.Lookup).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = renewed.Select(one => one.Number).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
        await update.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return seen == NumbersAtOnce ? last : null;
    }

    /// <summary>
    /// Answers the rows whose reason cannot be read: somebody changed it. They stay as they are and hold up nobody; the trail has the
    /// reason.
    /// </summary>
    private async Task<List<Guid>> RenewAsync(string table, string condition, bool isDue, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        var read = new List<(Guid Id, byte[] Reason)>();
        var broken = new List<Guid>();
        await using (var take = new NpgsqlCommand($"select id, reason from {table} where {condition} for update", connection, transaction))
        await using (NpgsqlDataReader row = await take.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation))
            {
                try
                {
                    read.Add((row.GetGuid(0), reasons.Protect(reasons.Unprotect(row.GetFieldValue<byte[]>(1)))));
                }
                catch (CryptographicException)
                {
                    broken.Add(row.GetGuid(0));
                }
            }
        }

        foreach ((Guid id, byte[] reason) in isDue ? read : [])
        {
            await using var update = new NpgsqlCommand($"update {table} set reason = $2 where id = $1", connection, transaction)
            {
                Parameters = { new() { Value = id }, new() { Value = reason } },
            };
            await update.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return broken;
    }
}
