using System.Collections.Immutable;
using System.Text.Json;
using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>
/// Whose roles by groups may be others than others were told: a mark for each person, and one for a group whose roles changed, however many
/// are in it. Marks are set in the transaction of what they are about and are taken in the one that tells. A mark that is there already is
/// written again, so that whoever takes it at this moment has to wait, or to be waited for: what it is about is never looked up before it
/// can be seen.
/// </summary>
internal static class RolesOfGroups
{
    public const string CreateTable =
        """
        create table if not exists roles_due (person text collate "C" primary key, marked_by text, anew boolean not null);
        create table if not exists group_roles_due (
            group_id text collate "C" primary key references group_directory (id) on delete cascade,
            told_through text collate "C" not null, marked_by text);
        create table if not exists roles_told (person text collate "C" primary key, roles jsonb not null);
        create table if not exists roles_told_at (singleton boolean primary key default true check (singleton), at timestamptz not null);
        insert into roles_told_at (at) values ('2000-01-01Z') on conflict do nothing;
        """;

    private const string Again =
        "on conflict (person) do update set marked_by = excluded.marked_by, anew = roles_due.anew or excluded.anew";

    public static string Stored(IReadOnlyList<GroupRole> roles) => JsonSerializer.Serialize(roles, EventTypes.SerializerOptions);

    public static IReadOnlyList<GroupRole> Read(string roles) =>
        JsonSerializer.Deserialize<GroupRole[]>(roles, EventTypes.SerializerOptions)!;

    /// <summary>
    /// Marks those whose roles the event of a group changes. Runs before its members are written, while those who leave can be read.
    /// </summary>
    public static async Task MarkAsync(
        string id, Group before, Group after, AppendReceipt receipt, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        ImmutableList<GroupRole> had = (before as Group.Provisioned)?.Roles ?? [];
        NpgsqlBatchCommand? mark = after switch
        {
            Group.Provisioned group when !group.Roles.SequenceEqual(had) => ReadModelRows.Statement(
                """
                insert into group_roles_due (group_id, told_through, marked_by)
                values ($1, '', (select headers ->> 'actor' from mt_events where seq_id = $2))
                on conflict (group_id) do update set told_through = '', marked_by = excluded.marked_by
                """, id, receipt.LastSequence),
            Group.Provisioned when had.Count == 0 => null,
            Group.Provisioned group => Mark("unnest($2) as changed (person)", receipt, Changed((Group.Provisioned)before, group)),
            _ when had.Count == 0 => null,
            _ => Mark("group_member where group_id = $2", receipt, id),
        };
        if (mark is not null)
        {
            await using var statements = new NpgsqlBatch(transaction.Connection, transaction) { BatchCommands = { mark } };
            await statements.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>Marks people of whom something was published after which they have to be told anew, whatever was told before.</summary>
    public static async Task MarkAnewAsync(
        IReadOnlyDictionary<string, string?> actors, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        if (actors.Count == 0)
        {
            return;
        }

        await using var mark = new NpgsqlCommand(
            $"""
            insert into roles_due (person, marked_by, anew)
            select person, marked_by, true from unnest($1, $2) as ended (person, marked_by) order by person collate "C" {Again}
            """, transaction.Connection, transaction);
        mark.Parameters.AddWithValue(actors.Keys.ToArray());
        mark.Parameters.Add(new() { Value = actors.Values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await mark.ExecuteNonQueryAsync(cancellation);
    }

    private static string[] Changed(Group.Provisioned before, Group.Provisioned after) =>
        [.. after.Members.SymmetricExcept(before.Members)];

    // In one order everywhere, so that nobody waits for somebody who waits for them.
    private static NpgsqlBatchCommand Mark(string whom, AppendReceipt receipt, object value) => ReadModelRows.Statement(
        $"""
        insert into roles_due (person, marked_by, anew)
        select person, (select headers ->> 'actor' from mt_events where seq_id = $1), false from {whom} order by person collate "C" {Again}
        """, receipt.LastSequence, value);
}
