using System.Text.Json;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>POST /access/v1/evaluation and /access/v1/evaluations (AuthZEN Authorization API 1.0, sections 6 and 7).</summary>
internal sealed class EvaluationEndpoint(IDecisionPoint decisionPoint, IEnforcementPoints enforcementPoints)
{
    /// <summary>More items than this in one batch are refused: ask again with the rest.</summary>
    public const int ItemsMax = 1_000;

    public async Task EvaluateAsync(HttpContext http)
    {
        if (await enforcementPoints.AuthenticateAsync(http) is not { } caller || await AuthZenBody.ReadAsync(http) is not { } body)
        {
            return;
        }

        using (body)
        {
            await EvaluateOneAsync(http, body.Root, caller);
        }
    }

    public async Task EvaluateAllAsync(HttpContext http)
    {
        if (await enforcementPoints.AuthenticateAsync(http) is not { } caller || await AuthZenBody.ReadAsync(http) is not { } body)
        {
            return;
        }

        using (body)
        {
            JsonElement root = body.Root;
            if (root.ValueKind != JsonValueKind.Object)
            {
                await AuthZenBody.RefuseAsync(http, StatusCodes.Status400BadRequest, "request_malformed", "The body must be a JSON object.");
            }
            else if (!root.TryGetProperty("evaluations"u8, out JsonElement items) || items is { ValueKind: JsonValueKind.Array } && items.GetArrayLength() == 0)
            {
                await EvaluateOneAsync(http, root, caller);
            }
            else if (Refusal(root, items) is { } refusal)
            {
                await AuthZenBody.RefuseAsync(http, StatusCodes.Status400BadRequest, refusal.Code, refusal.Sentence);
            }
            else
            {
                await EvaluateItemsAsync(http, root, items, caller);
            }
        }
    }

    private async Task EvaluateOneAsync(HttpContext http, JsonElement root, EnforcementPoint caller)
    {
        if (AuthZenRequest.Read(root, null, out string error) is not { } request)
        {
            await AuthZenBody.RefuseAsync(http, StatusCodes.Status400BadRequest, "request_malformed", error);
            return;
        }

        EvaluationAnswer answer = await decisionPoint.EvaluateAsync(request, caller, http.RequestAborted);
        if (answer.Invalid is { } invalid)
        {
            await AuthZenBody.RefuseAsync(http, invalid.Status, invalid.Code, invalid.Sentence);
            return;
        }

        await AuthZenResponse.SendAsync(http, answer);
    }

    private async Task EvaluateItemsAsync(HttpContext http, JsonElement root, JsonElement items, EnforcementPoint caller)
    {
        var batch = new List<BatchItem>(items.GetArrayLength());
        var defaults = new AuthZenDefaults(root);
        foreach (JsonElement item in items.EnumerateArray())
        {
            AuthZenRequest? request = AuthZenRequest.Read(item, defaults, out string error);
            batch.Add(new BatchItem(request, request is null ? error : null));
        }

        Func<EvaluationAnswer, bool>? isLast = Semantic(root) switch
        {
            "deny_on_first_deny" => static answer => !answer.Permitted,
            "permit_on_first_permit" => static answer => answer.Permitted,
            _ => null,
        };
        IReadOnlyList<EvaluationAnswer> answers = await decisionPoint.EvaluateAllAsync(batch, isLast, caller, http.RequestAborted);
        foreach (EvaluationAnswer answer in answers)
        {
            // What keeps one item from being decided keeps all of them.
            if (answer.Invalid is { } invalid && invalid.Code == Refusals.FactsNotReady.Code)
            {
                await AuthZenBody.RefuseAsync(http, invalid.Status, invalid.Code, invalid.Sentence);
                return;
            }
        }

        await AuthZenResponse.SendAsync(http, answers);
    }

    private static (string Code, string Sentence)? Refusal(JsonElement root, JsonElement items)
    {
        if (items.ValueKind != JsonValueKind.Array)
        {
            return ("request_malformed", "evaluations must be a JSON array.");
        }

        if (items.GetArrayLength() > ItemsMax)
        {
            return ("too_many_evaluations", $"At most {ItemsMax} evaluations are taken in one request; this one has {items.GetArrayLength()}. Split it.");
        }

        return Semantic(root) is "execute_all" or "deny_on_first_deny" or "permit_on_first_permit"
            ? null
            : ("semantic_unknown", "options.evaluations_semantic must be execute_all, deny_on_first_deny or permit_on_first_permit.");
    }

    private static string? Semantic(JsonElement root)
    {
        if (!root.TryGetProperty("options"u8, out JsonElement options))
        {
            return "execute_all";
        }

        if (options.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return !options.TryGetProperty("evaluations_semantic"u8, out JsonElement semantic) ? "execute_all"
            : semantic.ValueKind == JsonValueKind.String ? semantic.GetString()
            : null;
    }
}
