using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Sites;

/// <summary>
/// Which site has which department and archive, written in the transaction of the site's event: of two sites that claim one place at once, one is refused.
/// </summary>
internal static class SitePlaces
{
    public const string CreateTable =
        "create table if not exists site_places (kind text not null, id text not null, site text not null, primary key (kind, id));";

    /// <summary>Gives up what the site has and claims what it is to have.</summary>
    public static Alongside Claim(string site, IEnumerable<string> departments, IEnumerable<string> archives)
    {
        (string Kind, string Id)[] places =
            [.. departments.Select(id => ("department", id)).Concat(archives.Select(id => ("archive", id))).Order()];
        return async (transaction, _, cancellation) =>
        {
            await using var command = new NpgsqlCommand(
                """
                with kept as (
                    delete from site_places where site = $1 and (kind, id) not in (select * from unnest($2, $3)) returning 1)
                insert into site_places (kind, id, site) select kind, id, $1 from unnest($2, $3) as wanted (kind, id)
                on conflict (kind, id) do update set site = excluded.site where site_places.site = excluded.site
                """, transaction.Connection, transaction);
            command.Parameters.AddWithValue(site);
            command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, Array.ConvertAll(places, place => place.Kind));
            command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, Array.ConvertAll(places, place => place.Id));
            if (await command.ExecuteNonQueryAsync(cancellation) != places.Length)
            {
                throw new RefusedAlongsideException(new Refusal(
                    "department_taken", "One of the departments or archives was given to another site at this moment: read the sites again."));
            }
        };
    }
}
