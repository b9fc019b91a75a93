using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Explanations;

/// <summary>The explanation of one decision as JSON, within its bounds and without what the asker may not see.</summary>
internal static class ExplanationAnswer
{
    private const int TreesMax = 200;

    private static readonly ExplanationOptions Everything = new() { NearestMax = 5, LeavesMax = 50, CounterfactualsMax = 5, EvaluationsMax = 100 };
    private static readonly ExplanationOptions WithoutPatients = Everything with { MayShow = PatientRedaction.MayShow };

    /// <param name="explainedAs">The id of the journal's record that this was asked.</param>
    /// <param name="explained">What was asked.</param>
    /// <param name="hospitalCase">The question with what is known for it.</param>
    /// <param name="verdict">What is decided.</param>
    /// <param name="snapshot">The facts that it is decided from.</param>
    /// <param name="showsPatients">Whether the asker may read about patients.</param>
    public static JsonObject Of(Guid explainedAs, ExplainedQuestion explained, HospitalCase hospitalCase, Verdict verdict, FactsSnapshot snapshot, bool showsPatients)
    {
        var answer = new JsonObject
        {
            ["explainedAs"] = explainedAs.ToString(),
            ["decision"] = verdict.Permitted,
            ["reason"] = verdict.Reason,
            ["reasonUser"] = Texts(verdict.Texts?.User ?? [], verdict.Text),
            ["reasonAdmin"] = Texts(verdict.Texts?.Admin ?? [], null),
            ["policies"] = Strings(verdict.Policies),
            ["obligations"] = Strings(verdict.Obligations.Select(obligation => obligation.Id)),
            ["at"] = explained.At.UtcDateTime,
            ["policySet"] = snapshot.Policies?.Hash,
            ["factsPosition"] = snapshot.Position,
            ["redacted"] = !showsPatients,
        };
        if (explained.Recorded is { } record)
        {
            answer["recorded"] = Recorded(record, explained.Withdrawn, verdict, snapshot);
        }

        if (explained.Question.RefusedAs is null
            && verdict.Reason is not (Reasons.StudyUnknown or Reasons.StudyIndexUnavailable or Reasons.SubjectSuspended
                or Reasons.SubjectInactive or Reasons.SubjectLocked)
            && snapshot.Policies is { } policies)
        {
            answer["explanation"] = Explain(policies.Compiled, hospitalCase, showsPatients ? Everything : WithoutPatients);
        }

        if (!showsPatients)
        {
            PatientRedaction.Hide(answer);
        }

        return answer;
    }

    /// <summary>The nearest permits and the changes that would allow, without what tells about patients.</summary>
    public static JsonNode InShort(CompiledPolicySet policies, HospitalCase hospitalCase)
    {
        JsonNode explanation = Explain(policies, hospitalCase, WithoutPatients);
        explanation.AsObject().Remove("policies");
        explanation.AsObject().Remove("policiesCut");
        PatientRedaction.Hide(explanation);
        return explanation;
    }

    private static JsonNode Explain(CompiledPolicySet policies, HospitalCase hospitalCase, ExplanationOptions options)
    {
        Request request = hospitalCase.Request;
        Explanation explanation = Explainer.Explain(policies, request, hospitalCase.Entities, options);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            explanation.WriteJson(writer);
        }

        JsonNode written = JsonNode.Parse(stream.ToArray())!;
        JsonArray changes = written["counterfactuals"]!.AsArray();
        for (int i = changes.Count - 1; i >= 0; i--)
        {
            // The engine tried them by Cedar's rules; here a forbid that errs denies.
            (Request changed, IEntities entities) = explanation.Counterfactuals[i].ApplyTo(request, hospitalCase.Entities);
            if (!StrictMode.Judge(policies, changed, entities).Permitted)
            {
                changes.RemoveAt(i);
            }
        }

        JsonArray trees = written["policies"]!.AsArray();
        written["policiesCut"] = trees.Count > TreesMax;
        while (trees.Count > TreesMax)
        {
            trees.RemoveAt(trees.Count - 1);
        }

        return written;
    }

    /// <summary>What the journal says, and whether the question would be answered otherwise today.</summary>
    private static JsonObject Recorded(JsonElement record, bool withdrawn, Verdict verdict, FactsSnapshot snapshot)
    {
        bool permitted = !withdrawn && record.GetProperty("permitted"u8).GetBoolean();
        string reason = withdrawn ? Reasons.JournalUnavailable : record.GetProperty("reason"u8).GetString()!;
        return new JsonObject
        {
            ["evaluationId"] = record.GetProperty("evaluationId"u8).GetString(),
            ["decision"] = permitted,
            ["reason"] = reason,
            ["policies"] = JsonNode.Parse(record.GetProperty("policies"u8).GetRawText()),
            ["policySet"] = record.GetProperty("policySet"u8).GetString(),
            ["factsPosition"] = record.GetProperty("factsPosition"u8).GetInt64(),
            ["samePolicies"] = record.GetProperty("policySet"u8).GetString() == (snapshot.Policies?.Hash ?? ""),
            ["sameFacts"] = record.GetProperty("factsPosition"u8).GetInt64() == snapshot.Position,
            ["sameDecision"] = permitted == verdict.Permitted && reason == verdict.Reason,
        };
    }

    private static JsonObject Texts(IEnumerable<(string Language, string Text)> texts, string? english)
    {
        var written = new JsonObject();
        if (english is not null)
        {
            written["en"] = english;
        }

        foreach ((string language, string text) in texts)
        {
            written[language] = text;
        }

        return written;
    }

    private static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
