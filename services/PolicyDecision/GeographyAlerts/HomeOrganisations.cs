using Npgsql;

namespace AccessGov.PolicyDecision.GeographyAlerts;

/// <summary>Which organisation people come from, as IdentityFederation tells when it provisions them.</summary>
internal static class HomeOrganisations
{
    public const string CreateTable =
        "create table if not exists home_organisation (user_id text collate \"C\" primary key, organisation text collate \"C\" not null);";

    /// <summary>Writes it down in the transaction of the message. Telling it again changes nothing.</summary>
    public static async Task AddAsync(string user, string organisation, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into home_organisation (user_id, organisation) values ($1, $2)
            on conflict (user_id) do update set organisation = excluded.organisation
            """, transaction.Connection, transaction);
        insert.Parameters.AddWithValue(user);
        insert.Parameters.AddWithValue(organisation);
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The organisations of these people; whoever's is not known is not in it.</summary>
    public static async Task<Dictionary<string, string>> ReadAsync(
        NpgsqlDataSource database, IReadOnlyCollection<string> users, CancellationToken cancellation)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (users.Count == 0)
        {
            return found;
        }

        await using NpgsqlCommand read = database.CreateCommand(
            "select user_id, organisation from home_organisation where user_id = any ($1)");
        read.Parameters.AddWithValue(users.ToArray());
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            found[row.GetString(0)] = row.GetString(1);
        }

        return found;
    }
}
