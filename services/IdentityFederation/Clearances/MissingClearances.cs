using AccessGov.IdentityFederation.Tokens;
using Npgsql;

namespace AccessGov.IdentityFederation.Clearances;

/// <summary>Whoever may administer by groups and lacks a clearance, or whose clearance ends within thirty days.</summary>
internal sealed class MissingClearances(NpgsqlDataSource database, ScopesOfPeople people, TimeProvider clock)
{
    /// <param name="Person">Who.</param>
    /// <param name="UserName">What they sign in with.</param>
    /// <param name="DisplayName">What they are called.</param>
    /// <param name="Scopes">What they may by groups, and not everybody may.</param>
    /// <param name="Missing">The kinds that are not on file, or were withdrawn.</param>
    /// <param name="Expired">The kinds that counted until a day that is over.</param>
    /// <param name="Ending">What counts still, and not for long.</param>
    public sealed record Entry(
        string Person, string UserName, string? DisplayName, IReadOnlyList<string> Scopes, IReadOnlyList<string> Missing,
        IReadOnlyList<string> Expired, IReadOnlyList<End> Ending);

    /// <param name="Kind">Which clearance.</param>
    /// <param name="ValidUntil">The last day on which it counts.</param>
    public sealed record End(string Kind, DateOnly ValidUntil);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/clearances/missing", async (MissingClearances report, int? limit, string? after, CancellationToken cancellation) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("people", paging, await report.ReadAsync(paging, cancellation), entry => entry.Person))
                : Refusals.Answer(Paging.Malformed))
        .RequireAuthorization(ClearancesOfPerson.Scope);

    // Whoever is inactive may nothing; whoever is kept out for a while keeps what they were given, and is looked at all the same.
    private async Task<IReadOnlyList<Entry>> ReadAsync(Paging paging, CancellationToken cancellation)
    {
        DateOnly today = Clearance.DayOf(clock.GetUtcNow());
        DateOnly soon = today.AddDays(Clearance.EndsSoonDays);
        await using NpgsqlCommand command = database.CreateCommand(
            """
            with administering as (
                select person, array_agg(distinct scope order by scope) as scopes
                from group_member join group_directory on id = group_id cross join unnest(group_directory.scopes) as scope
                where scope <> all ($1) and person > $2 group by person)
            select id, profile ->> 'UserName', profile ->> 'DisplayName', scopes, kinds, ends
            from administering join person_directory on id = person cross join lateral (
                select coalesce(array_agg(kind), '{}') as kinds, coalesce(array_agg(valid_until), '{}') as ends,
                    count(*) filter (where valid_until > $3) as lasting
                from person_clearance where person_clearance.person = id) as on_file
            where active and lasting < $4 order by id limit $5
            """);
        command.Parameters.Add(new() { Value = people.OfEverybody.ToArray() });
        command.Parameters.Add(new() { Value = paging.After ?? "" });
        command.Parameters.Add(new() { Value = soon });
        command.Parameters.Add(new() { Value = Clearance.Kinds.Count });
        command.Parameters.Add(new() { Value = paging.Limit });
        return await ReadModelRows.ReadAsync(command, row => Of(row, today, soon), cancellation);
    }

    private static Entry Of(NpgsqlDataReader row, DateOnly today, DateOnly soon)
    {
        Dictionary<string, DateOnly> ends = row.GetFieldValue<string[]>(4).Zip(row.GetFieldValue<DateOnly[]>(5))
            .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        string[] onFile = [.. Clearance.Kinds.Where(ends.ContainsKey)];
        return new Entry(
            row.GetString(0), row.GetString(1), ReadModelRows.Text(row, 2), row.GetFieldValue<string[]>(3),
            [.. Clearance.Kinds.Except(onFile)], [.. onFile.Where(kind => ends[kind] < today)],
            [.. onFile.Where(kind => ends[kind] >= today && ends[kind] <= soon).Select(kind => new End(kind, ends[kind]))]);
    }
}
