using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.PolicyDecision.PolicyDrafts.Shadow;

/// <summary>A run of a draft beside the live set, as the table has it.</summary>
internal sealed record ShadowRun(string Draft, Guid Run, DateTimeOffset StartedAt, DateTimeOffset EndsAt);

/// <summary>The last run of each draft beside the live set, and the decisions that differed in it. Written in the transactions of the commands that begin and end a run.</summary>
internal sealed class ShadowTable(NpgsqlDataSource database)
{
    /// <summary>So many drafts run at once: each decision is decided once more for each.</summary>
    public const int RunsMax = 3;

    /// <summary>So many differences of a run are kept, about; all of them are counted.</summary>
    public const int DifferencesMax = 100_000;

    public const string CreateTable =
        """
        create table if not exists policy_shadow (
            draft text collate "C" primary key, run uuid not null unique, started_at timestamptz not null, ends_at timestamptz not null,
            compared bigint not null default 0, not_compared bigint not null default 0, failed bigint not null default 0,
            allow_to_deny bigint not null default 0, deny_to_allow bigint not null default 0);
        create table if not exists policy_shadow_difference (
            run uuid not null references policy_shadow (run) on delete cascade, evaluation_id uuid not null, at timestamptz not null, change text not null,
            role text not null, department text not null, policy text not null, live_policies text[] not null, draft_policies text[] not null,
            primary key (run, evaluation_id));
        """;

    /// <summary>What the beginning of a run has to do: it takes the place of the draft's run before.</summary>
    public static Alongside Start(string draft, DateTimeOffset now, DateTimeOffset until) => async (transaction, _, cancellation) =>
    {
        // Two that begin at the same moment must not both be the last one that may.
        await ExecuteAsync(transaction, "select pg_advisory_xact_lock(hashtextextended('policy_shadow', 0))", [], cancellation);
        long others = (long)(await ExecuteAsync(transaction, "select count(*) from policy_shadow where draft <> $1 and ends_at > $2", [draft, now], cancellation))!;
        if (others >= RunsMax)
        {
            throw new RefusedAlongsideException(new Refusal("shadows_running", $"{RunsMax} drafts run beside the live set already: end one of them, or wait until it is over."));
        }

        await ExecuteAsync(transaction, "delete from policy_shadow where draft = $1", [draft], cancellation);
        await ExecuteAsync(
            transaction, "insert into policy_shadow (draft, run, started_at, ends_at) values ($1, $2, $3, $4)", [draft, Guid.CreateVersion7(now), now, until], cancellation);
    };

    /// <summary>What goes along with whatever ends a run; nothing where none runs.</summary>
    public static Alongside End(string draft, DateTimeOffset now) => (transaction, _, cancellation) =>
        ExecuteAsync(transaction, "update policy_shadow set ends_at = $2 where draft = $1 and ends_at > $2", [draft, now], cancellation);

    /// <summary>The runs that are not over.</summary>
    public async Task<IReadOnlyList<ShadowRun>> RunningAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand("select draft, run, started_at, ends_at from policy_shadow where ends_at > $1 order by draft");
        read.Parameters.Add(new NpgsqlParameter { Value = now.ToUniversalTime() });
        return await ReadModelRows.ReadAsync(
            read, row => new ShadowRun(row.GetString(0), row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3)), cancellation);
    }

    /// <summary>Keeps what was found for one run: of the decisions that were made before it ended, and nothing when the draft runs anew since.</summary>
    public async Task AddAsync(Guid run, IReadOnlyList<ShadowOutcome> outcomes, long notCompared, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var hold = new NpgsqlCommand("select ends_at, allow_to_deny + deny_to_allow from policy_shadow where run = $1 for update", connection, transaction);
        hold.Parameters.AddWithValue(run);
        if (await ReadModelRows.ReadAsync(hold, row => (EndsAt: row.GetFieldValue<DateTimeOffset>(0), Known: row.GetInt64(1)), cancellation) is not [var held])
        {
            return;
        }

        ShadowOutcome[] counted = [.. outcomes.Where(outcome => outcome.At < held.EndsAt)];
        ShadowDifference[] differences = [.. counted.Select(outcome => outcome.Difference).OfType<ShadowDifference>()];
        await using var statements = new NpgsqlBatch(connection, transaction);
        foreach (ShadowDifference one in differences.Take((int)Math.Max(0, DifferencesMax - held.Known)))
        {
            statements.BatchCommands.Add(ReadModelRows.Statement(
                "insert into policy_shadow_difference values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
                run, one.EvaluationId, one.At.ToUniversalTime(), one.Change, one.Role, one.Department, one.Policy, one.LivePolicies, one.DraftPolicies));
        }

        statements.BatchCommands.Add(ReadModelRows.Statement(
            """
            update policy_shadow set compared = compared + $2, not_compared = not_compared + $3, failed = failed + $4, allow_to_deny = allow_to_deny + $5, deny_to_allow = deny_to_allow + $6
            where run = $1
            """,
            run, counted.LongCount(outcome => !outcome.Failed), notCompared, counted.LongCount(outcome => outcome.Failed),
            differences.LongCount(one => one.Change == Impact.ImpactGroup.AllowToDeny), differences.LongCount(one => one.Change == Impact.ImpactGroup.DenyToAllow)));
        await statements.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<object?> ExecuteAsync(NpgsqlTransaction transaction, string sql, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        Array.ForEach(values, value => command.Parameters.Add(new NpgsqlParameter { Value = value is DateTimeOffset at ? at.ToUniversalTime() : value }));
        return await command.ExecuteScalarAsync(cancellation);
    }
}
