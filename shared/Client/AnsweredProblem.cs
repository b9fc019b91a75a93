using System.Net.Http.Json;
using System.Text.Json;

namespace AccessGov.Client;

/// <summary>Problem details (RFC 9457) of an answer that refuses. Immutable.</summary>
public sealed class AnsweredProblem
{
    private readonly JsonElement problem;

    private AnsweredProblem(JsonElement problem) => this.problem = problem;

    /// <summary>Its type, a URN of ours or somebody else's URL; null where it has none.</summary>
    public string? Type => Text("type");

    /// <summary>The last part of its type, which is the code of a refusal of ours; null where it has no type.</summary>
    public string? Code => Type is { Length: > 0 } type ? type[(type.LastIndexOf(':') + 1)..] : null;

    /// <summary>The sentence for people; null where it has none.</summary>
    public string? Detail => Text("detail");

    /// <summary>Reads them.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Null when the answer holds no JSON: something else answers.</returns>
    /// <exception cref="JsonException">It says that it holds JSON, and does not.</exception>
    public static async Task<AnsweredProblem?> ReadAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json"
            ? new AnsweredProblem(await response.Content.ReadFromJsonAsync<JsonElement>(cancellation))
            : null;

    /// <summary>A member that is a whole number; null where there is none of that name.</summary>
    public long? Number(string name) => problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    private string? Text(string name) => problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
