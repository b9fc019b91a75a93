using System.Net;
using System.Text.Json.Nodes;
using static AccessGov.PolicyDecision.Tests.Certification.RecordsFixture;

namespace AccessGov.PolicyDecision.Tests.Certification;

/// <summary>The AuthZEN 1.0 certification scenario, level Search. The numbers are those of its test cases.</summary>
public abstract class SearchCertificationTests(RecordsFixture records)
{
    private const string Alice = "subject=user alice", Read = "action=read", Write = "action=write", Users = "subject=user", Records = "resource=record";
    private const string First = "resource=record record-1", Archived = "resource=record record-2 {\"status\":\"archived\"}", Admin = "subject=user bob {\"role\":\"admin\"}";
    private const string Context = "\"context\":{\"time\":\"2026-03-01T08:00-07:00\",\"ip\":\"192.168.1.1\"}";

    // The scenario asks that at least these are found; here it is exactly these.
    [Theory]
    [InlineData("c-4-2-1", "subject", "user alice, user bob", Users, Read, First)]
    [InlineData("c-4-2-2", "subject", "user alice, user bob", Users, Read, First, Context)]
    [InlineData("c-4-2-3", "subject", "user alice, user bob", Alice, Read, First)]
    [InlineData("c-4-2-4", "subject", "user bob", Users, Write, Archived)]
    [InlineData("c-4-3-1", "resource", "record record-1, record record-2", Alice, Read, Records)]
    [InlineData("c-4-3-2", "resource", "record record-1, record record-2", Alice, Read, Records, Context)]
    [InlineData("c-4-3-3", "resource", "record record-1, record record-2", Alice, Read, First)]
    [InlineData("c-4-3-4", "resource", "record record-2", Admin, Write, Records)]
    [InlineData("c-4-4-1", "action", "read, write", Alice, First)]
    [InlineData("c-4-4-2", "action", "read, write", Alice, First, Context)]
    [InlineData("c-4-4-3", "action", "read, write", Admin, Archived)]
    [InlineData("c-4-6-1", "action", "", "subject=user nobody", First)]
    [InlineData("c-4-6-1", "resource", "", "subject=user nobody", Read, Records)]
    [InlineData("c-4-6-1", "subject", "", Users, Read, "resource=record record-9")]
    [InlineData("c-4-6-2", "subject", "", "subject=spaceship", Read, First)]
    [InlineData("c-4-6-2", "resource", "", Alice, Read, "resource=spaceship")]
    [InlineData("c-4-6-2", "action", "", Alice, "resource=spaceship record-1")]
    [InlineData("c-5", "subject", "user alice, user bob", Users, Read, First, "\"other\":{\"nested\":true}")]
    public async Task A_search_finds(string name, string api, string expected, params string[] members)
    {
        (HttpStatusCode status, JsonNode? answer, _) = await records.AskAsync($"search/{api}", Body(members));

        status.ShouldBe(HttpStatusCode.OK, name);
        Results(answer!).ShouldBe(expected, name);
        answer!.AsObject().First().Key.ShouldBe("page");
        answer["page"]!["next_token"]!.GetValue<string>().ShouldBe("");
    }

    [Theory]
    [InlineData("c-4-7-1", "subject", Users, First)]
    [InlineData("c-4-7-1", "resource", Read, Records)]
    [InlineData("c-4-7-1", "action", Alice)]
    [InlineData("c-4-7-2", "subject", Users, Read, Records)]
    [InlineData("c-4-7-2", "resource", Users, Read, Records)]
    [InlineData("c-4-7-2", "action", Users, First)]
    public async Task A_search_that_names_too_little_is_400(string name, string api, params string[] members) =>
        (await records.AskAsync($"search/{api}", Body(members))).Status.ShouldBe(HttpStatusCode.BadRequest, name);

    [Fact]
    public async Task Pages_follow_each_other_by_their_tokens_alone()
    {
        (_, JsonNode? first, _) = await records.AskAsync("search/subject", Body(Users, Read, First, "\"page\":{\"limit\":1}"));
        string token = first!["page"]!["next_token"]!.GetValue<string>();
        token.ShouldNotBeEmpty("c-4-5-1");

        (_, JsonNode? second, _) = await records.AskAsync("search/subject", Body(Users, Read, First, $"\"page\":{{\"token\":\"{token}\"}}"));

        Results(first).ShouldBe("user alice", "c-4-5-1");
        Results(second!).ShouldBe("user bob", "c-4-5-2");
        second!["page"]!["next_token"]!.GetValue<string>().ShouldBe("", "c-4-5-3");
        (second["page"]!["count"]!.GetValue<int>(), second["page"]!["total"]!.GetValue<int>()).ShouldBe((1, 2));
    }

    private static string Results(JsonNode answer) => string.Join(", ", answer["results"]!.AsArray().Select(result =>
        result!.AsObject().ContainsKey("name") ? result["name"]!.GetValue<string>() : $"{result["type"]} {result["id"]}"));
}

public sealed class StandaloneSearchCertificationTests(StandaloneRecords records) : SearchCertificationTests(records), IClassFixture<StandaloneRecords>;

public sealed class HospitalSearchCertificationTests(HospitalRecords records) : SearchCertificationTests(records), IClassFixture<HospitalRecords>;
