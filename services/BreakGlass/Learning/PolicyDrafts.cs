using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.Eligibility;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Learning;

/// <summary>Writes drafts in PolicyDecision with the caller's own token. Thread-safe.</summary>
internal sealed class PolicyDrafts(HttpClient http, ILogger<PolicyDrafts> log)
{
    private static readonly Refusal Unavailable = new(
        "policy_decision_unavailable", "PolicyDecision cannot be asked now: try again in a moment.");

    private static readonly Refusal NoSet = new(
        "policy_set_unknown", "No policy set is in force, so there is none to write a draft of: publish one first.");

    private static readonly Refusal Taken = new(
        "lesson_taken", "The policy set in force has this lesson already: read its file before you write another draft.");

    private static readonly Refusal Forbidden = new(
        "policies_forbidden",
        "Your token does not open the policies in PolicyDecision: it needs the scopes facts.read and policies.manage.");

    /// <summary>The whole set in force with one more file: what is published from a draft replaces the set.</summary>
    public async Task<IResult> WriteAsync(HttpContext caller, Lesson.Draft proposal, string comment)
    {
        try
        {
            (JsonNode? sets, IResult? refused) = await SendAsync(caller, HttpMethod.Get, "/policy-sets", null);
            if (refused is not null || sets?["deciding"]?.GetValue<string>() is not { } name
                || sets["decidingVersion"]?.GetValue<int>() is not { } version)
            {
                return refused ?? Refusals.Answer(NoSet);
            }

            (JsonNode? set, refused) = await SendAsync(
                caller, HttpMethod.Get, $"/policy-sets/{Uri.EscapeDataString(name)}/versions/{version}", null);
            if (refused is not null)
            {
                return refused;
            }

            JsonArray files = set!["files"]!.DeepClone().AsArray();
            if (files.Any(file => file!["name"]!.GetValue<string>() == proposal.File))
            {
                return Refusals.Answer(Taken);
            }

            files.Add(new JsonObject { ["name"] = proposal.File, ["text"] = proposal.Text });
            (JsonNode? written, refused) = await SendAsync(
                caller, HttpMethod.Post, "/policy-drafts",
                new JsonObject { ["policySet"] = name, ["files"] = files, ["comment"] = comment });
            return refused ?? Results.Json(
                new { id = written!["id"]!.GetValue<string>(), policySet = name, baseVersion = version, proposal.File },
                statusCode: StatusCodes.Status201Created);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !caller.RequestAborted.IsCancellationRequested))
        {
            return Failed(e.Message);
        }
    }

    /// <summary>The answer's body, or what is answered instead.</summary>
    private async Task<(JsonNode? Body, IResult? Refused)> SendAsync(HttpContext caller, HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Authorization", caller.Request.Headers.Authorization.ToString());
        if (method == HttpMethod.Post && caller.Request.Headers["Idempotency-Key"] is [{ Length: > 0 } key])
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        using HttpResponseMessage response = await http.SendAsync(request, caller.RequestAborted);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<JsonNode>(caller.RequestAborted), null)
            : (null, await RefusedAsAsync(caller, response));
    }

    private async Task<IResult> RefusedAsAsync(HttpContext caller, HttpResponseMessage response)
    {
        HttpStatusCode status = response.StatusCode;
        if (await PolicyDecisionProblem.ReadAsync(response, caller.RequestAborted) is not { } refusal)
        {
            return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? Refusals.Answer(Forbidden)
                : Failed($"it answered {(int)status}");
        }

        // A stronger sign-in is asked of whoever called us: the challenge says which.
        if (status == HttpStatusCode.Unauthorized)
        {
            caller.Response.Headers.WWWAuthenticate = response.Headers.WwwAuthenticate.ToString();
        }

        return Refusals.Table.Answer(refusal.Code, refusal.Sentence, (int)status);
    }

    private IResult Failed(string why)
    {
        log.LogError("PolicyDecision cannot be asked to keep a draft: {Failure}", why);
        return Refusals.Answer(Unavailable);
    }
}
