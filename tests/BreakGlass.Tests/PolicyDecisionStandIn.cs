using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.BreakGlass.Evidence;

namespace AccessGov.BreakGlass.Tests;

/// <summary>What PolicyDecision answers when it is asked; the end-to-end tests ask the real one.</summary>
internal sealed class PolicyDecisionStandIn : HttpMessageHandler
{
    /// <summary>The refusal that everybody gets; null when everybody may take the role for four hours.</summary>
    public (int Status, string Type, string Sentence)? Refusal { get; set; }

    /// <summary>How it fails; null when it does not.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whose images nobody is promised.</summary>
    public IReadOnlyList<string> Excluded { get; set; } = ["p-family"];

    /// <summary>What it knows of every case.</summary>
    public DecisionEvidence Evidence { get; set; } = new(true, 0, [], [], new PatientRelation(true, false, false, false, false, false), [],
        true);

    /// <summary>Why the evidence cannot be had; null when it can.</summary>
    public HttpStatusCode? NoEvidence { get; set; }

    /// <summary>The files of the policy set in force; null when none is.</summary>
    public IReadOnlyList<(string Name, string Text)>? PolicySet { get; set; }

    public List<JsonElement> Asked { get; } = [];

    /// <summary>The drafts that were written, each with the token it was written with.</summary>
    public List<(JsonElement Draft, string Token)> Drafts { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        JsonElement question = request.Content is null ? default : await request.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        lock (Asked)
        {
            Asked.Add(question);
        }

        if (Failure is { } failure)
        {
            throw failure;
        }

        return request.RequestUri!.AbsolutePath switch
        {
            "/emergency-evidence" => NoEvidence is { } status ? Json(status, new { type = "x" }) : Json(HttpStatusCode.OK, Evidence),
            _ when Refusal is { } refusal => Refused(refusal.Status, refusal.Type, refusal.Sentence),
            "/policy-sets" => Json(HttpStatusCode.OK, new { deciding = "hospital", decidingVersion = PolicySet is null ? (int?)null : 7 }),
            "/policy-sets/hospital/versions/7" =>
                Json(HttpStatusCode.OK, new { files = PolicySet!.Select(file => new { file.Name, file.Text }) }),
            "/policy-drafts" => Written(question, request.Headers.Authorization!.Parameter!),
            "/emergency-eligibility" when !question.EnumerateObject().Any(member => member.Name != "subjectId") =>
                Json(HttpStatusCode.OK, new
            {
                role = "emergency-reader", hoursMax = 4, patient = (string?)null, study = (string?)null,
                invokerRole = "emergency-physician",
                excludedPatients = Excluded,
            }),
            "/emergency-eligibility" => Json(HttpStatusCode.OK, new
            {
                role = "emergency-reader", hoursMax = 4, patient = Named(question, "patient") ?? "p-of-study",
                    study = Named(question, "study"),
                invokerRole = "emergency-physician",
            }),
            var path => throw new InvalidOperationException($"Nobody asks {path}."),
        };
    }

    private static HttpResponseMessage Json(HttpStatusCode status, object body) =>
        new(status) { Content = JsonContent.Create(body, body.GetType(), options: JsonSerializerOptions.Web) };

    private static HttpResponseMessage Refused(int status, string type, string sentence)
    {
        HttpResponseMessage answer = Json((HttpStatusCode)status, new { type, detail = sentence });
        if (status == (int)HttpStatusCode.Unauthorized)
        {
            answer.Headers.TryAddWithoutValidation(
                "WWW-Authenticate", "Bearer realm=\"accessgov\", error=\"insufficient_user_authentication\", acr_values=\"two-factors\"");
        }

        return answer;
    }

    private HttpResponseMessage Written(JsonElement draft, string token)
    {
        Drafts.Add((draft, token));
        return Json(HttpStatusCode.Created, new { id = $"draft-{Drafts.Count}" });
    }

    private static string? Named(JsonElement question, string name) =>
        question.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
