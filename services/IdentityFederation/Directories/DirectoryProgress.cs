using System.Text.Json;
using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>
/// How far each directory is known, and which of its entries. An entry is kept by its objectGUID and the hash of its name, by which managers and members are
/// found.
/// </summary>
internal sealed class DirectoryProgress(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists directory_progress (
            directory text collate "C" primary key, fingerprint text, high_water_mark timestamptz, read_at timestamptz, full_read_at timestamptz,
            tried_at timestamptz, runs bigint not null default 0, begun bigint not null default 0, held integer, last_run jsonb, failure jsonb, request jsonb);
        create table if not exists directory_entry (
            directory text collate "C" not null, external_id text collate "C" not null, kind text not null, name_key text,
            primary key (directory, external_id));
        create index if not exists directory_entry_name on directory_entry (directory, name_key);
        """;

    public sealed record Known(string ExternalId, string? Id, bool Active);

    public async Task<IReadOnlyDictionary<string, DirectoryState>> ReadAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            "select directory, fingerprint, high_water_mark, read_at, full_read_at, tried_at, runs, held, last_run, failure, request, begun > runs from directory_progress");
        return (await ReadModelRows.ReadAsync(
            command,
            row => KeyValuePair.Create(row.GetString(0), new DirectoryState(
                ReadModelRows.Text(row, 1), ReadModelRows.Instant(row, 2), ReadModelRows.Instant(row, 3), ReadModelRows.Instant(row, 4), ReadModelRows.Instant(row, 5),
                row.GetInt64(6), row.IsDBNull(7) ? null : row.GetInt32(7), Json<DirectoryRun>(row, 8), Json<DirectoryFailure>(row, 9), Json<DirectoryRequest>(row, 10), row.GetBoolean(11))),
            cancellation)).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Keeps what somebody asks for, until a run of any replica takes it up. What was asked for before stays asked for.</summary>
    public async Task RequestAsync(string directory, DirectoryRequest request, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            insert into directory_progress (directory, request) values ($1, $2)
            on conflict (directory) do update set request = excluded.request || jsonb_build_object(
                'Full', (excluded.request->>'Full')::boolean or coalesce((directory_progress.request->>'Full')::boolean, false),
                'AllowDeactivations', (excluded.request->>'AllowDeactivations')::boolean or coalesce((directory_progress.request->>'AllowDeactivations')::boolean, false))
            """);
        command.Parameters.Add(new() { Value = directory });
        command.Parameters.Add(Jsonb(request));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A run begins: what was asked for is its matter, and nobody else's.</summary>
    public async Task BeginAsync(NpgsqlConnection lease, string directory, DateTimeOffset now, CancellationToken cancellation) => await ExecuteAsync(
        lease,
        """
        insert into directory_progress (directory, tried_at, begun) values ($1, $2, 1)
        on conflict (directory) do update set tried_at = excluded.tried_at, begun = directory_progress.runs + 1, request = null
        """, cancellation, new() { Value = directory }, Instant(now));

    /// <summary>A run ended before its end: nothing follows from it but that.</summary>
    public async Task FailAsync(NpgsqlConnection lease, string directory, DirectoryFailure failure, CancellationToken cancellation) => await ExecuteAsync(
        lease, "update directory_progress set failure = $2, runs = begun where directory = $1", cancellation, new() { Value = directory }, Jsonb(failure));

    /// <summary>A run is complete. Written by the connection that holds the lease: whoever lost it has nothing to say.</summary>
    public async Task FinishAsync(
        NpgsqlConnection lease, string directory, string fingerprint, DateTimeOffset? highWaterMark, DirectoryRun run, int? held, CancellationToken cancellation) => await ExecuteAsync(
        lease,
        """
        update directory_progress set fingerprint = $2, high_water_mark = greatest(high_water_mark, $3), read_at = $4, full_read_at = case when $5 then $4 else full_read_at end,
            held = $6, last_run = $7, failure = null, runs = begun
        where directory = $1
        """, cancellation, new() { Value = directory }, new() { Value = fingerprint }, ReadModelRows.Optional(highWaterMark?.ToUniversalTime(), NpgsqlDbType.TimestampTz),
        Instant(run.StartedAt), new() { Value = run.Full }, ReadModelRows.Optional(held, NpgsqlDbType.Integer), Jsonb(run));

    /// <summary>Whether the organisation is there whose people they are.</summary>
    public async Task<bool> HasOrganisationAsync(string organisation, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select exists (select from organisation_directory where id = $1)");
        command.Parameters.Add(new() { Value = organisation });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Keeps entries that were read. A name that one of them has now is nobody else's any more.</summary>
    public async Task KeepAsync(string directory, IReadOnlyList<DirectoryEntry> entries, DirectoryEntryKind kind, CancellationToken cancellation)
    {
        if (entries.Count == 0)
        {
            return;
        }

        string[] ids = [.. entries.Select(entry => entry.ExternalId)];
        string?[] names = [.. entries.Select(entry => DistinguishedName.KeyOf(entry.DistinguishedName))];
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var statements = new NpgsqlBatch(connection, transaction);
        statements.BatchCommands.Add(ReadModelRows.Statement(
            """
            update directory_entry known set name_key = null from unnest($2, $3) as read (id, name)
            where known.directory = $1 and known.name_key = read.name and known.external_id <> read.id
            """, directory, ids, names));
        statements.BatchCommands.Add(ReadModelRows.Statement(
            """
            insert into directory_entry (directory, external_id, kind, name_key) select $1, id, $4, name from unnest($2, $3) as read (id, name)
            on conflict (directory, external_id) do update set name_key = excluded.name_key where directory_entry.name_key is distinct from excluded.name_key
            """, directory, ids, names, kind.ToString()));
        await statements.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task ForgetAsync(string directory, IReadOnlyList<string> externalIds, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("delete from directory_entry where directory = $1 and external_id = any ($2)");
        command.Parameters.Add(new() { Value = directory });
        command.Parameters.Add(new() { Value = externalIds.ToArray() });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>All people or groups that were read from the directory, and who or what they are here.</summary>
    public async Task<IReadOnlyList<Known>> KnownAsync(string directory, string organisation, DirectoryEntryKind kind, CancellationToken cancellation)
    {
        IReadOnlyList<string> entries = await TextsAsync("select external_id from directory_entry where directory = $1 and kind = $2", cancellation, directory, kind.ToString());

        // Joined here: right after a first import the database has no statistics, and joins large tables row by row.
        await using NpgsqlCommand command = database.CreateCommand(kind == DirectoryEntryKind.User
            ? """
              select external_id, id, active from person_directory
              where organisation = $1 and external_id is not null and not external_id_shared
              """
            : """
              select distinct on (external_id) external_id, id, true from group_directory
              where organisation = $1 and external_id is not null order by external_id, id
              """);
        command.Parameters.Add(new() { Value = organisation });
        Dictionary<string, Known> here = (await ReadModelRows.ReadAsync(
            command, row => new Known(row.GetString(0), row.GetString(1), row.GetBoolean(2)), cancellation)).ToDictionary(known => known.ExternalId, StringComparer.Ordinal);
        return [.. entries.Select(id => here.GetValueOrDefault(id) ?? new Known(id, null, Active: false))];
    }

    /// <summary>The ids of the people whose names have these keys.</summary>
    public async Task<IReadOnlyDictionary<string, string>> PeopleAsync(string directory, string organisation, IReadOnlyCollection<string> keys, CancellationToken cancellation)
    {
        Dictionary<string, string> named = await PairsAsync(
            "select name_key, external_id from directory_entry where directory = $1 and name_key = any ($2)", cancellation, directory, keys.ToArray());
        Dictionary<string, string> ids = await PairsAsync(
            "select external_id, id from person_directory where organisation = $1 and external_id = any ($2) and not external_id_shared",
            cancellation, organisation, named.Values.ToArray());
        return named.Where(pair => ids.ContainsKey(pair.Value)).ToDictionary(pair => pair.Key, pair => ids[pair.Value], StringComparer.Ordinal);
    }

    private async Task<IReadOnlyList<string>> TextsAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        return await ReadModelRows.ReadAsync(command, row => row.GetString(0), cancellation);
    }

    private async Task<Dictionary<string, string>> PairsAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in await ReadModelRows.ReadAsync(command, row => (row.GetString(0), row.GetString(1)), cancellation))
        {
            pairs[key] = value;
        }

        return pairs;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter Instant(DateTimeOffset instant) => new() { Value = instant.ToUniversalTime() };

    private static NpgsqlParameter Jsonb<T>(T value) => new() { Value = JsonSerializer.Serialize(value, EventTypes.SerializerOptions), NpgsqlDbType = NpgsqlDbType.Jsonb };

    private static T? Json<T>(NpgsqlDataReader row, int column)
        where T : class => ReadModelRows.Text(row, column) is { } json ? JsonSerializer.Deserialize<T>(json, EventTypes.SerializerOptions) : null;
}
