using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>A hold. About whom is known only by a hash and, while there are keys of theirs, by their token.</summary>
internal sealed record LegalHold(
    Guid Id, string? About, string? Token, string? Class, DateTimeOffset? From, DateTimeOffset? To, string Reason, string PlacedBy,
    DateTimeOffset PlacedAt);

/// <summary>The holds, in the database. Thread-safe.</summary>
internal sealed class LegalHolds(TrailDatabase database, SubjectLookup lookup, ReasonCipher reasons, Intake intake)
{
    /// <summary>Places a hold: from the answer on nothing that it covers is shredded. It makes no key of a patient.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="command">What it covers.</param>
    /// <param name="noted">What the trail says of it.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task AddAsync(Guid id, PlaceLegalHold.Command command, AuditRecord noted, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);

        // Either a shredding begins before and does not know of it, or it waits and does.
        await KeyGeneration.HoldAsync(transaction, cancellation);
        Subject? subject = command.Patient is { } patient ? Subject.Patient(patient) : command.Person is { } person
            ? Subject.Person(person) : null;
        byte[]? about = subject is { } one ? lookup.Of(one) : null;
        await using var insert = new NpgsqlCommand(
            """
            insert into trail.legal_hold (id, kind, lookup, class, from_at, to_at, reason, placed_by, placed_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = id }, Nullable(subject?.Kind, NpgsqlDbType.Text),
                Nullable(about, NpgsqlDbType.Bytea),
                Nullable(command.Class, NpgsqlDbType.Text), Nullable(command.From?.ToUniversalTime(), NpgsqlDbType.TimestampTz),
                Nullable(command.To?.ToUniversalTime(), NpgsqlDbType.TimestampTz), new() { Value = reasons.Protect(command.Reason!) },
                new() { Value = noted.Actor }, new() { Value = noted.OccurredAt },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellation);
        await intake.AcceptAsync(Refusals.Service, [noted], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Lifts a hold.</summary>
    public async Task<Refusal?> LiftAsync(Guid id, string reason, AuditRecord noted, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var lift = new NpgsqlCommand(
            "update trail.legal_hold set lifted_by = $2, lifted_at = $3, lift_reason = $4 where id = $1 and lifted_at is null",
            connection, transaction)
        {
            Parameters = { new() { Value = id }, new() { Value = noted.Actor }, new() { Value = noted.OccurredAt },
                new() { Value = reasons.Protect(reason) } },
        };
        if (await lift.ExecuteNonQueryAsync(cancellation) != 1)
        {
            return new Refusal("hold_unknown", "There is no such hold in force: GET /retention lists them.");
        }

        await intake.AcceptAsync(Refusals.Service, [noted], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
    }

    /// <summary>Those in force, the oldest first.</summary>
    public async Task<IReadOnlyList<LegalHold>> ListAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand list = database.Read.CreateCommand(
            """
            select h.id, h.kind, s.token, h.class, h.from_at, h.to_at, h.reason, h.placed_by, h.placed_at
            from trail.legal_hold h left join trail.subject s on s.lookup = h.lookup where h.lifted_at is null order by h.id
            """);
        var found = new List<LegalHold>();
        await using NpgsqlDataReader row = await list.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            found.Add(new LegalHold(
                row.GetGuid(0), Text(1), Text(2), Text(3), At(4), At(5), reasons.Show(row.GetFieldValue<byte[]>(6)), row.GetString(7),
                row.GetFieldValue<DateTimeOffset>(8)));
        }

        return found;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
