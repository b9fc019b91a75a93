using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>
/// One policy or template as JSON, in the format of the official engine: effect, scope, clauses and annotations, expressions as nested
/// objects. Unknown and duplicate keys are refused, and so is what the text of a policy could not say.
/// </summary>
public static class PolicyJson
{
    /// <summary>Reads a policy or template. It gets a text of its own, printed from the JSON, which its positions are about.</summary>
    /// <param name="json">The policy.</param>
    /// <param name="id">The id the policy is to have; the JSON of a policy holds none.</param>
    /// <exception cref="PolicyJsonException">It is not the JSON of a policy.</exception>
    public static Policy Parse(string json, string id = "policy0") => Parse(Encoding.UTF8.GetBytes(json), id);

    /// <summary>Reads a policy or template from UTF-8.</summary>
    /// <exception cref="PolicyJsonException">It is not the JSON of a policy.</exception>
    public static Policy Parse(ReadOnlyMemory<byte> utf8, string id = "policy0") =>
        PolicyJsonReader.Read(utf8, root => PolicyJsonReader.Policy(root, id));

    /// <summary>Writes a policy or template; a linked policy with its entities in place of the slots. Reading gives the same syntax tree back.</summary>
    /// <exception cref="PolicyJsonException">The policy nests deeper than 20,516 levels of JSON: chains of thousands inside each other.</exception>
    public static string Write(Policy policy) => PolicyJsonWriter.Write(writer => Write(writer, policy));

    /// <summary>Writes a policy or template.</summary>
    /// <exception cref="PolicyJsonException">The policy nests deeper in JSON than <paramref name="writer"/> allows (1,000 levels by default).</exception>
    public static void Write(Utf8JsonWriter writer, Policy policy) => PolicyJsonWriter.Write(writer, policy.Tree);
}
