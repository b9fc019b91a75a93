using AccessGov.Recertification.Sources;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Recertification.Reviews;

/// <summary>
/// The people of the house as they were when it was last asked: who manages whom, where they work, how they are written to. It is read
/// anew for each campaign, a page at a time; who is gone meanwhile is removed. Thread-safe.
/// </summary>
internal sealed class Roster(NpgsqlDataSource database, PeopleSource source, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists review_person (
            id text collate "C" primary key, external_id text collate "C", name text not null, title text, department text collate "C",
            manager text collate "C", mail text, active boolean not null, read_at timestamptz not null);
        create index if not exists review_person_external on review_person (external_id) where external_id is not null;
        """;

    /// <param name="Id">The id that grants have.</param>
    /// <param name="Name">What people call them.</param>
    /// <param name="Department">Where they work; null when that is not known.</param>
    /// <param name="Manager">The id of their manager; null when nobody is known as that.</param>
    /// <param name="Active">Whether they may sign in.</param>
    public sealed record Entry(string Id, string Name, string? Department, string? Manager, bool Active);

    /// <summary>Reads everybody anew.</summary>
    /// <exception cref="SourceUnavailableException">IdentityFederation cannot be asked.</exception>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        DateTimeOffset began = clock.GetUtcNow();
        string? after = null;
        do
        {
            PeoplePage page = await source.PageAsync(after, cancellation);
            await WriteAsync(page.People, cancellation);
            after = page.Next;
        }
        while (after is not null);

        await using NpgsqlCommand gone = database.CreateCommand("delete from review_person where read_at < $1");
        gone.Parameters.AddWithValue(began.ToUniversalTime());
        await gone.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Some people by their ids, each with their manager's id, whatever the provisioning system calls the manager.</summary>
    public async Task<Dictionary<string, Entry>> FindAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select p.id, p.name, p.department, coalesce(own.id, other.id), p.active from review_person p
            left join review_person own on own.id = p.manager
            left join lateral (
                select id from review_person where external_id = p.manager and own.id is null order by id limit 1) other on true
            where p.id = any ($1)
            """);
        read.Parameters.AddWithValue(ids.ToArray());
        return (await ReadModelRows.ReadAsync(
            read, row => new Entry(
                row.GetString(0), row.GetString(1), ReadModelRows.Text(row, 2), ReadModelRows.Text(row, 3), row.GetBoolean(4)),
            cancellation)).ToDictionary(entry => entry.Id, StringComparer.Ordinal);
    }

    /// <summary>Those of some people who are here and may sign in.</summary>
    public async Task<HashSet<string>> PresentAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand("select id from review_person where id = any ($1) and active");
        read.Parameters.AddWithValue(ids.ToArray());
        return [.. await ReadModelRows.ReadAsync(read, row => row.GetString(0), cancellation)];
    }

    private async Task WriteAsync(IReadOnlyList<FoundPerson> people, CancellationToken cancellation)
    {
        await using NpgsqlCommand write = database.CreateCommand(
            """
            insert into review_person (id, external_id, name, title, department, manager, mail, active, read_at)
            select *, $9 from unnest($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (id) do update set external_id = excluded.external_id, name = excluded.name, title = excluded.title,
                department = excluded.department, manager = excluded.manager, mail = excluded.mail, active = excluded.active,
                read_at = excluded.read_at
            """);
        Func<FoundPerson, string?>[] texts =
        [
            person => person.Id, person => person.Profile.ExternalId, person => person.Profile.Called, person => person.Profile.Title,
            person => person.Profile.Employment?.Department, person => person.Profile.Employment?.Manager, person => person.Profile.Mail,
        ];
        foreach (Func<FoundPerson, string?> text in texts)
        {
            write.Parameters.Add(new() { Value = people.Select(text).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        }

        write.Parameters.AddWithValue(people.Select(person => person is { Active: true, Suspended: false, Locked: false }).ToArray());
        write.Parameters.AddWithValue(clock.GetUtcNow().ToUniversalTime());
        await write.ExecuteNonQueryAsync(cancellation);
    }
}
