using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Provisioning;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

public sealed class ListTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task The_requests_of_real_clients_find_a_user()
    {
        await scim.UserAsync("okta@hospital.example");

        JsonObject found = await scim.DoAsync("GET", "/Users?filter=userName eq %22OKTA@hospital.example%22&startIndex=1&count=100");
        found["totalResults"]!.GetValue<int>().ShouldBe(1);
        found["itemsPerPage"]!.GetValue<int>().ShouldBe(1);
        found["startIndex"]!.GetValue<int>().ShouldBe(1);
        found["schemas"]![0]!.GetValue<string>().ShouldBe("urn:ietf:params:scim:api:messages:2.0:ListResponse");
        (await scim.DoAsync("GET", "/Users?filter=userName%20eq%20%22nobody%22"))["Resources"]!.AsArray().ShouldBeEmpty();
        (await scim.DoAsync("POST", "/Users/.search",
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"okta@hospital.example\"","attributes":["userName"],"count":1}"""))
            ["Resources"]!.ToJsonString().ShouldContain("okta@hospital.example");
        (await scim.FindAsync("userName eq \"a\\\"b\"")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        for (int number = 0; number < 5; number++)
        {
            await scim.UserAsync($"page-{number}", $"\"title\":\"{(char)('e' - number)}\"");
        }

        const string filter = "filter=userName%20sw%20%22page-%22";
        JsonObject page = await scim.DoAsync("GET", $"/Users?{filter}&startIndex=2&count=2");
        (page["totalResults"]!.GetValue<int>(), page["startIndex"]!.GetValue<int>(), page["itemsPerPage"]!.GetValue<int>()).ShouldBe(
            (5, 2, 2));
        Names(page).ShouldBe(["page-1", "page-2"]);
        Names(await scim.DoAsync("GET", $"/Users?{filter}&sortBy=title")).ShouldBe(["page-4", "page-3", "page-2", "page-1", "page-0"]);
        Names(await scim.DoAsync("GET", $"/Users?{filter}&sortBy=title&sortOrder=descending&count=1")).ShouldBe(["page-0"]);
        JsonObject none = await scim.DoAsync("GET", $"/Users?{filter}&count=0");
        (none["totalResults"]!.GetValue<int>(), none["Resources"]!.AsArray().Count).ShouldBe((5, 0));
        (await scim.DoAsync("GET", $"/Users?{filter}&count=-3&startIndex=-7"))["startIndex"]!.GetValue<int>().ShouldBe(1);
        JsonObject beyond = await scim.DoAsync("GET", $"/Users?{filter}&startIndex=100");
        (beyond["totalResults"]!.GetValue<int>(), beyond["Resources"]!.AsArray().Count).ShouldBe((5, 0));
        await scim.RefusedAsync("GET", "/Users?count=many", null, 400, "invalidValue");
        await scim.RefusedAsync("GET", "/Users?sortBy=nothing", null, 400, "invalidPath");
        await scim.RefusedAsync("GET", "/Users?filter=nothing%20eq%201", null, 400, "invalidFilter");
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_returned()
    {
        string id = await scim.UserAsync("shown", $$"""
            "displayName":"D","name":{"givenName":"G","familyName":"F"},"emails":[{"value":"a@b.example","type":"work"}],"{{ScimClient.Enterprise}}":{"department":"R","division":"V"}
            """);

        JsonObject filtered = await scim.DoAsync("GET", $"/Users/{id}?attributes=emails%5Btype%20eq%20%22work%22%5D");
        filtered.Select(member => member.Key).ShouldBe(["schemas", "id", "emails"]);
        JsonObject some = await scim.DoAsync(
            "GET", $"/Users/{id}?attributes=displayname,name.givenName,emails.value,{ScimClient.Enterprise}:department,nothing");
        some.Select(member => member.Key).ShouldBe(["schemas", "id", "displayName", "name", "emails", ScimClient.Enterprise]);
        some["name"]!.ToJsonString().ShouldBe("""{"givenName":"G"}""");
        some["emails"]!.ToJsonString().ShouldBe("""[{"value":"a@b.example"}]""");
        some[ScimClient.Enterprise]!.ToJsonString().ShouldBe("""{"department":"R"}""");
        JsonObject rest = await scim.DoAsync("GET", $"/Users/{id}?excludedAttributes=id,displayName,name.givenName,meta,groups");
        (rest.ContainsKey("id"), rest.ContainsKey("displayName"), rest.ContainsKey("meta")).ShouldBe((true, false, false));
        rest["name"]!.ToJsonString().ShouldBe("""{"familyName":"F"}""");
    }

    [Fact]
    public async Task A_user_name_is_found_by_its_index()
    {
        await using var connection = new NpgsqlConnection(scim.Host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand { Connection = connection };
        command.Parameters.Add(new() { Value = "hospital" });
        var filter = ScimFilterReader.Parse("userName eq \"Somebody\"", ScimSchemas.User);
        string condition = new ScimFilterSql(ScimTables.Users.Columns, command.Parameters).Whole(filter)!;
        command.CommandText = $"set enable_seqscan = off; set search_path to identity_federation";
        command.Parameters.Clear();
        await command.ExecuteNonQueryAsync();
        command.CommandText = $"explain select id from person_directory where organisation = $1 and {condition}";
        command.Parameters.Add(new() { Value = "hospital" });
        command.Parameters.Add(new() { Value = "Somebody" });
        IReadOnlyList<string> plan = await ReadModelRows.ReadAsync(command, row => row.GetString(0), CancellationToken.None);
        plan[0].ShouldContain("Index Scan using person_user_name");
    }

    [Theory]
    [InlineData("10,000 parentheses")]
    [InlineData("a megabyte")]
    public async Task A_hostile_search_is_refused(string kind)
    {
        string filter = kind == "a megabyte" ? new string('a', 1_000_000) : new string('(', 10_000);
        await scim.RefusedAsync("POST", "/Users/.search", new JsonObject { ["filter"] = filter }.ToJsonString(), 400, "invalidFilter");
    }

    [Fact]
    public async Task The_database_and_the_memory_find_the_same()
    {
        var random = new Random(20260513);
        string[] words = ["alpha", "Beta", "BETA", "gamma ray", "Ärzte", "x%_y", "a\"b", "delta"];
        string Word() => words[random.Next(words.Length)];
        for (int number = 0; number < 40; number++)
        {
            var user = new JsonObject { ["userName"] = $"{Word()}-{number}", ["active"] = random.Next(2) == 0 };
            Maybe("displayName");
            Maybe("title");
            if (random.Next(3) > 0)
            {
                user["externalId"] = $"{Word()}-{number % 39}-{random.Next(1_000)}-{number}";
                user["emails"] = new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(JsonNode (place) => new JsonObject
                {
                    ["value"] = Word(), ["type"] = random.Next(2) == 0 ? "work" : "home", ["primary"] = random.Next(2) == 0 && place == 0,
                })]);
                user[ScimClient.Enterprise] = new JsonObject { ["department"] = Word() };
            }

            await scim.DoAsync("POST", "/Users", user.ToJsonString());

            void Maybe(string name) => user[name] = random.Next(3) == 0 ? null : Word();
        }

        JsonObject[] all = [.. (await scim.DoAsync("GET", "/Users?count=200"))["Resources"]!.AsArray().Select(one => one!.AsObject())];
        string middle = all[all.Length / 2]["meta"]!["lastModified"]!.GetValue<string>();
        string[] paths = ["userName", "displayName", "title", "externalId", "emails", "emails.type", "emails[type eq \"work\"].value",
            $"{ScimClient.Enterprise}:department", "nickName"];
        string[] operators = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];
        int pushed = 0;
        for (int round = 0; round < 150; round++)
        {
            string text = Filter(3);
            ScimFilter filter = ScimFilterReader.Parse(text, ScimSchemas.User);
            pushed += new ScimFilterSql(ScimTables.Users.Columns, new NpgsqlCommand().Parameters).Whole(filter) is null ? 0 : 1;
            string[] expected = [.. all.Where(filter.Matches).Select(one => one["id"]!.GetValue<string>())];
            JsonObject found = await scim.DoAsync(
                "POST", "/Users/.search", new JsonObject { ["filter"] = text, ["count"] = 200 }.ToJsonString());
            found["Resources"]!.AsArray().Select(one => one!["id"]!.GetValue<string>()).ShouldBe(expected, text);
        }

        pushed.ShouldBeInRange(60, 149);

        string Filter(int depth) => (depth == 0 ? 0 : random.Next(6)) switch
        {
            1 => $"({Filter(depth - 1)} and {Filter(depth - 1)})",
            2 => $"({Filter(depth - 1)} or {Filter(depth - 1)})",
            3 => $"not ({Filter(depth - 1)})",
            4 => $"emails[type {operators[random.Next(2)]} \"work\" and value {operators[random.Next(9)]} {Literal()}]",
            _ => random.Next(8) switch
            {
                0 => $"active {operators[random.Next(2)]} {(random.Next(2) == 0 ? "true" : "false")}",
                1 => $"meta.lastModified {operators[random.Next(2) == 0 ? random.Next(2) : 5 + random.Next(4)]} \"{middle}\"",
                2 => $"{paths[random.Next(paths.Length)]} pr",
                3 => $"emails[primary eq {(random.Next(2) == 0 ? "true" : "false")}]",
                4 => $"{paths[random.Next(paths.Length)]} {operators[random.Next(2)]} null",
                _ => $"{paths[random.Next(paths.Length - (random.Next(3) > 0 ? 1 : 0))]} {operators[random.Next(9)]} {Literal()}",
            },
        };

        string Literal() =>
            JsonValue.Create(random.Next(3) == 0 ? Word()[..1] : random.Next(2) == 0 ? Word().ToUpperInvariant() : Word()).ToJsonString();
    }

    [Fact]
    public async Task A_search_goes_over_all_kinds()
    {
        await scim.UserAsync("everywhere-user", "\"displayName\":\"Everywhere U\"");
        await scim.DoAsync("POST", "/Groups", """{"displayName":"Everywhere G"}""");

        JsonObject all = await scim.DoAsync("POST", "/.search", """{"filter":"displayName sw \"everywhere\""}""");
        all["Resources"]!.AsArray().Select(one => one!["meta"]!["resourceType"]!.GetValue<string>()).ShouldBe(["User", "Group"]);
        JsonObject second = await scim.DoAsync(
            "POST", "/.search", """{"filter":"displayName sw \"everywhere\"","startIndex":2,"count":1}""");
        second["totalResults"]!.GetValue<int>().ShouldBe(2);
        second["Resources"]![0]!["displayName"]!.GetValue<string>().ShouldBe("Everywhere G");
        (await scim.DoAsync("POST", "/.search", """{"filter":"userName eq \"everywhere-user\""}"""))["totalResults"]!.GetValue<int>()
            .ShouldBe(1);
        await scim.RefusedAsync("POST", "/.search", """{"filter":"nothing pr"}""", 400, "invalidFilter");
    }

    [Fact]
    public async Task Another_version_of_the_protocol_is_refused()
    {
        using HttpResponseMessage refused = await scim.Host.SendAsync(
            HttpMethod.Get, "/scim/v1/Users", null, scim.Host.TokenOf("tests", "scim"));
        ((int)refused.StatusCode).ShouldBe(400);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("invalidVers");
    }

    private static string[] Names(JsonObject list) => [.. list["Resources"]!.AsArray().Select(one => one!["userName"]!.GetValue<string>())];
}
