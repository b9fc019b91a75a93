using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.Standalone;

namespace AccessGov.PolicyDecision.Tests.Certification;

/// <summary>Two people and two records behind the standalone decision point: what the AuthZEN certification scenario asks a decision point to be loaded with.</summary>
public sealed class RecordsFixture : IAsyncLifetime
{
    private const string Policies = """
        permit (principal is user, action == Action::"read", resource is record);
        permit (principal == user::"alice", action == Action::"write", resource is record)
        when { !(resource has status) || resource.status != "archived" };
        permit (principal is user, action == Action::"write", resource is record)
        when { principal has role && principal.role == "admin" && resource has status && resource.status == "archived" };
        permit (principal == user::"alice", action == Action::"delete", resource is record)
        when { context has action && context.action has soft && context.action.soft };
        """;

    private const string Entities = """
        [{"uid":{"type":"user","id":"alice"},"attrs":{},"parents":[]},
         {"uid":{"type":"user","id":"bob"},"attrs":{"role":"admin"},"parents":[]},
         {"uid":{"type":"record","id":"record-1"},"attrs":{"status":"active"},"parents":[]},
         {"uid":{"type":"record","id":"record-2"},"attrs":{"status":"archived"},"parents":[]}]
        """;

    private StandaloneDecisionPoint? point;

    public HttpClient Client => point!.Client;

    public async Task InitializeAsync() => point = await StandaloneDecisionPoint.StartAsync(Policies, Entities);

    public async Task DisposeAsync() => await point!.DisposeAsync();

    /// <summary>Sends a body to one of the APIs; what is answered with 200 is JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Answer, HttpResponseMessage Response)> AskAsync(string api, string body, string contentType = "application/json")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType);
        HttpResponseMessage response = await Client.PostAsync(new Uri($"/access/v1/{api}", UriKind.Relative), content);
        string text = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return (response.StatusCode, null, response);
        }

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return (response.StatusCode, JsonNode.Parse(text), response);
    }

    /// <summary>A body of members, each <c>name=type id {properties}</c>; an action has a name only. What begins with a quotation mark is taken as it is.</summary>
    public static string Body(params string[] members) => "{" + string.Join(',', members.Select(Member)) + "}";

    private static string Member(string member)
    {
        if (member.StartsWith('"'))
        {
            return member;
        }

        string[] parts = member.Split('=', 2);
        int brace = parts[1].IndexOf('{', StringComparison.Ordinal);
        string properties = brace < 0 ? "" : $",\"properties\":{parts[1][brace..]}";
        string[] words = (brace < 0 ? parts[1] : parts[1][..brace]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string names = (parts[0], words) switch
        {
            ("action", [var name]) => $"\"name\":\"{name}\"",
            (_, [var type]) => $"\"type\":\"{type}\"",
            (_, [var type, var id]) => $"\"type\":\"{type}\",\"id\":\"{id}\"",
            _ => throw new ArgumentException($"'{member}' is no member.", nameof(member)),
        };
        return $"\"{parts[0]}\":{{{names}{properties}}}";
    }
}
