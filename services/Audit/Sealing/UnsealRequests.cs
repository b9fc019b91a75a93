using System.Text;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.Audit.Sealing;

/// <summary>Who asked to open what is in the archive.</summary>
internal sealed record UnsealRequest(
    Guid Id, string State, string RequestedBy, DateTimeOffset RequestedAt, IReadOnlyList<long> Sequences, string Reason,
    string? DecidedBy, DateTimeOffset? DecidedAt)
{
    public const string Requested = "requested";
    public const string Approved = "approved";
    public const string Denied = "denied";

    /// <summary>So long an approval is good, for whoever asked.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(24);

    /// <summary>So long a request waits for somebody who decides.</summary>
    public static readonly TimeSpan OpenFor = TimeSpan.FromDays(7);
}

/// <summary>What protects the reasons that people give, until the trail alone has them. Thread-safe.</summary>
internal sealed class ReasonCipher(byte[] secret, KeyEncryptionKeys epochs) : ServiceCipher(secret, epochs, "accessgov audit reasons")
{
    /// <summary>What is shown for a reason that nobody can read here any more.</summary>
    public const string InTrail = "(sealed in the trail)";

    public byte[] Protect(string reason) => Protect(Encoding.UTF8.GetBytes(reason));

    /// <summary>The reason, or that it is not readable any more: it is in the trail.</summary>
    public string Show(byte[]? whole)
    {
        try
        {
            return whole is null ? "" : Encoding.UTF8.GetString(Unprotect(whole));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return InTrail;
        }
    }
}

/// <summary>The requests to open what is in the archive, in the database. Thread-safe.</summary>
internal sealed class UnsealRequests(TrailDatabase database, Intake intake, ReasonCipher reasons)
{
    private const string Columns = "id, state, requested_by, requested_at, sequences, reason, decided_by, decided_at";

    /// <summary>Keeps a request and notes it in the trail.</summary>
    public async Task AddAsync(UnsealRequest request, AuditRecord noted, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var insert = new NpgsqlCommand(
            "insert into trail.unseal_request (id, state, requested_by, requested_at, sequences, reason) values ($1, $2, $3, $4, $5, $6)",
            connection, transaction)
        {
            Parameters =
            {
                new() { Value = request.Id }, new() { Value = request.State }, new() { Value = request.RequestedBy },
                new() { Value = request.RequestedAt },
                new() { Value = request.Sequences.ToArray() }, new() { Value = reasons.Protect(request.Reason) },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellation);
        await intake.AcceptAsync(Refusals.Service, [noted], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Decides about a request while nobody else does.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="decide">The rule: the new state's name in an event to note, or a refusal.</param>
    /// <param name="state">What it becomes.</param>
    /// <param name="noted">What the trail says of it.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<Refusal?> DecideAsync(
        Guid id, Func<UnsealRequest, Refusal?> decide, string state, AuditRecord noted, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var read = new NpgsqlCommand($"select {Columns} from trail.unseal_request where id = $1 for update", connection,
            transaction)
        {
            Parameters = { new() { Value = id } },
        };
        if ((await ReadAsync(read, cancellation)) is not [var request])
        {
            return new Refusal("unseal_request_unknown", "There is no such request: GET /unseal-requests lists them.");
        }

        if (decide(request) is { } refused)
        {
            return refused;
        }

        await using var update = new NpgsqlCommand(
            "update trail.unseal_request set state = $2, decided_by = $3, decided_at = $4 where id = $1", connection, transaction)
        {
            Parameters = { new() { Value = id }, new() { Value = state }, new() { Value = noted.Actor },
                new() { Value = noted.OccurredAt } },
        };
        await update.ExecuteNonQueryAsync(cancellation);
        await intake.AcceptAsync(Refusals.Service, [noted], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
    }

    /// <summary>The request by which this person may open this entry now; null when there is none.</summary>
    public async Task<Guid?> ApprovedAsync(string person, long sequence, DateTimeOffset now, CancellationToken cancellation)
    {
        await using NpgsqlCommand find = database.Read.CreateCommand(
            """
            select id from trail.unseal_request
            where requested_by = $1 and state = 'approved' and $2 = any(sequences) and decided_at > $3 and decided_at <= $4
            order by decided_at desc limit 1
            """);
        find.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = person }, new() { Value = sequence },
            new() { Value = now - UnsealRequest.GoodFor }, new() { Value = now } });
        return (Guid?)await find.ExecuteScalarAsync(cancellation);
    }

    /// <summary>The newest, by whoever asked where that is said.</summary>
    public async Task<IReadOnlyList<UnsealRequest>> ListAsync(string? requestedBy, Guid? after, int limit, CancellationToken cancellation)
    {
        await using NpgsqlCommand list = database.Read.CreateCommand(
            $"""
            select {Columns} from trail.unseal_request
            where ($1::text is null or requested_by = $1) and ($2::uuid is null or id < $2) order by id desc limit $3
            """);
        list.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = (object?)requestedBy ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
            new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid }, new() { Value = limit },
        });
        return await ReadAsync(list, cancellation);
    }

    private async Task<IReadOnlyList<UnsealRequest>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var found = new List<UnsealRequest>();
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            found.Add(new UnsealRequest(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<long[]>(4),
                reasons.Show(row.GetFieldValue<byte[]>(5)), row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null
                : row.GetFieldValue<DateTimeOffset>(7)));
        }

        return found;
    }
}
