using System.Net;
using System.Text.Json.Nodes;
using static AccessGov.PolicyDecision.Tests.Certification.RecordsFixture;

namespace AccessGov.PolicyDecision.Tests.Certification;

/// <summary>The AuthZEN 1.0 certification scenario, levels Basic and Batch. The numbers are those of its test cases.</summary>
public abstract class EvaluationCertificationTests(RecordsFixture records)
{
    private const string Alice = "subject=user alice", Bob = "subject=user bob", Read = "action=read", Write = "action=write";
    private const string First = "resource=record record-1", Second = "resource=record record-2", Archived = "resource=record record-2 {\"status\":\"archived\"}";
    private const string Active = "resource=record record-1 {\"status\":\"active\"}", Admin = "subject=user bob {\"role\":\"admin\"}";
    private const string Context = "\"context\":{\"time\":\"2026-03-01T08:00-07:00\",\"ip\":\"192.168.1.1\"}";

    [Theory]
    [InlineData("c-1-4 rule 2", true, Alice, Write, First)]
    [InlineData("c-1-4 rule 3", true, Bob, Read, First)]
    [InlineData("c-2-2-1", true, Alice, Read, First)]
    [InlineData("c-2-2-2", false, Bob, Write, First)]
    [InlineData("c-2-2-3", true, Alice, Read, First, Context)]
    [InlineData("c-2-2-4", false, Alice, Write, Archived)]
    [InlineData("c-2-2-5", true, Admin, Write, Archived)]
    [InlineData("c-2-2-6", true, Alice, "action=delete {\"soft\":true}", First)]
    [InlineData("c-2-2-7", false, Alice, "action=delete {\"soft\":false}", First)]
    [InlineData("c-2-2-8", true, "subject=user alice {\"department\":\"Sales\",\"role\":\"manager\"}", "action=read {\"method\":\"GET\"}",
        "resource=record record-1 {\"status\":\"active\",\"owner\":\"bob\"}")]
    [InlineData("c-2-2-9", true, Alice, Read, First, "\"other\":\"x\"", "\"later\":{\"nested\":true}")]
    public async Task A_request_is_decided(string name, bool decision, params string[] members)
    {
        // The last of them is c-2-6: the same answer every time.
        for (int i = 0; i < 3; i++)
        {
            (_, JsonNode? answer, _) = await records.AskAsync("evaluation", Body(members));
            answer!["decision"]!.GetValue<bool>().ShouldBe(decision, name);
            answer["context"].ShouldBeOfType<JsonObject>();
        }
    }

    [Theory]
    [InlineData("c-2-4-1", Read, First)]
    [InlineData("c-2-4-1", Alice, First)]
    [InlineData("c-2-4-1", Alice, Read)]
    [InlineData("c-2-4-2", "\"subject\":{\"id\":\"alice\"}", Read, First)]
    [InlineData("c-2-4-2", "subject=user", Read, First)]
    [InlineData("c-2-4-2", Alice, "\"action\":{}", First)]
    [InlineData("c-2-4-2", Alice, Read, "\"resource\":{\"id\":\"record-1\"}")]
    [InlineData("c-2-4-2", Alice, Read, "resource=record")]
    [InlineData("c-2-4-6", "\"subject\":\"alice\"", Read, First)]
    [InlineData("c-2-4-6", Alice, "\"action\":{\"name\":123}", First)]
    public async Task What_is_no_request_is_400(string name, params string[] members) =>
        (await records.AskAsync("evaluation", Body(members))).Status.ShouldBe(HttpStatusCode.BadRequest, name);

    [Theory]
    [InlineData("c-2-4-3", "{\"subject\":{\"type\":\"user\",\"id\":\"alice\"},\"action\":{\"name\":\"read\"},\"resource\":{\"type\":\"record\",\"id\":\"record-1\"}}", "text/plain")]
    [InlineData("c-2-4-4", "{\"subject\":", "application/json")]
    [InlineData("c-2-4-5", "", "application/json")]
    public async Task What_is_no_JSON_is_400(string name, string body, string contentType) =>
        (await records.AskAsync("evaluation", body, contentType)).Status.ShouldBe(HttpStatusCode.BadRequest, name);

    [Theory]
    [InlineData("evaluation", Alice, Read, First)]
    [InlineData("evaluations", Alice, Read, First, "\"evaluations\":[{}]")]
    [InlineData("search/subject", "subject=user", Read, First)]
    [InlineData("search/resource", Alice, Read, "resource=record")]
    [InlineData("search/action", Alice, First)]
    public async Task The_request_id_comes_back_and_may_be_left_out(string api, params string[] members)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/access/v1/{api}", UriKind.Relative));
        request.Content = new StringContent(Body(members), System.Text.Encoding.UTF8, "application/json");
        request.Headers.Add("X-Request-ID", "c-2-5-1");

        using HttpResponseMessage with = await records.Client.SendAsync(request);
        (HttpStatusCode without, _, _) = await records.AskAsync(api, Body(members));

        with.Headers.GetValues("X-Request-ID").ShouldBe(["c-2-5-1"]);
        without.ShouldBe(HttpStatusCode.OK, "c-2-5-2");
    }

    [Theory]
    [InlineData("c-3-2-1", "true true", Alice, Read, First, "|", Second)]
    [InlineData("c-3-2-2", "true false", Bob, First, "|", Read, "|", Write)]
    [InlineData("c-3-2-3", "true false", Alice, Write, "|", Active, "|", Archived)]
    [InlineData("c-3-2-4", "false true", Write, Archived, "|", Alice, "|", Admin)]
    [InlineData("c-3-2-5", "true false", "|", Alice, Read, First, "|", Bob, Write, First)]
    [InlineData("c-3-2-6", "true true", Alice, Read, Context, "|", First, "|", Second, "\"context\":{\"source\":\"item\"}")]
    [InlineData("c-3-2-7", "true false", Alice, Write, Active, "|", "|", Archived)]
    [InlineData("c-3-4-1", "true false", Alice, Read, "\"options\":{\"evaluations_semantic\":\"execute_all\"}", "|", First, "|")]
    public async Task A_batch_is_answered_item_by_item_in_order(string name, string decisions, params string[] members)
    {
        string[][] groups = [.. string.Join('\n', members).Split('|').Select(group => group.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        // The first case has its first item's resource as the default, so that there is an item without one.
        string[] items = [.. (name == "c-3-2-1" ? groups.Prepend([]) : groups).Skip(1).Select(group => Body(group))];

        (_, JsonNode? answer, _) = await records.AskAsync("evaluations", Body([.. groups[0], $"\"evaluations\":[{string.Join(',', items)}]"]));

        answer!.AsObject().ContainsKey("decision").ShouldBeFalse(name);
        JsonArray answers = answer["evaluations"]!.AsArray();
        string.Join(' ', answers.Select(item => item!["decision"]!.GetValue<bool>() ? "true" : "false")).ShouldBe(decisions, name);
    }

    [Theory]
    [InlineData("c-3-4-2")]
    [InlineData("c-3-4-3", "\"evaluations\":[]")]
    public async Task Without_items_a_batch_is_one_evaluation(string name, params string[] more)
    {
        (_, JsonNode? answer, _) = await records.AskAsync("evaluations", Body([Alice, Read, First, .. more]));

        answer!["decision"]!.GetValue<bool>().ShouldBeTrue(name);
    }
}

public sealed class StandaloneEvaluationCertificationTests(StandaloneRecords records) : EvaluationCertificationTests(records), IClassFixture<StandaloneRecords>;

public sealed class HospitalEvaluationCertificationTests(HospitalRecords records) : EvaluationCertificationTests(records), IClassFixture<HospitalRecords>
{
    [Theory]
    [InlineData(true, "subject=user bob {\"role\":\"admin\"}", "action=write", "resource=record record-2 {\"status\":\"archived\"}")]
    [InlineData(false, "subject=user alice", "action=write", "resource=record record-2 {\"status\":\"archived\"}")]
    [InlineData(true, "subject=user alice", "action=delete {\"soft\":true}", "resource=record record-1")]
    public async Task A_decision_is_in_the_journal_and_comes_out_the_same_when_it_is_explained(bool decision, params string[] members)
    {
        (_, JsonNode? answer, _) = await records.AskAsync("evaluation", Body(members));
        string explained = $$"""{"evaluation_id":"{{answer!["context"]!["evaluation_id"]}}"}""";

        using HttpResponseMessage response = await records.Host.SendAsync(HttpMethod.Post, "/explain", explained, records.Host.Token("decisions.explain"));

        string text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        JsonNode explanation = JsonNode.Parse(text)!;
        (explanation["decision"]!.GetValue<bool>(), explanation["recorded"]!["sameDecision"]!.GetValue<bool>()).ShouldBe((decision, true), text);
    }
}
