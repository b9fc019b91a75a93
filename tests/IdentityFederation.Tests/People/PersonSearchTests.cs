using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.People;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.People;

/// <summary>How people are found by whoever looks after them.</summary>
public sealed class PersonSearchTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Theory]
    [InlineData("lovel.a")]
    [InlineData("LOVEL.ADA")]
    [InlineData("Augusta Lovel")]
    [InlineData("  augusta   lovel ")]
    [InlineData("lovelacé")]
    [InlineData("LOVELACÉ")]
    [InlineData("countess@")]
    public async Task Somebody_is_found_by_the_beginning_of_user_name_name_and_address_in_any_case_and_form(string search)
    {
        string ada = await PersonAsync("lovel.ada", "Augusta Lovelace\u0301", "Countess@Example.org");

        (await FoundAsync(search)).ShouldBe([ada]);
    }

    [Theory]
    [InlineData("ovel.bea")]
    [InlineData("example.org")]
    [InlineData("Bea%")]
    [InlineData("B_atrice")]
    public async Task The_middle_of_a_word_and_wildcards_find_nobody(string search)
    {
        await PersonAsync("lovel.bea", "Beatrice Smith", "bea@example.org");

        (await FoundAsync(search)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_has_no_display_name_is_found_by_the_parts_of_their_name_and_by_what_it_is_now()
    {
        await host.OrganisationAsync();
        string id = await ProvisionAsync(new { userName = "hopper", name = new { givenName = "Grace", familyName = "Murray" } });
        (await FoundAsync("murray")).ShouldBe([id]);
        (await FoundAsync("grace mur")).ShouldBe([id]);

        (await host.PutAsync($"/people/{id}/profile", new { userName = "hopper", displayName = "Grace Hopperson" }))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await FoundAsync("murray")).ShouldBeEmpty();
        (await FoundAsync("hopperson")).ShouldBe([id]);

        (await host.PostAsync($"/people/{id}/deprovision", new { reason = "Left." })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await FoundAsync("hopperson")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_organisation_narrows_a_search_and_pages_go_through_it()
    {
        string[] here = [await host.PersonAsync("paged-one"), await host.PersonAsync("paged-two"), await host.PersonAsync("paged-three")];
        string there = await host.PersonAsync("paged-four", "other-house");

        (await FoundAsync("paged-", "&organisation=other-house")).ShouldBe([there]);
        JsonNode first = await host.GetAsync("/people?search=paged-&organisation=hospital&limit=2");
        JsonNode second = await host.GetAsync($"/people?search=paged-&organisation=hospital&limit=2&after={first["next"]}");
        Ids(first).Concat(Ids(second)).ShouldBe(here, ignoreOrder: true);
        second["next"].ShouldBeNull();
    }

    [Fact]
    public async Task What_nobody_can_be_found_by_is_refused()
    {
        foreach (string search in new[] { "%20", new string('x', 201) })
        {
            await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/people?search={search}"), 400, "search_malformed");
        }
    }

    [Fact]
    public async Task People_from_before_there_was_a_search_are_found_when_the_service_starts_with_it()
    {
        string id = await PersonAsync("earlier", "Earlier Person", "earlier@example.org");
        await using (var connection = new NpgsqlConnection(host.Superuser))
        {
            await connection.OpenAsync();
            await using var forget = new NpgsqlCommand(
                """
                drop table identity_federation.person_search;
                delete from identity_federation.table_definition where part = 'directories'
                """, connection);
            await forget.ExecuteNonQueryAsync();
        }

        await using IdentityFederationHost next = await host.BesideAsync();

        (await FoundAsync("earlier p")).ShouldBe([id]);
        (await FoundAsync("EARLIER@")).ShouldBe([id]);
    }

    [Fact]
    public async Task A_search_reads_an_index_and_not_everybody()
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var fill = new NpgsqlCommand(
            """
            set search_path = identity_federation;
            insert into organisation_directory (id, name, kind) values ('large', 'Large', 'Hospital') on conflict do nothing;
            insert into person_directory (id, organisation, user_name_key, active, suspended, profile, version)
            select 'large-' || number, 'large', 'large.' || number, true, false, jsonb_build_object('UserName', 'large.' || number), 1
            from generate_series(1, 20000) number;
            insert into person_search (key, person) select 'large.' || number, 'large-' || number from generate_series(1, 20000) number;
            analyze person_directory; analyze person_search
            """, connection);
        await fill.ExecuteNonQueryAsync();
        await using var explain = new NpgsqlCommand(
            $"explain select id from person_directory where id > '' and {PersonSearch.Condition("$1")} order by id limit 50", connection);
        explain.Parameters.Add(new() { Value = "large.1234" });
        var plan = new List<string>();
        await using (NpgsqlDataReader lines = await explain.ExecuteReaderAsync())
        {
            while (await lines.ReadAsync())
            {
                plan.Add(lines.GetString(0));
            }
        }

        string.Join('\n', plan).ShouldContain("person_search_pkey");
        string.Join('\n', plan).ShouldNotContain("Seq Scan");
        (await FoundAsync("large.1234")).Length.ShouldBe(11);
    }

    private async Task<string> PersonAsync(string userName, string displayName, string email)
    {
        await host.OrganisationAsync();
        JsonNode? known = (await host.GetAsync($"/people?search={userName}"))["people"]!.AsArray().FirstOrDefault();
        return known?["id"]!.GetValue<string>()
            ?? await ProvisionAsync(new { userName, displayName, emails = new[] { new { value = email } } });
    }

    private async Task<string> ProvisionAsync(object profile)
    {
        using HttpResponseMessage answer = await host.PostAsync("/people", new { organisation = "hospital", profile });
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    private async Task<string[]> FoundAsync(string search, string more = "") =>
        Ids(await host.GetAsync($"/people?search={Uri.EscapeDataString(search)}{more}"));

    private static string[] Ids(JsonNode page) => [.. page["people"]!.AsArray().Select(person => person!["id"]!.GetValue<string>())];
}
