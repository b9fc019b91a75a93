using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.IdentityFederation.Organisations;

/// <summary>
/// The organisations that people come from, written in the transaction of each event: no two have one domain, none is closed while somebody is of it.
/// </summary>
internal sealed class OrganisationDirectory(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists organisation_directory (id text collate "C" primary key, name text not null, kind text not null);
        create table if not exists organisation_domain (
            domain text primary key, organisation text not null references organisation_directory (id) on delete cascade);
        """;

    public sealed record Item(string Id, string Name, OrganisationKind Kind, IReadOnlyList<string> Domains);

    public static Alongside Keep(string id, DefineOrganisation.Command command)
    {
        string[] domains = [.. (command.Domains ?? []).Select(DefineOrganisation.DomainOf).OfType<string>().Order(StringComparer.Ordinal)];
        return async (transaction, _, cancellation) =>
        {
            await using var statements = new NpgsqlBatch(transaction.Connection, transaction)
            {
                BatchCommands =
                {
                    ReadModelRows.Statement(
                        """
                        insert into organisation_directory (id, name, kind) values ($1, $2, $3)
                        on conflict (id) do update set name = excluded.name, kind = excluded.kind
                        """, id, command.Name, command.Kind.ToString()),
                    ReadModelRows.Statement("delete from organisation_domain where organisation = $1 and domain <> all ($2)", id, domains),
                    ReadModelRows.Statement(
                        """
                        insert into organisation_domain (domain, organisation) select domain, $1 from unnest($2) as wanted (domain)
                        on conflict (domain) do update set organisation = excluded.organisation where organisation_domain.organisation = excluded.organisation
                        """, id, domains),
                },
            };
            await statements.ExecuteNonQueryAsync(cancellation);
            if (statements.BatchCommands[^1].RecordsAffected != domains.Length)
            {
                throw new RefusedAlongsideException(new Refusal("domain_taken", "One of the domains belongs to another organisation: an e-mail address leads to one only."));
            }
        };
    }

    public static Alongside Remove(string id) => async (transaction, _, cancellation) =>
    {
        await using var command = new NpgsqlCommand("delete from organisation_directory where id = $1", transaction.Connection, transaction) { Parameters = { new() { Value = id } } };
        try
        {
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException still) when (still.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new RefusedAlongsideException(new Refusal("organisation_has_people", "People are of this organisation still: deprovision them first."));
        }
    };

    /// <summary>What an organisation is called; null when there is none with this id.</summary>
    public async Task<string?> NameOfAsync(string id, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select name from organisation_directory where id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    /// <summary>A page of organisations in the order of their ids.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(Paging paging, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select id, name, kind, array(select domain from organisation_domain where organisation = id order by domain)
            from organisation_directory where id > $1 order by id limit $2
            """);
        command.Parameters.Add(new() { Value = paging.After ?? "" });
        command.Parameters.Add(new() { Value = paging.Limit });
        return await ReadModelRows.ReadAsync(
            command, row => new Item(row.GetString(0), row.GetString(1), Enum.Parse<OrganisationKind>(row.GetString(2)), row.GetFieldValue<string[]>(3)), cancellation);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/organisations", async (OrganisationDirectory directory, CancellationToken cancellation, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("organisations", paging, await directory.ReadAsync(paging, cancellation), item => item.Id))
                : Refusals.Answer(Paging.Malformed))
        .RequireAuthorization("people.read");
}
