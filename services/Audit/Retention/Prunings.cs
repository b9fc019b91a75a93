using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>What is proposed for pruning and who decided: each step in one transaction with its event for the trail. Thread-safe.</summary>
internal sealed class Prunings(TrailDatabase database, PrunableLook prunable, Intake intake)
{
    private const string Columns =
        "id, state, minimum, proposed_by, proposed_at, first_approver, second_approver, decided_at, recorded_at, leaf, finished_at";

    public static Refusal Unknown { get; } = new("pruning_unknown", "There is no such pruning: GET /prunings lists them.");

    /// <summary>Proposes to remove all that may be removed now.</summary>
    public async Task<Refusal?> ProposeAsync(Guid id, AuditRecord noted, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        PrunableTrail trail = await prunable.RunAsync(connection, transaction, cancellation);
        if (trail.Forbids(trail.Greatest) is { } refused)
        {
            return refused;
        }

        await using var insert = new NpgsqlCommand(
            """
            insert into trail.pruning (id, state, minimum, proposed_by, proposed_at) values ($1, 'proposed', $2, $3, $4)
            on conflict do nothing
            """, connection, transaction)
        {
            Parameters = { new() { Value = id }, new() { Value = trail.Greatest }, new() { Value = noted.Actor },
                new() { Value = noted.OccurredAt } },
        };
        if (await insert.ExecuteNonQueryAsync(cancellation) == 0)
        {
            return new Refusal("already_proposed", "A pruning is proposed already, or goes on: GET /prunings lists it.");
        }

        await intake.AcceptAsync(Refusals.Service, [noted], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
    }

    /// <summary>Approves; the second approval is the one that counts.</summary>
    public Task<Refusal?> ApproveAsync(
        Guid id, Func<Pruning, PrunableTrail, Refusal?> decide, AuditRecord noted, CancellationToken cancellation) =>
        ChangeAsync(id, async (pruning, transaction) =>
            decide(pruning, await prunable.RunAsync(transaction.Connection!, transaction, cancellation)),
            pruning => pruning.FirstApprover is null ? "first_approver = $2, decided_at = $3"
                : "second_approver = $2, decided_at = $3, state = 'approved'", noted, cancellation);

    public Task<Refusal?> DenyAsync(Guid id, Func<Pruning, Refusal?> decide, AuditRecord noted, CancellationToken cancellation) =>
        ChangeAsync(id, (pruning, _) => Task.FromResult(decide(pruning)),
            _ => "state = 'denied', finished_at = $3, first_approver = nullif(first_approver, $2)", noted, cancellation);

    /// <summary>All of them, the newest first: there are few.</summary>
    public async Task<IReadOnlyList<Pruning>> ListAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand list = database.Read.CreateCommand($"select {Columns} from trail.pruning order by id desc limit 1000");
        return await ReadAsync(list, cancellation);
    }

    /// <summary>The one that is approved and not done, with its row locked; null when there is none, or another process is at it.</summary>
    public static async Task<Pruning?> RunningAsync(NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            $"select {Columns} from trail.pruning where state in ('approved', 'recorded') for update skip locked",
            transaction.Connection, transaction);
        return (await ReadAsync(read, cancellation)).SingleOrDefault();
    }

    private async Task<Refusal?> ChangeAsync(
        Guid id, Func<Pruning, NpgsqlTransaction, Task<Refusal?>> decide, Func<Pruning, string> set, AuditRecord noted,
        CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var read = new NpgsqlCommand($"select {Columns} from trail.pruning where id = $1 for update", connection, transaction)
        {
            Parameters = { new() { Value = id } },
        };
        if (await ReadAsync(read, cancellation) is not [var pruning])
        {
            return Unknown;
        }

        if (await decide(pruning, transaction) is { } refused)
        {
            return refused;
        }

        await using var update = new NpgsqlCommand($"update trail.pruning set {set(pruning)} where id = $1", connection, transaction)
        {
            Parameters = { new() { Value = id }, new() { Value = noted.Actor, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = noted.OccurredAt } },
        };
        await update.ExecuteNonQueryAsync(cancellation);
        await intake.AcceptAsync(Refusals.Service, [noted], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
    }

    private static async Task<IReadOnlyList<Pruning>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var found = new List<Pruning>();
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            found.Add(new Pruning(
                row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3), At(4)!.Value, Text(5), Text(6), At(7), At(8),
                row.IsDBNull(9) ? null : row.GetInt64(9), At(10)));
        }

        return found;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }
}
