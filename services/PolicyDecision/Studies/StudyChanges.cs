using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>
/// Which studies were changed, by any replica, numbered without gaps in the order of their commits. The news of a change come sooner, by
/// notification, but nobody can know that none is under way: this asks. A replica asks whenever it renews the lease of its facts, so the
/// lease covers the studies in its memory, too.
/// </summary>
internal sealed class StudyChanges(StudySchema schema, StudyIndex index)
{
    /// <summary>So many are kept; a replica that has missed more forgets everything.</summary>
    private const int Kept = 200;

    private bool created;
    private long seen = -1;

    /// <summary>Of the changes up to this one nothing older is in memory.</summary>
    public long Seen => Volatile.Read(ref seen);

    /// <summary>Numbers a change in the transaction that makes it, which no other one overlaps.</summary>
    public static async Task<long> AddAsync(
        string schema, IReadOnlyCollection<string> uids, NpgsqlConnection connection, NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        await using var add = new NpgsqlCommand(
            $"""
            with added as (
                insert into {schema}.study_change (change, uids)
                select coalesce(max(change), 0) + 1, $1 from {schema}.study_change returning change),
            dropped as (delete from {schema}.study_change where change <= (select change from added) - {Kept})
            select change from added
            """,
            connection, transaction);
        add.Parameters.Add(new NpgsqlParameter { Value = uids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return (long)(await add.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Forgets what was changed until now, and answers whether anything was. Called by one thread.</summary>
    /// <exception cref="NpgsqlException">The database cannot be asked.</exception>
    public async Task<bool> CatchUpAsync(CancellationToken cancellation)
    {
        if (!created)
        {
            await schema.CreateAsync(cancellation);
            created = true;
        }

        await using NpgsqlCommand read = schema.Database.CreateCommand(
            $"select change, uids from {schema.Name}.study_change where change > $1 order by change");
        read.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Seen });
        IReadOnlyList<(long Change, string[] Uids)> changes = await ReadModelRows.ReadAsync(
            read, row => (row.GetInt64(0), row.GetFieldValue<string[]>(1)), cancellation);
        if (changes is [(var first, _), ..] && first != Seen + 1)
        {
            index.ForgetEverything();
        }
        else if (changes.Count > 0)
        {
            index.Forget([.. changes.SelectMany(change => change.Uids)]);
        }

        Volatile.Write(ref seen, changes is [.., (var last, _)] ? last : Math.Max(Seen, 0));
        return changes.Count > 0;
    }
}
