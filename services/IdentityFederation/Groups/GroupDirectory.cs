using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>
/// One row for each group and one for each member, written in the transaction of each event. Whoever is deprovisioned is a member no more.
/// </summary>
internal sealed class GroupDirectory(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists group_directory (
            id text collate "C" primary key,
            organisation text not null constraint group_organisation references organisation_directory (id),
            display_name text not null, display_name_key text not null, external_id text, version bigint not null,
            created_at timestamptz not null default now(), changed_at timestamptz not null default now(),
            constraint group_display_name unique (organisation, display_name_key));
        alter table group_directory drop constraint if exists group_external_id;
        create index if not exists group_external_ids on group_directory (organisation, external_id);
        alter table group_directory add column if not exists scopes text[] not null default '{}';
        alter table group_directory add column if not exists roles jsonb not null default '[]';
        create table if not exists group_member (
            group_id text collate "C" not null references group_directory (id) on delete cascade,
            person text collate "C" not null constraint group_member_person references person_directory (id) on delete cascade,
            primary key (group_id, person));
        create index if not exists group_member_of on group_member (person);
        """;

    internal const string Columns = "id, display_name, external_id, version, created_at, changed_at";

    /// <param name="Version">The version of the group's stream: the entity tag.</param>
    public sealed record Entry(
        string Id, string DisplayName, string? ExternalId, long Version, DateTimeOffset Created, DateTimeOffset Changed);

    /// <param name="Scopes">What its members may do with programs that act for them.</param>
    /// <param name="Roles">The roles of PolicyDecision that its members have.</param>
    /// <param name="Members">How many people are in it.</param>
    public sealed record Summary(
        string Id, string Organisation, string DisplayName, string? ExternalId, IReadOnlyList<string> Scopes,
        IReadOnlyList<GroupRole> Roles, long Members);

    /// <summary>A group that somebody is in.</summary>
    /// <param name="Scopes">What its members may do with programs that act for them.</param>
    public sealed record Belonging(string Id, string Organisation, string DisplayName, IReadOnlyList<string> Scopes);

    /// <summary>A person in a group, with what both are called.</summary>
    public sealed record Membership(string Group, string Person, string DisplayName);

    /// <exception cref="RefusedAlongsideException">Another group has the name, or a new member is nobody of the organisation.</exception>
    public static async Task WriteAsync(
        string id, Group before, Group after, AppendReceipt receipt, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var statements = new NpgsqlBatch(transaction.Connection, transaction);
        string[] come = [];
        if (after is Group.Provisioned group)
        {
            string[] known = [.. (before as Group.Provisioned)?.Members ?? []];
            come = [.. group.Members.Except(known)];
            string[] gone = [.. known.Where(member => !group.Members.Contains(member))];
            NpgsqlBatchCommand row = ReadModelRows.Statement(
                $"""
                insert into group_directory (id, organisation, display_name, display_name_key, version, scopes, external_id, roles)
                values ($1, $2, $3, {PersonDirectory.Key("$3")}, $4, $5, $6, $7)
                on conflict (id) do update set display_name = excluded.display_name, display_name_key = excluded.display_name_key,
                    external_id = excluded.external_id, version = excluded.version, scopes = excluded.scopes,
                    roles = excluded.roles, changed_at = now()
                """, id, group.Organisation, group.DisplayName, receipt.Version, group.Scopes.ToArray());
            row.Parameters.Add(ReadModelRows.Optional(group.ExternalId, NpgsqlDbType.Text));
            row.Parameters.Add(new() { Value = RolesOfGroups.Stored(group.Roles), NpgsqlDbType = NpgsqlDbType.Jsonb });
            statements.BatchCommands.Add(row);
            statements.BatchCommands.Add(ReadModelRows.Statement(
                "delete from group_member where group_id = $1 and person = any ($2)", id, gone));
            statements.BatchCommands.Add(ReadModelRows.Statement(
                """
                insert into group_member (group_id, person)
                select $1, id from person_directory where organisation = $2 and id = any ($3)
                """, id, group.Organisation, come));
        }
        else
        {
            statements.BatchCommands.Add(ReadModelRows.Statement("delete from group_directory where id = $1", id));
        }

        try
        {
            // First, while those who are in a group that goes are still known.
            await RolesOfGroups.MarkAsync(id, before, after, receipt, transaction, cancellation);
            await statements.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException violated) when (RefusalOf(violated.ConstraintName) is { } refusal)
        {
            throw new RefusedAlongsideException(refusal);
        }

        if (come.Length > 0 && statements.BatchCommands[^1].RecordsAffected != come.Length)
        {
            throw new RefusedAlongsideException(NoMember);
        }
    }

    /// <summary>The group of the organisation with this id; null when there is none.</summary>
    public async Task<Entry?> FindAsync(string organisation, string id, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"select {Columns} from group_directory where id = $1 and organisation = $2");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = organisation });
        return await ReadModelRows.ReadAsync(command, Read, cancellation) is [var one, ..] ? one : null;
    }

    /// <summary>A page of groups in the order of their ids, of one organisation or of all.</summary>
    public async Task<IReadOnlyList<Summary>> ReadAsync(string? organisation, Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select id, organisation, display_name, external_id, scopes, roles::text,
                (select count(*) from group_member where group_id = id)
            from group_directory where id > $1 and ($2::text is null or organisation = $2) order by id limit $3
            """);
        command.Parameters.Add(new() { Value = paging.After ?? "" });
        command.Parameters.Add(ReadModelRows.Optional(organisation, NpgsqlDbType.Text));
        command.Parameters.Add(new() { Value = paging.Limit });
        return await ReadModelRows.ReadAsync(
            command,
            row => new Summary(
                row.GetString(0), row.GetString(1), row.GetString(2), ReadModelRows.Text(row, 3), row.GetFieldValue<string[]>(4),
                RolesOfGroups.Read(row.GetString(5)), row.GetInt64(6)),
            cancellation);
    }

    /// <summary>All groups that somebody is in, by their names.</summary>
    public async Task<IReadOnlyList<Belonging>> OfPersonAsync(string person, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select id, organisation, display_name, scopes from group_member join group_directory on id = group_id
            where person = $1 order by display_name_key, id
            """);
        command.Parameters.Add(new() { Value = person });
        return await ReadModelRows.ReadAsync(
            command, row => new Belonging(row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<string[]>(3)),
            cancellation);
    }

    /// <summary>What these groups are called, by their ids; those that there are.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesOfAsync(IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select id, display_name from group_directory where id = any ($1)");
        command.Parameters.Add(new() { Value = groups.ToArray() });
        return (await ReadModelRows.ReadAsync(command, row => (Id: row.GetString(0), Name: row.GetString(1)), cancellation))
            .ToDictionary(group => group.Id, group => group.Name, StringComparer.Ordinal);
    }

    /// <summary>The scopes that somebody has by the groups that they are in.</summary>
    public async Task<IReadOnlyList<string>> ScopesOfAsync(string person, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            "select distinct unnest(scopes) from group_member join group_directory on id = group_id where person = $1");
        command.Parameters.Add(new() { Value = person });
        return await ReadModelRows.ReadAsync(command, row => row.GetString(0), cancellation);
    }

    /// <summary>Who is in these groups, with their names.</summary>
    public async Task<ILookup<string, Membership>> OfGroupsAsync(IReadOnlyList<string> groups, CancellationToken cancellation) =>
        (await MembershipsAsync(
            """
            select group_id, person, coalesce(profile->>'DisplayName', profile->>'UserName')
            from group_member join person_directory on id = person where group_id = any ($1) order by person
            """, groups, cancellation)).ToLookup(one => one.Group, StringComparer.Ordinal);

    /// <summary>The groups that these people are in.</summary>
    public async Task<ILookup<string, Membership>> OfPeopleAsync(IReadOnlyList<string> people, CancellationToken cancellation) =>
        (await MembershipsAsync(
            """
            select group_id, person, display_name from group_member join group_directory on id = group_id
            where person = any ($1) order by group_id
            """,
            people, cancellation)).ToLookup(one => one.Person, StringComparer.Ordinal);

    internal static Entry Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), ReadModelRows.Text(row, 2), row.GetInt64(3), row.GetFieldValue<DateTimeOffset>(4),
        row.GetFieldValue<DateTimeOffset>(5));

    private async Task<IReadOnlyList<Membership>> MembershipsAsync(string sql, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        return ids.Count == 0 ? [] : await ReadModelRows.ReadAsync(
            command, row => new Membership(row.GetString(0), row.GetString(1), row.GetString(2)), cancellation);
    }

    private static Refusal NoMember => new(
        "member_unknown", "A member is the id of a person of the organisation; at least one of these is none.");

    private static Refusal? RefusalOf(string? constraint) => constraint switch
    {
        "group_display_name" => new Refusal(
            "group_name_taken", "Another group of the organisation has this name; letter case does not tell groups apart."),
        "group_organisation" => new Refusal("organisation_unknown", "There is no organisation with this id: define it first."),
        "group_member_person" => NoMember,
        _ => null,
    };
}
