using System.Text.Json;

namespace AccessGov.DemoHospital;

/// <summary>Asks the decision service the demo's questions and prints the answers.</summary>
internal static class Ask
{
    /// <summary>Answers whether every answer was the expected one.</summary>
    public static async Task<bool> RunAsync(AccessGovApi api, TextWriter output, DateTimeOffset now)
    {
        int wrong = 0;
        int number = 0;
        foreach (Question question in Questions.All(now))
        {
            await output.WriteLineAsync($"{++number,3}  {question.Text}");
            JsonElement[] answers = question.Evaluations is [var only]
                ? [await api.PostAsync("access/v1/evaluation", only)]
                : [.. (await api.PostAsync("access/v1/evaluations", new { question.Evaluations }))
                    .GetProperty("evaluations").EnumerateArray()];
            foreach ((JsonElement answer, Expected expected) in answers.Zip(question.Answers))
            {
                bool right = await PrintAsync(answer, expected, output);
                wrong += right ? 0 : 1;
            }

            wrong += Math.Abs(answers.Length - question.Answers.Length);
        }

        await output.WriteLineAsync(wrong == 0 ? "Every answer is the expected one." : $"{wrong} answers are not the expected ones.");
        return wrong == 0;
    }

    private static async Task<bool> PrintAsync(JsonElement answer, Expected expected, TextWriter output)
    {
        bool permitted = answer.GetProperty("decision").GetBoolean();
        JsonElement context = answer.TryGetProperty("context", out JsonElement found) ? found : default;
        string[] policies = Member(context, "policies") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(item => item.ToString())]
            : [];
        JsonElement request = Member(context, "access_request");
        string reason = Text(Member(context, "reason_user"), "en") ?? $"{Member(context, "reason")}";
        string? role = Text(request, "template");
        bool right = permitted == expected.Permitted && role == expected.Role
            && (expected.Policy is null ? policies.Length == 0 : policies.Contains(expected.Policy, StringComparer.Ordinal));
        await output.WriteLineAsync($"     {(permitted ? "PERMIT" : "DENY"),-7}{reason}");
        await output.WriteLineAsync(
            $"            {Member(context, "reason")}: {(policies.Length == 0 ? "no policy permits it" : string.Join(", ", policies))}");
        if (role is not null)
        {
            await output.WriteLineAsync($"            {role} can be asked for: {Member(request, "form_url")}");
        }

        if (!right)
        {
            await output.WriteLineAsync(
                $"     WRONG  expected {(expected.Permitted ? "PERMIT" : "DENY")} by {expected.Policy ?? "no policy"}, "
                + $"to ask for {expected.Role ?? "nothing"}");
        }

        return right;
    }

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : default;
}
