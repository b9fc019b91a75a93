using System.Buffers.Text;
using System.Security.Cryptography;
using AccessGov.Audit.Trail;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// How the trail calls patients whom something that was done with it is about. That makes no key: a patient of whom the trail has nothing
/// has a token that waits for them, one however often somebody asks, and it becomes theirs with their first event. Thread-safe.
/// </summary>
internal sealed class SubjectTokens(SubjectLookup lookup, AskedNumbers numbers)
{
    private const int TokenBytes = 16;

    /// <summary>Another token.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>
    /// The token of whoever is found by a hash, in a transaction where there is one; null where nobody asked for them and the trail has
    /// nothing of them.
    /// </summary>
    public static async Task<string?> OfAsync(
        byte[] hash, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            """
            select coalesce((select token from trail.subject where lookup = $1),
                (select token from trail.unknown_patient where lookup = $1))
            """, connection, transaction)
        {
            Parameters = { new() { Value = hash } },
        };
        return await read.ExecuteScalarAsync(cancellation) as string;
    }

    /// <summary>
    /// The events with the token in the place of the id of the patient who was asked for. Of whom the trail has nothing the id is kept
    /// encrypted beside the token: in a leaf it would lead from the token to the patient after every erasure.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="year">The year in which the last of them was taken in.</param>
    /// <param name="transaction">The sequencer's, in which the keys of patients with events are already there.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<WaitingEvents.Waiting>> NameAsync(
        IReadOnlyList<WaitingEvents.Waiting> events, int year, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        string[] asked = [.. events.Select(one => one.Record.AskedPatient).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (asked.Length == 0)
        {
            return events;
        }

        Dictionary<string, string> named = await FindAsync(asked, year, transaction, cancellation);
        return [.. events.Select(one => one.Record.AskedPatient is { } patient
            ? one with { Record = one.Record with { AskedPatient = null, PatientToken = named[patient] } } : one)];
    }

    private async Task<Dictionary<string, string>> FindAsync(
        string[] asked, int year, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        byte[][] lookups = [.. asked.Select(patient => lookup.Of(Subject.Patient(patient)))];
        await using var find = new NpgsqlCommand(
            """
            with waiting as (
                insert into trail.unknown_patient (lookup, token, year, number)
                select a.lookup, a.token, $3, a.number from unnest($1, $2, $4) a (lookup, token, number)
                where not exists (select 1 from trail.subject s where s.lookup = a.lookup) order by a.lookup
                on conflict (lookup) do update set year = excluded.year, number = excluded.number returning lookup, token)
            select a.i, coalesce(s.token, w.token) from unnest($1) with ordinality a (lookup, i)
            left join trail.subject s on s.lookup = a.lookup left join waiting w on w.lookup = a.lookup
            """, transaction.Connection, transaction)
        {
            Parameters =
            {
                new() { Value = lookups, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new NpgsqlParameter<string[]> { TypedValue = [.. asked.Select(_ => New())] },
                new NpgsqlParameter<int> { TypedValue = year },
                new() { Value = asked.Select(numbers.Protect).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        await using NpgsqlDataReader rows = await find.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            named[asked[rows.GetInt64(0) - 1]] = rows.GetString(1);
        }

        return named;
    }
}
