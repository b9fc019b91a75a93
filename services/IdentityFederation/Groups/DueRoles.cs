using Npgsql;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>
/// Takes marks of people whose roles by groups may be others than was told, and looks up which they are. All of it in one transaction.
/// </summary>
internal static class DueRoles
{
    /// <param name="Person">Who.</param>
    /// <param name="MarkedBy">Who changed what it is about; null when that is not known.</param>
    /// <param name="Anew">Whether they are told of also when nothing is other than was told: since then it was said that whatever they had
    /// ended.</param>
    public sealed record Mark(string Person, string? MarkedBy, bool Anew);

    /// <summary>What somebody has by groups now, and what was told.</summary>
    public sealed record Standing(
        string Id, string? MarkedBy, bool Anew, bool Active, string? Department, string? Manager,
        IReadOnlyList<GroupRole> Roles, IReadOnlyList<GroupRole> Told)
    {
        /// <summary>Whether others have to hear of it. Whoever never had a role has none to lose.</summary>
        public bool IsNews => IsOther || (Anew && Roles.Count > 0);

        /// <summary>Whether somebody who works here has other roles than before, and not because they left or came back.</summary>
        public bool HasMoved => IsOther && Active && !Anew;

        private bool IsOther => !Roles.SequenceEqual(Told);
    }

    /// <summary>
    /// The instant of this turn, which is later than that of every turn before; null when nothing is marked, or somebody else is at it.
    /// </summary>
    public static async Task<DateTimeOffset?> TurnAsync(DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var turn = new NpgsqlCommand(
            """
            update roles_told_at set at = greatest($1, at + interval '1 microsecond')
            where (exists (select from roles_due) or exists (select from group_roles_due))
              and singleton = (select singleton from roles_told_at for update skip locked)
            returning at
            """, transaction.Connection, transaction) { Parameters = { new() { Value = now } } };
        return await turn.ExecuteScalarAsync(cancellation) is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    /// <summary>
    /// The next people, first those who are marked themselves and then those of a marked group; null when every mark is being written at
    /// this moment.
    /// </summary>
    public static async Task<IReadOnlyList<Mark>?> TakeAsync(int peopleMax, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand(
            """
            delete from roles_due where person in (select person from roles_due order by person limit $1 for update skip locked)
            returning person, marked_by, anew
            """, transaction.Connection, transaction) { Parameters = { new() { Value = peopleMax } } };
        IReadOnlyList<Mark> marked = await ReadModelRows.ReadAsync(
            take, row => new Mark(row.GetString(0), ReadModelRows.Text(row, 1), row.GetBoolean(2)), cancellation);
        int room = peopleMax - marked.Count;
        if (room > 0 && await TakeOfGroupAsync(room, transaction, cancellation) is { } members)
        {
            return [.. marked.Concat(members).DistinctBy(mark => mark.Person, StringComparer.Ordinal)];
        }

        return marked.Count == 0 ? null : marked;
    }

    /// <summary>What each of them has by groups: nothing, where they are inactive or gone.</summary>
    public static async Task<IReadOnlyList<Standing>> LookUpAsync(
        IReadOnlyList<Mark> marks, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        Dictionary<string, Mark> byPerson = marks.ToDictionary(mark => mark.Person, StringComparer.Ordinal);
        await using var read = new NpgsqlCommand(
            """
            select marked.person, coalesce(here.active, false), here.profile -> 'Employment' ->> 'Department',
                here.profile -> 'Employment' ->> 'Manager',
                (select jsonb_agg(role) from group_member join group_directory as given on given.id = group_id,
                    jsonb_array_elements(given.roles) as role
                 where group_member.person = here.id and here.active)::text,
                told.roles::text
            from unnest($1) as marked (person)
            left join person_directory as here on here.id = marked.person left join roles_told as told on told.person = marked.person
            """, transaction.Connection, transaction) { Parameters = { new() { Value = byPerson.Keys.ToArray() } } };
        return await ReadModelRows.ReadAsync(
            read,
            row => byPerson[row.GetString(0)] is var mark
                ? new Standing(
                    mark.Person, mark.MarkedBy, mark.Anew, row.GetBoolean(1), ReadModelRows.Text(row, 2), ReadModelRows.Text(row, 3),
                    InOrder(ReadModelRows.Text(row, 4)), InOrder(ReadModelRows.Text(row, 5)))
                : throw new InvalidOperationException("A row is of a mark."),
            cancellation);
    }

    /// <summary>Remembers what was told.</summary>
    public static async Task RememberAsync(IReadOnlyList<Standing> told, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var statements = new NpgsqlBatch(transaction.Connection, transaction);
        statements.BatchCommands.Add(ReadModelRows.Statement(
            "delete from roles_told where person = any ($1)",
            (object)told.Where(one => one.Roles.Count == 0).Select(one => one.Id).ToArray()));
        Standing[] some = [.. told.Where(one => one.Roles.Count > 0)];
        statements.BatchCommands.Add(ReadModelRows.Statement(
            """
            insert into roles_told (person, roles) select person, roles::jsonb from unnest($1, $2) as told (person, roles)
            on conflict (person) do update set roles = excluded.roles
            """, some.Select(one => one.Id).ToArray(), some.Select(one => RolesOfGroups.Stored(one.Roles)).ToArray()));
        await statements.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<IReadOnlyList<Mark>?> TakeOfGroupAsync(
        int room, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand(
            "select group_id, told_through, marked_by from group_roles_due order by group_id limit 1 for update skip locked",
            transaction.Connection, transaction);
        if (await ReadModelRows.ReadAsync(
                take, row => (Id: row.GetString(0), Through: row.GetString(1), By: ReadModelRows.Text(row, 2)), cancellation)
            is not [var group, ..])
        {
            return null;
        }

        await using var read = new NpgsqlCommand(
            "select person from group_member where group_id = $1 and person > $2 order by person limit $3",
            transaction.Connection, transaction)
        {
            Parameters = { new() { Value = group.Id }, new() { Value = group.Through }, new() { Value = room } },
        };
        IReadOnlyList<string> members = await ReadModelRows.ReadAsync(read, row => row.GetString(0), cancellation);

        // Whoever comes into the group behind the place that is reached is marked themselves.
        await using var on = new NpgsqlCommand(
            members.Count < room
                ? "delete from group_roles_due where group_id = $1"
                : "update group_roles_due set told_through = $2 where group_id = $1",
            transaction.Connection, transaction)
        {
            Parameters = { new() { Value = group.Id } },
        };
        if (members.Count == room)
        {
            on.Parameters.Add(new() { Value = members[^1] });
        }

        await on.ExecuteNonQueryAsync(cancellation);
        return [.. members.Select(member => new Mark(member, group.By, Anew: false))];
    }

    /// <summary>Each role once for each place, in an order of its own, so that the same is equal.</summary>
    private static IReadOnlyList<GroupRole> InOrder(string? roles) => roles is null ? [] :
    [
        .. RolesOfGroups.Read(roles).Distinct().OrderBy(role => role.Role, StringComparer.Ordinal)
            .ThenBy(role => role.Scope.Kind).ThenBy(role => role.Scope.Id, StringComparer.Ordinal),
    ];
}
