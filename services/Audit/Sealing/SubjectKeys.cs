using System.Buffers.Text;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// The tokens and keys of subjects: found, or made where they are missing. What was found is kept in memory until it was many. For the
/// sequencer, which is one;
/// not safe for use by several threads at once.
/// </summary>
/// <param name="lookup">What subjects are found by.</param>
/// <param name="epochs">What protects the keys.</param>
internal sealed class SubjectKeys(SubjectLookup lookup, KeyEncryptionKeys epochs) : IDisposable
{
    private const int KeyBytes = 32;
    private const int KeyIdBytes = 16;
    private const int KnownMax = 50_000;
    private readonly Dictionary<KeyScope, SubjectKey> known = [];
    private long generation = -1;

    /// <summary>
    /// Makes sure that these are known, in the caller's transaction; forget them all when it does not commit. Until then no key is taken
    /// away by a shredding or gets
    /// another epoch; what was taken away before is not used again.
    /// </summary>
    public async Task PrepareAsync(IReadOnlySet<KeyScope> wanted, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        long current = await KeyGeneration.HoldAsync(transaction, cancellation);
        if (known.Count > KnownMax || current != generation)
        {
            Forget();
            generation = current;
        }

        KeyScope[] missing = [.. wanted.Where(one => !known.ContainsKey(one))];
        if (missing.Length == 0)
        {
            return;
        }

        byte[][] lookups = [.. missing.Select(one => lookup.Of(one.Subject))];
        int epoch = epochs.Current;
        await InsertAsync(missing, lookups, epoch, transaction, cancellation);
        await using var read = new NpgsqlCommand(
            """
            select a.i, s.token, k.kid, k.epoch, k.wrapped from unnest($1, $2, $3) with ordinality a (lookup, year, class, i)
            join trail.subject s on s.lookup = a.lookup
            join trail.data_key k on k.lookup = a.lookup and k.year = a.year and k.class = a.class
            """, transaction.Connection, transaction)
        {
            Parameters = { Bytes(lookups), Numbers(missing.Select(one => one.Year)), Texts(missing.Select(one => one.Class)) },
        };
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            string keyId = rows.GetString(2);
            byte[] key = epochs.Unwrap(rows.GetInt32(3), keyId, rows.GetFieldValue<byte[]>(4))
                ?? throw new InvalidDataException(
                    $"The key {keyId} is of epoch {rows.GetInt32(3)}, whose key is not there: put it back, or destroy what it protects.");
            known[missing[rows.GetInt64(0) - 1]] = new SubjectKey(rows.GetString(1), keyId, key);
        }
    }

    /// <summary>The key of a subject that was prepared.</summary>
    public SubjectKey Of(KeyScope scope) => known[scope];

    /// <summary>Drops what is in memory: it may not be in the database.</summary>
    public void Forget()
    {
        foreach (SubjectKey key in known.Values)
        {
            key.Dispose();
        }

        known.Clear();
    }

    public void Dispose() => Forget();

    private async Task InsertAsync(
        KeyScope[] missing, byte[][] lookups, int epoch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        string[] keyIds = [.. missing.Select(_ => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyIdBytes)))];
        await using var insert = new NpgsqlCommand(
            """
            with subjects as (
                insert into trail.subject (lookup, kind, token)
                select distinct on (a.lookup) a.lookup, a.kind, coalesce(u.token, a.token)
                from unnest($1, $2, $3) a (lookup, kind, token) left join trail.unknown_patient u on u.lookup = a.lookup order by a.lookup
                on conflict (lookup) do nothing),
            known as (delete from trail.unknown_patient where lookup = any($1))
            insert into trail.data_key (kid, lookup, class, year, epoch, wrapped)
            select a.kid, a.lookup, a.class, a.year, $8, a.wrapped from unnest($4, $1, $5, $6, $7) a (kid, lookup, year, wrapped, class)
            order by a.lookup, a.class, a.year
            on conflict (lookup, class, year) do nothing
            """, transaction.Connection, transaction)
        {
            Parameters =
            {
                Bytes(lookups), Texts(missing.Select(one => one.Subject.Kind)), Texts(missing.Select(_ => SubjectTokens.New())),
                    Texts(keyIds),
                Numbers(missing.Select(one => one.Year)),
                Bytes([.. keyIds.Select(keyId => epochs.Wrap(epoch, keyId, RandomNumberGenerator.GetBytes(KeyBytes)))]),
                Texts(missing.Select(one => one.Class)), new NpgsqlParameter<int> { TypedValue = epoch },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter Bytes(byte[][] values) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };

    private static NpgsqlParameter Texts(IEnumerable<string> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Numbers(IEnumerable<int> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };
}
