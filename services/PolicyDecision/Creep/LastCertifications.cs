using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.PolicyDecision.Creep;

/// <summary>When a reviewer last left something that a person has, as Recertification tells. Thread-safe.</summary>
internal sealed class LastCertifications(NpgsqlDataSource database)
{
    public const string CreateTable =
        """create table if not exists certified_person (id text collate "C" primary key, certified_at timestamptz not null);""";

    /// <summary>Notes a certification; one that is told late changes nothing.</summary>
    public static async Task AddAsync(string person, DateTimeOffset at, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var write = new NpgsqlCommand(
            """
            insert into certified_person (id, certified_at) values ($1, $2)
            on conflict (id) do update set certified_at = greatest(certified_person.certified_at, excluded.certified_at)
            """, transaction.Connection, transaction);
        write.Parameters.AddWithValue(person);
        write.Parameters.AddWithValue(at.ToUniversalTime());
        await write.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>When it was; null when nobody has certified anything of the person.</summary>
    public async Task<DateTimeOffset?> FindAsync(string person, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand("select certified_at from certified_person where id = $1");
        read.Parameters.AddWithValue(person);
        return await ReadModelRows.ReadAsync(read, row => row.GetFieldValue<DateTimeOffset>(0), cancellation) is [var at] ? at : null;
    }
}
