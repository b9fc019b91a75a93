using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

/// <summary>Operations of a bulk request go side by side, and it ends as if one went after the other.</summary>
public sealed class BulkRaceTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task Independent_operations_go_side_by_side_and_are_answered_in_the_order_of_the_request()
    {
        Task<JsonArray> sent;
        await using (var connection = new NpgsqlConnection(scim.Host.Superuser))
        {
            await connection.OpenAsync();
            await using NpgsqlTransaction held = await connection.BeginTransactionAsync();
            await new NpgsqlCommand("lock identity_federation.person_directory in exclusive mode", connection, held).ExecuteNonQueryAsync();
            sent = SendAsync(Enumerable.Range(0, 40).Select(number => Post($"side-{number}")));
            await Eventually.HoldsAsync(
                async () => await scim.Host.CountAsync(
                    "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") == 8,
                "eight are under way");
        }

        JsonArray answers = await sent;
        Statuses(answers).Distinct().ShouldBe(["201"]);
        answers.Select(answer => answer!["bulkId"]!.GetValue<string>())
            .ShouldBe(Enumerable.Range(0, 40).Select(number => $"side-{number}"));
    }

    [Fact]
    public async Task Of_one_user_name_twice_the_first_one_counts()
    {
        IEnumerable<JsonObject> twice = Enumerable.Range(0, 50).SelectMany(number => new[]
        {
            Post($"twice-{number}", bulkId: $"first-{number}"), Post($"TWICE-{number}", bulkId: $"second-{number}"),
        });
        Statuses(await SendAsync(twice)).ShouldBe(Enumerable.Repeat<string[]>(["201", "409"], 50).SelectMany(both => both));
    }

    [Fact]
    public async Task Two_bulks_at_once_with_the_same_people_make_each_of_them_once()
    {
        IEnumerable<JsonObject> operations = Enumerable.Range(0, 100).Select(number => Post($"both-{number}"));
        JsonArray[] both = await Task.WhenAll(SendAsync(operations), SendAsync(operations.Reverse()));
        Statuses(both[0]).Zip(Statuses(both[1]).Reverse()).Select(pair => $"{pair.First} {pair.Second}").Distinct()
            .ShouldBeSubsetOf(["201 409", "409 201"]);
        (await scim.DoAsync("GET", $"/Users?filter={Uri.EscapeDataString("userName sw \"both-\"")}"))["totalResults"]!.GetValue<int>()
            .ShouldBe(100);
    }

    [Fact]
    public async Task What_a_name_goes_through_is_as_if_one_operation_went_after_the_other()
    {
        string[] ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => scim.UserAsync($"through-{number}")));
        Statuses(await SendAsync(ids.SelectMany((id, number) => new[]
        {
            Post($"through-{number}", bulkId: $"early-{number}"),
            new JsonObject { ["method"] = "DELETE", ["path"] = $"/Users/{id}" },
            Post($"through-{number}", bulkId: $"late-{number}"),
            new JsonObject
            {
                ["method"] = "PUT", ["path"] = $"/Users/bulkId:late-{number}",
                ["data"] = new JsonObject { ["userName"] = $"other-{number}" },
            },
            Post($"through-{number}", bulkId: $"last-{number}"),
        }))).ShouldBe(Enumerable.Repeat<string[]>(["409", "204", "201", "200", "201"], 20).SelectMany(each => each));
    }

    [Fact]
    public async Task An_external_id_and_the_name_of_a_group_that_are_given_up_are_free_for_the_next_operation()
    {
        const int Count = 40;
        string[] people = [.. (await SendAsync(Enumerable.Range(0, Count).Select(number => known("first", number)))).Select(idOf)];
        string[] groups = [.. (await SendAsync(Enumerable.Range(0, Count).Select(group))).Select(idOf)];
        Statuses(await SendAsync(Enumerable.Range(0, Count).SelectMany(number => new[]
        {
            delete($"/Users/{people[number]}"), known("next", number), delete($"/Groups/{groups[number]}"), group(number),
        }))).ShouldBe(Enumerable.Repeat<string[]>(["204", "201", "204", "201"], Count).SelectMany(each => each));
        (await scim.Host.CountAsync(
            "select count(*) from identity_federation.person_directory where external_id like 'given-%' and not external_id_shared"))
            .ShouldBe(Count);

        static string idOf(JsonNode? answer) => answer!["location"]!.GetValue<string>().Split('/')[^1];
        static JsonObject delete(string path) => new() { ["method"] = "DELETE", ["path"] = path };
        static JsonObject known(string who, int number)
        {
            JsonObject operation = Post($"{who}-{number}");
            operation["data"]!["externalId"] = $"given-{number}";
            return operation;
        }

        static JsonObject group(int number) => new()
        {
            ["method"] = "POST", ["path"] = "/Groups", ["bulkId"] = $"{number}", ["data"] = new JsonObject { ["displayName"] = $"given-{number}" },
        };
    }

    [Fact]
    public async Task Changes_of_one_resource_keep_their_order()
    {
        string id = await scim.UserAsync("ordered");
        Statuses(await SendAsync(Enumerable.Range(0, 50).Select(number => new JsonObject
        {
            ["method"] = "PATCH", ["path"] = $"/Users/{id}", ["version"] = $"W/\"{number + 1}\"",
            ["data"] = new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "title", ["value"] = $"{number}" }),
        }))).Distinct().ShouldBe(["200"]);
        (await scim.DoAsync("GET", $"/Users/{id}"))["title"]!.GetValue<string>().ShouldBe("49");
    }

    [Fact]
    public async Task Groups_that_refer_to_each_other_are_refused_and_nobody_waits_for_ever()
    {
        static JsonObject group(string bulkId, string member) => new()
        {
            ["method"] = "POST", ["path"] = "/Groups", ["bulkId"] = bulkId,
            ["data"] = new JsonObject
            {
                ["displayName"] = bulkId, ["members"] = new JsonArray(new JsonObject { ["value"] = $"bulkId:{member}" }),
            },
        };
        Statuses(await SendAsync([group("r1", "r2"), group("r2", "r3"), group("r3", "r1"), group("self", "self"), Post("beside-a-ring")]))
            .ShouldBe(["409", "409", "409", "409", "201"]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    public async Task Nothing_is_done_after_the_last_error_that_is_allowed(int allowed, int answered)
    {
        JsonObject failing() => new() { ["method"] = "DELETE", ["path"] = $"/Users/{Guid.NewGuid()}" };
        JsonArray answers = await SendAsync(
            [
                .. Enumerable.Range(0, allowed).Select(_ => failing()),
                .. Enumerable.Range(0, 50).Select(number => Post($"after-{allowed}-{number}")),
            ],
            allowed);
        Statuses(answers).ShouldBe(Enumerable.Repeat("404", answered));
        (await scim.FindAsync($"userName sw \"after-{allowed}-\"")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_hangs_up_leaves_whole_people_or_none_and_the_rest_is_made_when_it_is_sent_again()
    {
        IEnumerable<JsonObject> operations = Enumerable.Range(0, 200).Select(number => Post($"hung-{number}"));
        using var hangUp = new CancellationTokenSource();
        Task cut = SendAsync(operations, ending: hangUp.Token);
        await Eventually.HoldsAsync(async () => await CountAsync("hung-") > 5, "some are made");
        await hangUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cut);
        await Eventually.HoldsAsync(
            async () => await scim.Host.CountAsync(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
                """) == 0,
            "nothing is under way");

        string[] again = [.. Statuses(await SendAsync(operations))];
        again.Count(status => status == "409").ShouldBeInRange(6, 200);
        again.Count(status => status is "201" or "409").ShouldBe(200);
        (await CountAsync("hung-")).ShouldBe(200);
        (await scim.Host.CountAsync("select count(*) from identity_federation.mt_events where data::text like '%hung-%'")).ShouldBe(200);
    }

    [Fact]
    public async Task The_position_of_the_answer_is_that_of_the_last_change()
    {
        (_, _, HttpResponseMessage answer) = await scim.SendAsync("POST", "/Bulk", new JsonObject
        {
            ["Operations"] = new JsonArray([.. Enumerable.Range(0, 30).Select(number => Post($"position-{number}"))]),
        });
        long position = long.Parse(answer.Headers.GetValues("AccessGov-Position").Single(), CultureInfo.InvariantCulture);
        position.ShouldBe(await scim.Host.CountAsync(
            """
            select max(position) from identity_federation.event_store_feed
            join identity_federation.mt_events on seq_id = sequence where data::text like '%position-%'
            """));
    }

    private static JsonObject Post(string userName, string? bulkId = null) => new()
    {
        ["method"] = "POST", ["path"] = "/Users", ["bulkId"] = bulkId ?? userName, ["data"] = new JsonObject { ["userName"] = userName },
    };

    private static IEnumerable<string> Statuses(JsonArray answers) => answers.Select(answer => answer!["status"]!.GetValue<string>());

    private async Task<JsonArray> SendAsync(IEnumerable<JsonObject> operations, int? failOnErrors = null,
        CancellationToken ending = default)
    {
        var body = new JsonObject { ["Operations"] = new JsonArray([.. operations]) };
        if (failOnErrors is not null)
        {
            body["failOnErrors"] = failOnErrors;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/scim/v2/Bulk")
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/scim+json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", scim.Host.TokenOf("tests", "scim"));
        using HttpResponseMessage answer = await scim.Host.Client.SendAsync(request, ending);
        string text = await answer.Content.ReadAsStringAsync(ending);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!["Operations"]!.AsArray();
    }

    private Task<long> CountAsync(string beginning) => scim.Host.CountAsync(
        $"select count(*) from identity_federation.person_directory where user_name_key like '{beginning}%'");
}
