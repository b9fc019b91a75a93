using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.IdentityFederation.People;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Groups;

/// <summary>The queue of a service that listens to what becomes of people.</summary>
internal sealed class HeardMessages(string superuser)
{
    private static readonly string[] Names =
    [
        UserRolesChanged.MessageName, UserMoved.MessageName, UserChanged.MessageName, UserDeprovisioned.MessageName,
        UserReactivated.MessageName,
    ];

    public async Task ListenAsync()
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(superuser);
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            insert into bus.queue (name, role) values ('roles-listener', current_user) on conflict do nothing;
            insert into bus.subscription (queue, message)
            select 'roles-listener', name from unnest(array['{string.Join("','", Names)}']) as names (name) on conflict do nothing
            """);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What was said of somebody, in order.</summary>
    public async Task<IReadOnlyList<(string Type, JsonNode Data)>> OfAsync(string person)
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(superuser);
        await using NpgsqlCommand command = database.CreateCommand(
            "select type, data::text from bus.message where queue = 'roles-listener' and subject = $1 order by position");
        command.Parameters.Add(new() { Value = Person.Streams.StreamId(person) });
        return await ReadModelRows.ReadAsync(command, row => (row.GetString(0), JsonNode.Parse(row.GetString(1))!), CancellationToken.None);
    }

    /// <summary>Each set of roles that was told of somebody, in order: role, kind and id of the place.</summary>
    public async Task<string[]> RolesAsync(string person) =>
    [
        .. (await OfAsync(person)).Where(one => one.Type == UserRolesChanged.MessageName).Select(one => string.Join(
            " + ", one.Data["roles"]!.AsArray().Select(role => $"{role!["role"]} {role["scopeKind"]} {role["scopeId"]}".TrimEnd()))),
    ];

    public async Task<long> CountAsync(string sql)
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(superuser);
        await using NpgsqlCommand command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
