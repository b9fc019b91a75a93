using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.PolicyDecision.Tests.Freshness;

/// <summary>A way to ask a replica whether somebody, who has a role everywhere or has none, may look at something.</summary>
/// <param name="Name">How the history calls it.</param>
/// <param name="Request">The question about somebody.</param>
/// <param name="Permits">Whether the body of a good answer lets them in.</param>
internal sealed record AccessDoor(string Name, Func<PolicyDecisionHost, string, HttpRequestMessage> Request, Func<JsonNode?, string, bool> Permits)
{
    /// <summary>Somebody else has a role for this patient, so that a search knows the patient from the facts alone, also without the database.</summary>
    public const string Patient = "P1";

    private const string View = """
        "action":{"name":"study.view"}
        """;

    private const string OfPatient = $$"""
        "resource":{"type":"Patient","id":"{{Patient}}"}
        """;

    public static IReadOnlyList<AccessDoor> All { get; } =
    [
        new("evaluation", Body("/access/v1/evaluation", who => $"{{{Subject(who)},{View},{OfPatient}}}"), (answer, _) => IsPermit(answer)),
        new("evaluations", Body("/access/v1/evaluations", who => $"{{{Subject(who)},{View},\"evaluations\":[{{{OfPatient}}},{{{OfPatient}}}]}}"),
            (answer, _) => answer!["evaluations"]!.AsArray().Any(IsPermit)),
        new("search/subject", Body("/access/v1/search/subject", _ => $"{{\"subject\":{{\"type\":\"User\"}},{View},{OfPatient}}}"),
            (answer, who) => answer!["results"]!.AsArray().Any(found => found!["id"]!.GetValue<string>() == who)),
        new("search/resource", Body("/access/v1/search/resource", who => $"{{{Subject(who)},{View},\"resource\":{{\"type\":\"System\"}}}}"),
            (answer, _) => answer!["results"]!.AsArray().Count > 0),
        new("forward-auth", ForwardAuth, (_, _) => true),
    ];

    /// <summary>Asks once: whether they may, and why or why not.</summary>
    public async Task<(bool Permitted, string Reason)> AskAsync(PolicyDecisionHost host, HttpClient client, string who, CancellationToken cancellation)
    {
        using HttpRequestMessage request = Request(host, who);
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, cancellation);
            string text = await response.Content.ReadAsStringAsync(cancellation);
            JsonNode? answer = response.IsSuccessStatusCode && text.Length > 0 ? JsonNode.Parse(text) : null;
            return (response.IsSuccessStatusCode && Permits(answer, who), ReasonOf(response, answer));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return (false, "no answer");
        }
    }

    private static string ReasonOf(HttpResponseMessage response, JsonNode? answer) =>
        (answer?["context"] ?? answer?["evaluations"]?[0]?["context"])?["reason"]?.GetValue<string>()
        ?? HeaderOf(response, "AccessGov-Reason") ?? HeaderOf(response, "AccessGov-Error") ?? $"{response.StatusCode}";

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;

    private static bool IsPermit(JsonNode? answer) => answer!["decision"]!.GetValue<bool>();

    private static string Subject(string who) => $"\"subject\":{{\"type\":\"User\",\"id\":{JsonSerializer.Serialize(who)}}}";

    private static Func<PolicyDecisionHost, string, HttpRequestMessage> Body(string path, Func<string, string> bodyOf) => (host, who) =>
        new HttpRequestMessage(HttpMethod.Post, path)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", host.TokenOfClient("pacs", "decisions.evaluate")) },
            Content = new StringContent(bodyOf(who), Encoding.UTF8, "application/json"),
        };

    private static HttpRequestMessage ForwardAuth(PolicyDecisionHost host, string who) => new(HttpMethod.Get, "/forward-auth")
    {
        Headers =
        {
            { "X-Original-Method", "GET" }, { "X-Original-URI", "/dicom-web/studies" },
            { "Authorization", $"Bearer {host.TokenOfPerson(who)}" },
        },
    };
}
