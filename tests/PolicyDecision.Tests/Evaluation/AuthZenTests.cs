using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AccessGov.PolicyDecision.Tests.Standalone;

namespace AccessGov.PolicyDecision.Tests.Evaluation;

public sealed class AuthZenTests
{
    private const string Policies = """permit (principal == user::"alice", action == Action::"read", resource); permit (principal == user::"alice", action == Action::"write", resource == record::"1");""";
    private const string Alice = "\"subject\":{\"type\":\"user\",\"id\":\"alice\"}";
    private const string Read = "\"action\":{\"name\":\"read\"}";
    private const string Record = "\"resource\":{\"type\":\"record\",\"id\":\"1\"}";

    [Theory]
    [InlineData("", "body_malformed")]
    [InlineData("{", "body_malformed")]
    [InlineData("[]", "request_malformed")]
    [InlineData("null", "request_malformed")]
    [InlineData("{}", "request_malformed")]
    [InlineData("{" + Alice + "," + Read + "}", "request_malformed")]
    [InlineData("{" + Alice + "," + Record + "}", "request_malformed")]
    [InlineData("{" + Read + "," + Record + "}", "request_malformed")]
    [InlineData("{\"subject\":\"alice\"," + Read + "," + Record + "}", "request_malformed")]
    [InlineData("{\"subject\":{\"type\":\"user\"}," + Read + "," + Record + "}", "request_malformed")]
    [InlineData("{\"subject\":{\"type\":\"user\",\"id\":7}," + Read + "," + Record + "}", "request_malformed")]
    [InlineData("{" + Alice + ",\"action\":{\"name\":[\"read\"]}," + Record + "}", "request_malformed")]
    [InlineData("{" + Alice + ",\"action\":\"read\"," + Record + "}", "request_malformed")]
    [InlineData("{" + Alice + "," + Read + "," + Record + ",\"context\":[]}", "request_malformed")]
    [InlineData("{" + Alice + "," + Alice + "," + Read + "," + Record + "}", "body_malformed")]
    [InlineData("{" + Alice + "," + Read + "," + Record + ",\"context\":{\"a\":1,\"a\":2}}", "body_malformed")]
    [InlineData("{" + Alice + "," + Read + "," + Record + ",\"context\":{\"a\":\"\\ud800\"}}", "body_malformed")]
    [InlineData("{" + Alice + "," + Read + "," + Record + ",\"ignored\":{\"\\udc00\":1}}", "body_malformed")]
    [InlineData("{" + Alice + "," + Read + "," + Record + ",\"ignored\":1e400}", "body_malformed")]
    [InlineData("{" + Alice + "," + Read + "," + Record + "} x", "body_malformed")]
    public async Task What_is_no_request_is_answered_with_400_a_code_and_a_sentence(string body, string code)
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);

        using HttpResponseMessage response = await point.PostAsync(body);

        ((int)response.StatusCode).ShouldBe(400);
        response.Headers.GetValues("AccessGov-Error").ShouldBe([code]);
        string sentence = await response.Content.ReadAsStringAsync();
        sentence.Length.ShouldBeInRange(10, 300);
        sentence.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Members_that_are_unknown_are_ignored_and_their_order_does_not_matter()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);

        (await point.DecisionAsync("{\"x\":[1.5,null]," + Record + "," + Read + "," + Alice + "}")).ShouldBeTrue();
        (await point.DecisionAsync("{" + Alice + ",\"action\":{\"name\":\"\\u0072ead\"}," + Record + ",\"context\":null}")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("text/plain", 400)]
    [InlineData("application/jsonx", 400)]
    [InlineData("application/json; charset=latin1", 400)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/json;charset=\"UTF-8\"", 200)]
    [InlineData("application/json", 200)]
    public async Task Only_JSON_in_UTF_8_is_taken(string contentType, int status)
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);

        using HttpResponseMessage response = await point.PostAsync("{" + Alice + "," + Read + "," + Record + "}", contentType: contentType);

        ((int)response.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_refused()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);
        byte[] body = Encoding.UTF8.GetBytes("{" + Alice + "," + Read + "," + Record + ",\"context\":{\"a\":\"?\"}}");
        body[Array.LastIndexOf(body, (byte)'?')] = 0xC0;

        using HttpResponseMessage response = await point.PostAsync(body, "/access/v1/evaluation", "application/json");

        ((int)response.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task Deep_and_large_bodies_are_refused_and_the_connection_goes_on()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);

        using HttpResponseMessage deep = await point.PostAsync(new string('[', 200) + new string(']', 200));

        // A client that does not wait for leave to send may find its connection reset before it has read the answer.
        using var upload = new HttpRequestMessage(HttpMethod.Post, "/access/v1/evaluation");
        upload.Content = new StringContent("{\"x\":\"" + new string('a', 2_000_000) + "\"}", Encoding.UTF8, "application/json");
        upload.Headers.ExpectContinue = true;
        using HttpResponseMessage large = await point.Client.SendAsync(upload);

        ((int)deep.StatusCode).ShouldBe(400);
        (await deep.Content.ReadAsStringAsync()).ShouldContain("32");
        ((int)large.StatusCode).ShouldBe(413);
        (await point.DecisionAsync("{" + Alice + "," + Read + "," + Record + "}")).ShouldBeTrue();
    }

    [Fact]
    public async Task The_request_id_is_echoed_also_on_errors()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);
        point.Client.DefaultRequestHeaders.Add("X-Request-ID", "bfe9eb29-ab87");

        using HttpResponseMessage good = await point.PostAsync("{" + Alice + "," + Read + "," + Record + "}");
        using HttpResponseMessage bad = await point.PostAsync("{");

        good.Headers.GetValues("X-Request-ID").ShouldBe(["bfe9eb29-ab87"]);
        bad.Headers.GetValues("X-Request-ID").ShouldBe(["bfe9eb29-ab87"]);
        good.Headers.CacheControl.ShouldNotBeNull().NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task An_item_of_a_batch_replaces_whole_defaults_and_keeps_its_place()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);

        bool?[] decisions = await EvaluationsAsync(point, "{" + Alice + "," + Read + ",\"evaluations\":[{" + Record + "},{\"action\":{\"name\":\"write\"}," + Record
            + "},{\"subject\":{\"type\":\"user\"}," + Record + "},{\"resource\":{\"type\":\"record\",\"id\":\"2\"},\"action\":{\"name\":\"write\"}},7]}");

        decisions.ShouldBe([true, true, false, false, false]);
    }

    [Theory]
    [InlineData("execute_all", new[] { true, false, true })]
    [InlineData("deny_on_first_deny", new[] { true, false })]
    [InlineData("permit_on_first_permit", new[] { true })]
    public async Task The_semantic_says_which_item_is_the_last(string semantic, bool[] expected)
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);

        bool?[] decisions = await EvaluationsAsync(point, "{" + Alice + "," + Record + ",\"options\":{\"evaluations_semantic\":\"" + semantic
            + "\"},\"evaluations\":[{" + Read + "},{\"action\":{\"name\":\"delete\"}},{" + Read + "}]}");

        decisions.ShouldBe(expected.Select(decision => (bool?)decision));
    }

    [Theory]
    [InlineData("\"options\":{\"evaluations_semantic\":\"first\"},\"evaluations\":[{}]", "semantic_unknown")]
    [InlineData("\"options\":7,\"evaluations\":[{}]", "semantic_unknown")]
    [InlineData("\"evaluations\":{}", "request_malformed")]
    public async Task A_batch_that_cannot_be_meant_is_refused_whole(string members, string code)
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);

        using HttpResponseMessage response = await point.PostAsync("{" + Alice + "," + Read + "," + Record + "," + members + "}", "/access/v1/evaluations");

        ((int)response.StatusCode).ShouldBe(400);
        response.Headers.GetValues("AccessGov-Error").ShouldBe([code]);
    }

    [Fact]
    public async Task A_batch_of_10000_is_refused_and_one_of_1000_is_answered_in_order()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);
        string Batch(int items) => "{" + Alice + "," + Record + ",\"evaluations\":["
            + string.Join(',', Enumerable.Range(0, items).Select(i => $"{{\"action\":{{\"name\":\"{(i % 2 == 0 ? "read" : "delete")}\"}}}}")) + "]}";

        using HttpResponseMessage refused = await point.PostAsync(Batch(10_000), "/access/v1/evaluations");

        ((int)refused.StatusCode).ShouldBe(400);
        refused.Headers.GetValues("AccessGov-Error").ShouldBe(["too_many_evaluations"]);
        (await EvaluationsAsync(point, Batch(1_000))).ShouldBe(Enumerable.Range(0, 1_000).Select(i => (bool?)(i % 2 == 0)));
    }

    [Fact]
    public async Task Without_evaluations_a_batch_is_one_evaluation_and_answers_a_bare_decision()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);

        foreach (string members in new[] { "", ",\"evaluations\":[]" })
        {
            using HttpResponseMessage response = await point.PostAsync("{" + Alice + "," + Read + "," + Record + members + "}", "/access/v1/evaluations");
            JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            answer.GetProperty("decision").GetBoolean().ShouldBeTrue();
            answer.TryGetProperty("evaluations", out _).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task The_metadata_names_the_endpoints_by_the_configured_address_not_by_the_Host_header()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/.well-known/authzen-configuration", UriKind.Relative));
        request.Headers.Host = "evil.example";

        using HttpResponseMessage response = await point.Client.SendAsync(request);

        JsonElement metadata = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        metadata.GetProperty("policy_decision_point").GetString().ShouldStartWith("http://127.0.0.1:");
        metadata.GetProperty("access_evaluation_endpoint").GetString().ShouldEndWith("/access/v1/evaluation");
        metadata.EnumerateObject().Select(member => member.Name)
            .ShouldBe([
                "policy_decision_point", "access_evaluation_endpoint", "access_evaluations_endpoint",
                "search_subject_endpoint", "search_resource_endpoint", "search_action_endpoint"]);
    }

    [Fact]
    public async Task A_request_cut_off_in_the_middle_is_not_permitted_and_disturbs_nobody()
    {
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", point.Client.BaseAddress!.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /access/v1/evaluation HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"subject\":"));
        client.Client.Shutdown(SocketShutdown.Send);

        // The server may answer 400 or reset such a connection.
        string answer = "";
        try
        {
            answer = await new StreamReader(stream).ReadToEndAsync();
        }
        catch (IOException)
        {
        }

        answer.ShouldNotContain("true");
        (await point.DecisionAsync("{" + Alice + "," + Read + "," + Record + "}")).ShouldBeTrue();
    }

    private static async Task<bool?[]> EvaluationsAsync(StandaloneDecisionPoint point, string body)
    {
        using HttpResponseMessage response = await point.PostAsync(body, "/access/v1/evaluations");
        string text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, text);
        JsonElement answer = JsonDocument.Parse(text).RootElement;
        answer.TryGetProperty("decision", out _).ShouldBeFalse();
        return [.. answer.GetProperty("evaluations").EnumerateArray().Select(item => (bool?)item.GetProperty("decision").GetBoolean())];
    }
}
