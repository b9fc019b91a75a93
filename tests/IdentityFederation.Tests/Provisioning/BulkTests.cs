using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

public sealed class BulkTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task A_group_refers_to_users_that_are_made_after_it()
    {
        JsonArray answers = await BulkAsync("""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
              {"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"Bulk","members":[{"value":"bulkId:a"},{"value":"bulkId:b"}]}},
              {"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"bulk-a"}},
              {"method":"POST","path":"/Users","bulkId":"b","data":{"userName":"bulk-b"}},
              {"method":"PATCH","path":"/Users/bulkId:a","data":{"Operations":[{"op":"replace","path":"title","value":"T"}]}}]}
            """);

        answers.Select(answer => answer!["status"]!.GetValue<string>()).ShouldBe(["201", "201", "201", "200"], answers.ToJsonString());
        string group = answers[0]!["location"]!.GetValue<string>().Replace("https://identity.test/scim/v2", "", StringComparison.Ordinal);
        (await scim.DoAsync("GET", group))["members"]!.AsArray().Count.ShouldBe(2);
        answers[3]!["version"]!.GetValue<string>().ShouldBe("W/\"2\"");
        answers[1]!["bulkId"]!.GetValue<string>().ShouldBe("a");
    }

    [Fact]
    public async Task Errors_are_told_one_by_one_until_there_are_too_many()
    {
        const string operations = """
            "Operations":[
              {"method":"POST","path":"/Users","bulkId":"1","data":{"userName":"fail-1"}},
              {"method":"DELETE","path":"/Users/nobody"},
              {"method":"POST","path":"/Users","bulkId":"2","data":{"userName":"FAIL-1"}},
              {"method":"POST","path":"/Groups","bulkId":"3","data":{"displayName":"x","members":[{"value":"bulkId:unknown"}]}},
              {"method":"GET","path":"/Users"},
              {"method":"PUT","path":"/Nothing/1","data":{}},
              {"method":"POST","path":"/Users","bulkId":"4","data":{"userName":"fail-2"}}]
            """;
        JsonArray stopped = await BulkAsync($$"""{"failOnErrors":2,{{operations}}}""");
        stopped.Select(answer => answer!["status"]!.GetValue<string>()).ShouldBe(["201", "404", "409"]);
        stopped[2]!["response"]!["scimType"]!.GetValue<string>().ShouldBe("uniqueness");

        JsonArray all = await BulkAsync($$"""{{{operations}}}""");
        all.Select(answer => answer!["status"]!.GetValue<string>()).ShouldBe(["409", "404", "409", "409", "400", "404", "201"]);
    }

    [Fact]
    public async Task Operations_carry_their_own_tags()
    {
        string id = await scim.UserAsync("bulk-tagged");
        JsonArray answers = await BulkAsync($$"""
            {"Operations":[{"method":"PUT","path":"/Users/{{id}}","version":"W/\"9\"","data":{"userName":"bulk-tagged","title":"T"} },
            {"method":"DELETE","path":"/Users/{{id}}","version":"W/\"1\""}]}
            """);
        answers.Select(answer => answer!["status"]!.GetValue<string>()).ShouldBe(["412", "204"]);
        answers.ShouldAllBe(answer => answer!["location"]!.GetValue<string>() == $"https://identity.test/scim/v2/Users/{id}");
    }

    [Fact]
    public async Task A_patch_may_be_its_operations_alone()
    {
        string id = await scim.UserAsync("bulk-patch", "\"nickName\":\"N\"");
        JsonArray answers = await BulkAsync(
            $$"""{"Operations":[{"method":"PATCH","path":"/Users/{{id}}","data":[{"op":"remove","path":"nickName"},{"op":"add","path":"title","value":"T"}]}]}""");
        answers[0]!["status"]!.GetValue<string>().ShouldBe("200", answers.ToJsonString());
        JsonObject user = await scim.DoAsync("GET", $"/Users/{id}");
        (user.ContainsKey("nickName"), user["title"]!.GetValue<string>()).ShouldBe((false, "T"));
    }

    [Fact]
    public async Task A_repeated_bulk_with_its_key_makes_nobody_twice()
    {
        var body = new JsonObject { ["Operations"] = new JsonArray([.. Enumerable.Range(0, 12).Select(number => Post($"{number}", $"key-{number:00}"))]) };

        // As long as a key may be.
        string key = new('k', 200);
        JsonObject first = (await scim.SendAsync("POST", "/Bulk", body.DeepClone(), headers: ("Idempotency-Key", key))).Body;
        JsonObject second = (await scim.SendAsync("POST", "/Bulk", body.DeepClone(), headers: ("Idempotency-Key", key))).Body;
        second.ToJsonString().ShouldBe(first.ToJsonString());
        (await scim.FindAsync("userName sw \"key-\"")).Order().ShouldBe(Enumerable.Range(0, 12).Select(number => $"key-{number:00}"));
        first["Operations"]!.AsArray().Select(answer => answer!["status"]!.GetValue<string>()).ShouldAllBe(status => status == "201");
    }

    [Theory]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"bad","data":{"userName":"nul\u0000"}}""")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":{},"data":{"userName":"odd"}}""")]
    [InlineData("""{"method":"POST","path":["/Users"],"bulkId":"bad","data":{"userName":"odd"}}""")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"bad","data":"text"}""")]
    public async Task An_operation_that_cannot_be_read_is_refused_by_itself(string operation)
    {
        var body = new JsonObject
        {
            ["Operations"] = new JsonArray(Post("a", $"beside-{Guid.NewGuid():n}"), JsonNode.Parse(operation), Post("c", $"beside-{Guid.NewGuid():n}")),
        };
        (await scim.DoAsync("POST", "/Bulk", body.ToJsonString()))["Operations"]!.AsArray()
            .Select(answer => answer!["status"]!.GetValue<string>()).ShouldBe(["201", "400", "201"]);
    }

    [Fact]
    public async Task A_bulkId_stands_for_one_resource()
    {
        var body = new JsonObject { ["Operations"] = new JsonArray(Post("1", "twin-1"), Post("1", "twin-2")) };
        (await scim.SendAsync("POST", "/Bulk", body)).Status.ShouldBe(400);
        (await scim.FindAsync("userName sw \"twin-\"")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_not_made_is_nowhere()
    {
        JsonNode answer = (await BulkAsync("""{"Operations":[{"method":"PUT","path":"/Users/bulkId:nobody","data":{"userName":"nobody"}}]}"""))[0]!;
        answer["status"]!.GetValue<string>().ShouldBe("409");
        answer["location"].ShouldBeNull();
    }

    [Fact]
    public async Task Too_much_at_once_is_refused()
    {
        var operations = new JsonArray(
            [.. Enumerable.Range(0, 1_001).Select(JsonNode (_) => new JsonObject { ["method"] = "DELETE", ["path"] = "/Users/x" })]);
        (await scim.SendAsync("POST", "/Bulk", new JsonObject { ["Operations"] = operations })).Status.ShouldBe(413);

        // The refusal comes before the body is sent: whoever is still sending then may see only that the connection is cut.
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan });
        using var large = new HttpRequestMessage(HttpMethod.Post, new Uri(scim.Host.Client.BaseAddress!, "/scim/v2/Bulk"))
        {
            Content = new StringContent(new string('x', 1_100_000), Encoding.UTF8, "application/scim+json"),
        };
        large.Headers.ExpectContinue = true;
        large.Headers.Authorization = new AuthenticationHeaderValue("Bearer", scim.Host.TokenOf("tests", "scim"));
        using HttpResponseMessage tooLarge = await patient.SendAsync(large);
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        tooLarge.Content.Headers.ContentType!.MediaType.ShouldBe("application/scim+json");
        (await scim.SendAsync("POST", "/Bulk", "{}")).Status.ShouldBe(400);
    }

    private static JsonNode Post(string bulkId, string userName) => new JsonObject
    {
        ["method"] = "POST", ["path"] = "/Users", ["bulkId"] = bulkId, ["data"] = new JsonObject { ["userName"] = userName },
    };

    private async Task<JsonArray> BulkAsync(string json) => (await scim.DoAsync("POST", "/Bulk", json))["Operations"]!.AsArray();
}
