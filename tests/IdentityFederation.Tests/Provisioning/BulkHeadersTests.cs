using System.Text.Json.Nodes;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

/// <summary>What the operations of a bulk request take from it, and tell it, beside their bodies.</summary>
public sealed class BulkHeadersTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task When_to_try_again_what_may_pass_is_told_and_never_without_a_reason()
    {
        (_, JsonObject refused, HttpResponseMessage whole) = await scim.SendAsync(
            "POST", "/Bulk", Bulk(Post("passes"), new() { ["method"] = "DELETE", ["path"] = "/Users/nobody" }));
        Statuses(refused).ShouldBe(["201", "404"]);
        whole.Headers.RetryAfter.ShouldBeNull();

        (_, JsonObject cut, HttpResponseMessage answer) = await CutOffAsync(
            Bulk(new() { ["method"] = "DELETE", ["path"] = "/Users/nobody" }, Post("cut-off")));
        Statuses(cut).ShouldBe(["404", "503"]);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        Statuses(await scim.DoAsync("POST", "/Bulk", Bulk(Post("cut-off")).ToJsonString())).ShouldBe(["201"], "nothing was written");
    }

    [Fact]
    public async Task Every_operation_is_recorded_with_the_address_that_the_request_came_from()
    {
        await scim.UserAsync("from-alone");
        JsonObject bulk = Bulk(Post("from-bulk-1"), Post("from-bulk-2"));
        Statuses(await scim.DoAsync("POST", "/Bulk", bulk.ToJsonString())).ShouldBe(["201", "201"]);
        (await scim.Host.CountAsync(
            """
            select count(*) from identity_federation.mt_events
            where data::text like '%from-%' and headers ->> 'source' = '127.0.0.1'
            """)).ShouldBe(3);
    }

    /// <summary>Sends it, and breaks the connections to the database that write for it.</summary>
    private async Task<(int Status, JsonObject Body, HttpResponseMessage Response)> CutOffAsync(JsonObject bulk)
    {
        await using var connection = new NpgsqlConnection(scim.Host.Superuser);
        await connection.OpenAsync();
        await using NpgsqlTransaction held = await connection.BeginTransactionAsync();
        await new NpgsqlCommand("lock identity_federation.person_directory in exclusive mode", connection, held).ExecuteNonQueryAsync();
        Task<(int Status, JsonObject Body, HttpResponseMessage Response)> sent = scim.SendAsync("POST", "/Bulk", bulk);
        await Eventually.HoldsAsync(
            async () =>
            {
                await scim.Host.CountAsync(
                    """
                    select count(pg_terminate_backend(pid)) from pg_stat_activity
                    where wait_event_type = 'Lock' and datname = current_database()
                    """);
                return sent.IsCompleted;
            },
            "what waits is cut off");
        return await sent;
    }

    private static JsonObject Bulk(params JsonObject[] operations) => new() { ["Operations"] = new JsonArray([.. operations]) };

    private static JsonObject Post(string userName) => new()
    {
        ["method"] = "POST", ["path"] = "/Users", ["bulkId"] = userName, ["data"] = new JsonObject { ["userName"] = userName },
    };

    private static IEnumerable<string> Statuses(JsonObject answer) =>
        answer["Operations"]!.AsArray().Select(one => one!["status"]!.GetValue<string>());
}
