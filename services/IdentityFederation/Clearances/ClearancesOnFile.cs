using System.Collections.Immutable;
using Npgsql;

namespace AccessGov.IdentityFederation.Clearances;

/// <summary>
/// A row for each clearance that nobody has withdrawn, written in the transaction of each event of the person: what rests on one is decided
/// by what was answered a moment ago.
/// </summary>
internal static class ClearancesOnFile
{
    public const string CreateTable =
        """
        create table if not exists person_clearance (
            person text collate "C" not null references person_directory (id) on delete cascade,
            kind text not null, valid_until date not null, primary key (person, kind));
        """;

    public static void Write(string person, ImmutableDictionary<string, Clearance> clearances, NpgsqlBatch statements)
    {
        foreach ((string kind, Clearance clearance) in clearances)
        {
            // The database knows the day after all days by the greatest that there is here.
            statements.BatchCommands.Add(clearance.Withdrawn
                ? ReadModelRows.Statement("delete from person_clearance where person = $1 and kind = $2", person, kind)
                : ReadModelRows.Statement(
                    """
                    insert into person_clearance (person, kind, valid_until) values ($1, $2, $3)
                    on conflict (person, kind) do update set valid_until = excluded.valid_until
                    """, person, kind, clearance.ValidUntil ?? DateOnly.MaxValue));
        }
    }
}
