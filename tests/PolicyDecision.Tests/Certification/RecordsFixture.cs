using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.Standalone;

namespace AccessGov.PolicyDecision.Tests.Certification;

/// <summary>
/// Two people and two records behind a decision point: what the AuthZEN certification scenario asks it to be loaded with. Each test is run against both of ours,
/// which is why the tests inherit.
/// </summary>
public abstract class RecordsFixture : IAsyncLifetime
{
    protected const string Policies = """
        @id("read") permit (principal is user, action == Action::"read", resource is record);
        @id("write") permit (principal == user::"alice", action == Action::"write", resource is record)
        when { !(resource has status) || resource.status != "archived" };
        @id("write-archived") permit (principal is user, action == Action::"write", resource is record)
        when { principal has role && principal.role == "admin" && resource has status && resource.status == "archived" };
        @id("delete") permit (principal == user::"alice", action == Action::"delete", resource is record)
        when { context has action && context.action has soft && context.action.soft };
        """;

    protected const string Entities = """
        [{"uid":{"type":"user","id":"alice"},"attrs":{},"parents":[]},
         {"uid":{"type":"user","id":"bob"},"attrs":{"role":"admin"},"parents":[]},
         {"uid":{"type":"record","id":"record-1"},"attrs":{"status":"active"},"parents":[]},
         {"uid":{"type":"record","id":"record-2"},"attrs":{"status":"archived"},"parents":[]}]
        """;

    public abstract HttpClient Client { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>Sends a body to one of the APIs; what is answered with 200 is JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Answer, HttpResponseMessage Response)> AskAsync(string api, string body, string contentType = "application/json")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
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

/// <summary>The records behind the standalone decision point.</summary>
public sealed class StandaloneRecords : RecordsFixture
{
    private StandaloneDecisionPoint? point;

    public override HttpClient Client => point!.Client;

    public override async Task InitializeAsync() => point = await StandaloneDecisionPoint.StartAsync(Policies, Entities);

    public override async Task DisposeAsync() => await point!.DisposeAsync();
}

/// <summary>The records behind the hospital's service, with its database and its journal, published as any policy set is.</summary>
public sealed class HospitalRecords : RecordsFixture
{
    public PolicyDecisionHost Host { get; private set; } = null!;

    public override HttpClient Client => Host.Client;

    public override async Task InitializeAsync()
    {
        Host = await PolicyDecisionHost.StartAsync();
        var files = new[] { new { name = "records.cedar", text = Policies }, new { name = "records.json", text = Entities } };
        using HttpResponseMessage published = await Host.PostAsync("/policy-sets/hospital/versions", new { files, comment = "Certification" });
        published.IsSuccessStatusCode.ShouldBeTrue(await published.Content.ReadAsStringAsync());
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Host.TokenOfClient("harness", "decisions.evaluate"));
    }

    public override async Task DisposeAsync() => await Host.DisposeAsync();
}
