using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.Tests.Provisioning;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Groups;

/// <summary>A group of many is told of in pieces, by whichever replica is there.</summary>
public sealed class LargeGroupTests
{
    private const int Members = 5_000;

    [Fact]
    public async Task Each_member_is_told_of_once_in_bounded_transactions_also_when_a_replica_stops_in_between()
    {
        var scim = new ScimClient();
        await scim.InitializeAsync();
        var heard = new HeardMessages(scim.Host.Superuser);
        await heard.ListenAsync();
        await using IdentityFederationHost replica = await scim.Host.BesideAsync();
        string group = (await scim.DoAsync("POST", "/Groups", """{"displayName":"Everybody"}"""))["id"]!.GetValue<string>();
        await FillAsync(scim.Host.Superuser, group);

        using (HttpResponseMessage assigned = await scim.Host.SendAsync(
            HttpMethod.Put, $"/groups/{group}/roles", """{"roles":[{"role":"reader","scope":{"kind":"everywhere"}}]}""",
            scim.Host.TokenOf("grace", "roles.assign")))
        {
            assigned.IsSuccessStatusCode.ShouldBeTrue(await assigned.Content.ReadAsStringAsync());
        }

        const string Count = "select count(*) from bus.message where queue = 'roles-listener' and type like '%user-roles-changed.v1'";
        await Eventually.HoldsAsync(async () => await heard.CountAsync(Count) > 0, "it has begun");
        await scim.DisposeAsync();
        long before = await heard.CountAsync(Count);
        before.ShouldBeLessThan(Members, "otherwise nothing is left to go on with");
        await Eventually.HoldsAsync(async () => await heard.CountAsync(Count) >= Members, "everybody is told of", 2 * Eventually.Bound);
        await Eventually.HoldsAsync(
            async () => await heard.CountAsync("select count(*) from identity_federation.group_roles_due") == 0, "nothing is left to do");
        (await heard.CountAsync(Count)).ShouldBe(Members);
        (await heard.CountAsync("select count(distinct subject) from bus.message where queue = 'roles-listener'")).ShouldBe(Members);
        (await heard.CountAsync(
            """
            select max(many) from (select count(*) as many from bus.message
            where queue = 'roles-listener' and type like '%user-roles-changed.v1' group by xmin) as together
            """)).ShouldBe(TellRoles.PeopleMax);
    }

    private static async Task FillAsync(string superuser, string group)
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(superuser);
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            insert into identity_federation.person_directory (id, organisation, user_name_key, active, suspended, profile, version)
            select 'many-' || number, 'hospital', 'many-' || number, true, false, jsonb_build_object('UserName', 'many-' || number), 1
            from generate_series(1, {Members}) number;
            insert into identity_federation.group_member (group_id, person)
            select '{group}', id from identity_federation.person_directory where id like 'many-%'
            """);
        await command.ExecuteNonQueryAsync();
    }
}
