using System.Text.Json.Nodes;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

/// <summary>An organisation with more people than are looked at one by one.</summary>
public sealed class LargeOrganisationTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task What_no_index_helps_with_is_refused_and_everything_else_is_answered()
    {
        await using (var connection = new NpgsqlConnection(scim.Host.Superuser))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                """
                insert into identity_federation.person_directory (id, organisation, user_name_key, active, suspended, profile, version)
                select 'many-' || lpad(number::text, 6, '0'), 'hospital', 'many-' || number, true, false, jsonb_build_object('UserName', 'Many-' || number), 1
                from generate_series(1, 60001) number
                """, connection);
            await command.ExecuteNonQueryAsync();
        }

        await scim.RefusedAsync("GET", "/Users?filter=nickName%20pr", null, 400, "tooMany");
        await scim.RefusedAsync("GET", "/Users?sortBy=nickName", null, 400, "tooMany");
        (await scim.FindAsync("userName eq \"MANY-60001\" and nickName eq null")).ShouldBe(["Many-60001"]);
        JsonObject page = await scim.DoAsync("GET", "/Users?startIndex=60001&count=100&sortBy=userName");
        (page["totalResults"]!.GetValue<int>(), page["itemsPerPage"]!.GetValue<int>()).ShouldBe((60_001, 1));
        (await scim.DoAsync("GET", "/Users?count=1000"))["itemsPerPage"]!.GetValue<int>().ShouldBe(200);
    }
}
