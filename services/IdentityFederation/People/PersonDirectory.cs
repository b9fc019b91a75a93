using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clearances;
using AccessGov.IdentityFederation.Tokens;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.IdentityFederation.People;

/// <summary>
/// One row for each person who is here, written in the transaction of each event: user names, external ids and identities are unique beyond
/// doubt, and whoever asks reads what was answered a moment ago.
/// </summary>
internal sealed class PersonDirectory(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists person_directory (
            id text collate "C" primary key,
            organisation text not null constraint person_organisation references organisation_directory (id),
            user_name_key text not null constraint person_user_name unique,
            external_id text,
            active boolean not null, suspended boolean not null,
            profile jsonb not null, version bigint not null,
            created_at timestamptz not null default now(), changed_at timestamptz not null default now());
        alter table person_directory drop constraint if exists person_external_id;
        alter table person_directory add column if not exists external_id_shared boolean not null default false;
        create unique index if not exists person_external_id_once on person_directory (organisation, external_id)
            where not external_id_shared;
        create index if not exists person_external_ids on person_directory (organisation, external_id) where external_id_shared;
        alter table person_directory add column if not exists access_ends_at timestamptz;
        create index if not exists person_access_ends on person_directory (access_ends_at) where active and access_ends_at is not null;
        alter table person_directory add column if not exists locked boolean not null default false;
        create table if not exists person_identity (
            issuer text not null, subject text not null, person text not null references person_directory (id) on delete cascade,
            constraint person_identity_once primary key (issuer, subject));
        create index if not exists person_identity_of on person_identity (person);
        create index if not exists person_directory_in_order on person_directory (organisation, id);
        """ + FormerPeople.CreateTable + PersonSearch.CreateTable;

    internal const string Columns = "id, organisation, profile, active, suspended, version, created_at, changed_at, locked";

    /// <param name="Version">The version of the person's stream: the entity tag.</param>
    public sealed record Entry(
        string Id, string Organisation, PersonProfile Profile, bool Active, bool Suspended, long Version, DateTimeOffset Created,
        DateTimeOffset Changed)
    {
        /// <summary>Whether nobody has signed in as them for too long.</summary>
        public bool Locked { get; init; }
    }

    /// <exception cref="RefusedAlongsideException">
    /// Somebody else has the user name, the external id or an identity, or the organisation is not there.
    /// </exception>
    public static async Task WriteAsync(
        string id, Person person, long version, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var statements = new NpgsqlBatch(transaction.Connection, transaction);
        if (person is Person.Provisioned here)
        {
            NpgsqlBatchCommand row = ReadModelRows.Statement(
                $"""
                insert into person_directory
                    (id, organisation, user_name_key, external_id, active, suspended, profile, version, access_ends_at, locked,
                    external_id_shared)
                values ($1, $2, {Key("$3")}, $4, $5, $6, $7, $8, $9, $10, $11)
                on conflict (id) do update set user_name_key = excluded.user_name_key, external_id = excluded.external_id,
                    active = excluded.active, suspended = excluded.suspended, profile = excluded.profile, version = excluded.version,
                    access_ends_at = excluded.access_ends_at, locked = excluded.locked,
                    external_id_shared = excluded.external_id_shared, changed_at = now()
                """, id, here.Organisation, here.Profile.UserName);
            row.Parameters.Add(ReadModelRows.Optional(here.Profile.ExternalId, NpgsqlDbType.Text));
            row.Parameters.Add(new() { Value = here.Active });
            row.Parameters.Add(new() { Value = here.Suspended });
            row.Parameters.Add(new() { Value = JsonSerializer.Serialize(here.Profile, EventTypes.SerializerOptions),
                NpgsqlDbType = NpgsqlDbType.Jsonb });
            row.Parameters.Add(new() { Value = version });
            row.Parameters.Add(ReadModelRows.Optional(here.AccessEndsAt, NpgsqlDbType.TimestampTz));
            row.Parameters.Add(new() { Value = here.Locked });
            row.Parameters.Add(new() { Value = here.Profile.ExternalIdShared });
            statements.BatchCommands.Add(TokenSubjects.TakeForPerson(id));
            statements.BatchCommands.Add(row);
            string[] issuers = [.. here.Identities.Select(identity => identity.Issuer)];
            string[] subjects = [.. here.Identities.Select(identity => identity.Subject)];
            statements.BatchCommands.Add(ReadModelRows.Statement(
                "delete from person_identity where person = $1 and (issuer, subject) not in (select * from unnest($2, $3))", id, issuers,
                subjects));
            statements.BatchCommands.Add(ReadModelRows.Statement(
                """
                insert into person_identity (issuer, subject, person)
                select issuer, subject, $1 from unnest($2, $3) as wanted (issuer, subject) where not exists (
                    select from person_identity known
                    where known.issuer = wanted.issuer and known.subject = wanted.subject and known.person = $1)
                """, id, issuers, subjects));
            PersonSearch.Write(id, statements);
            ClearancesOnFile.Write(id, here.Clearances, statements);
        }
        else
        {
            statements.BatchCommands.Add(FormerPeople.Remember(id));
            statements.BatchCommands.Add(ReadModelRows.Statement("delete from person_directory where id = $1", id));
        }

        try
        {
            await statements.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException violated) when (RefusalOf(violated.ConstraintName) is { } refusal)
        {
            throw new RefusedAlongsideException(refusal);
        }
    }

    /// <summary>The person with this id; null when nobody has it.</summary>
    public Task<Entry?> FindAsync(string id, CancellationToken cancellation) => OneAsync("id = $1", cancellation, id);

    /// <summary>The person with this user name, whatever its case; null when nobody has it.</summary>
    public Task<Entry?> FindByUserNameAsync(string userName, CancellationToken cancellation) =>
        OneAsync($"user_name_key = {Key("$1")}", cancellation, userName);

    /// <summary>The person who is this subject of this issuer; null when nobody is.</summary>
    public Task<Entry?> FindByIdentityAsync(string issuer, string subject, CancellationToken cancellation) =>
        OneAsync("id = (select person from person_identity where issuer = $1 and subject = $2)", cancellation, issuer, subject);

    /// <summary>The people of an organisation with these external ids, by external id: those that nobody else has.</summary>
    public async Task<IReadOnlyDictionary<string, Entry>> FindByExternalIdsAsync(string organisation, IReadOnlyList<string> externalIds,
        CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            select {Columns} from person_directory where organisation = $1 and external_id = any ($2) and external_id not in (
                select external_id from person_directory where organisation = $1 and external_id = any ($2) and external_id_shared)
            """);
        command.Parameters.Add(new() { Value = organisation });
        command.Parameters.Add(new() { Value = externalIds.ToArray() });
        return (await ReadModelRows.ReadAsync(command, Read, cancellation)).ToDictionary(entry => entry.Profile.ExternalId!,
            StringComparer.Ordinal);
    }

    /// <summary>A page of people in the order of their ids.</summary>
    /// <param name="organisation">Of this organisation only.</param>
    /// <param name="search">How their user name, an e-mail address or a word of their name begins.</param>
    /// <param name="paging">Which page.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<Entry>> ReadAsync(string? organisation, string? search, Paging paging, CancellationToken cancellation)
    {
        string found = search is null ? "" : $"and {PersonSearch.Condition("$4")}";
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            select {Columns} from person_directory
            where id > $1 and ($2::text is null or organisation = $2) {found} order by id limit $3
            """);
        command.Parameters.Add(new() { Value = paging.After ?? "" });
        command.Parameters.Add(ReadModelRows.Optional(organisation, NpgsqlDbType.Text));
        command.Parameters.Add(new() { Value = paging.Limit });
        if (search is not null)
        {
            command.Parameters.Add(new() { Value = search });
        }

        return await ReadModelRows.ReadAsync(command, Read, cancellation);
    }

    /// <summary>A user name as user names are compared.</summary>
    public async Task<string> KeyOfAsync(string userName, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select {Key("$1")}");
        command.Parameters.Add(new() { Value = userName });
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    // Compatibility forms and letter case do not tell two people apart. The database knows the whole of Unicode; this process need not.
    internal static string Key(string userName) => $"lower(normalize({userName}, nfkc))";

    private async Task<Entry?> OneAsync(string condition, CancellationToken cancellation, params string[] values)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select {Columns} from person_directory where {condition}");
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        return await ReadModelRows.ReadAsync(command, Read, cancellation) is [var one, ..] ? one : null;
    }

    internal static Entry Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), JsonSerializer.Deserialize<PersonProfile>(row.GetString(2), EventTypes.SerializerOptions)!,
        row.GetBoolean(3), row.GetBoolean(4), row.GetInt64(5), row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7))
    {
        Locked = row.GetBoolean(8),
    };

    private static Refusal? RefusalOf(string? constraint) => constraint switch
    {
        TokenSubjects.Constraint => TokenSubjects.Taken,
        "person_user_name" => new Refusal("user_name_taken", "Another person has this user name; letter case does not tell people apart."),
        "person_external_id_once" => new Refusal("external_id_taken", "Another person of the organisation has this external id."),
        "person_identity_once" => new Refusal("identity_taken", "Another person is this subject of the identity provider already."),
        "person_organisation" => new Refusal("organisation_unknown", "There is no organisation with this id: define it first."),
        _ => null,
    };
}
