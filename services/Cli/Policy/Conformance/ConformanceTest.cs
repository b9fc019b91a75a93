using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>One test of the public format: policies, entities, a schema, requests and what the official engine says of each.</summary>
internal sealed class ConformanceTest(string name, JsonElement test, Func<string, InputFile> open, ConformanceTally tally)
{
    private readonly JsonElement[] requests = [.. test.GetProperty("requests").EnumerateArray()];

    /// <summary>Whether the JSON is a test, whatever its file is called.</summary>
    public static bool IsTest(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("policies", out JsonElement policies) && policies.ValueKind == JsonValueKind.String
        && json.TryGetProperty("entities", out JsonElement entities) && entities.ValueKind == JsonValueKind.String
        && json.TryGetProperty("requests", out JsonElement requests) && requests.ValueKind == JsonValueKind.Array;

    public void Run()
    {
        tally.Tests++;
        tally.Requests += requests.Length;
        Schema? schema = Try("the schema", () => File("schema") is { } file ? SchemaFiles.Parse([file]) : null, out bool schemaRefused);
        PolicySet? policies = Try("the policies", () => Policies(File("policies")!), out _);
        Validate(schema, schemaRefused, policies);
        EntityStore? entities = Try("the entities", () => EntityFiles.Store(name, EntityFiles.Parse(name, File("entities")!.Json().Span, schema)), out _);
        CompiledPolicySet? compiled = policies?.Compile();
        foreach (JsonElement request in requests)
        {
            Compare(request, compiled is null || entities is null ? null : Answer(request, compiled, entities, schema));
        }
    }

    // The public tests count ids through the file and know no @id.
    private static PolicySet Policies(InputFile file)
    {
        try
        {
            return file.IsJson ? PolicySetJson.Parse(file.Json()) : PolicySet.Parse(file.Text(), file.Name);
        }
        catch (Exception refused) when (refused is PolicySyntaxException or PolicyJsonException)
        {
            throw new InputException(refused.Message);
        }
    }

    private void Validate(Schema? schema, bool schemaRefused, PolicySet? policies)
    {
        if (!test.TryGetProperty("shouldValidate", out JsonElement should) || should.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return;
        }

        if (schema is null || policies is null)
        {
            tally.Validation.Add(agrees: false);
            if (!schemaRefused && policies is not null)
            {
                tally.Disagree(name, "shouldValidate is given and no schema to validate with");
            }

            return;
        }

        ValidationResult result = new Validator(schema).Validate(policies);
        bool agrees = result.IsValid == should.GetBoolean();
        tally.Validation.Add(agrees);
        if (!agrees)
        {
            tally.Disagree(name, should.GetBoolean() ? $"should validate, but {result.Errors[0]}" : "should not validate, but does");
        }
    }

    private Response? Answer(JsonElement json, CompiledPolicySet policies, EntityStore entities, Schema? schema)
    {
        try
        {
            Request request = Read(json, schema);
            return policies.Evaluate(in request, entities);
        }
        catch (InputException refused)
        {
            tally.Disagree($"{name}, {Description(json)}", refused.Message);
            return null;
        }
    }

    private Request Read(JsonElement json, Schema? schema)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new InputException("a request is an object");
        }

        // A principal, action or resource that is left out is equal to nothing, in nothing and of no type.
        EntityUid Uid(string member, out bool isGiven) =>
            (isGiven = json.TryGetProperty(member, out JsonElement uid) && uid.ValueKind != JsonValueKind.Null) ? RequestReader.Uid(uid, member) : new EntityUid("", "");

        EntityUid principal = Uid("principal", out bool hasPrincipal);
        EntityUid action = Uid("action", out bool hasAction);
        EntityUid resource = Uid("resource", out bool hasResource);
        ReadOnlySpan<byte> context = json.TryGetProperty("context", out JsonElement given) && given.ValueKind != JsonValueKind.Null ? RequestReader.Raw(given) : "{}"u8;
        bool isChecked = !(json.TryGetProperty("validateRequest", out JsonElement validate) && validate.ValueKind == JsonValueKind.False);
        return RequestReader.Request(principal, action, resource, context, isChecked && hasPrincipal && hasAction && hasResource ? schema : null, "request");
    }

    private void Compare(JsonElement request, Response? response)
    {
        string? expected = Member(request, "decision") is { ValueKind: JsonValueKind.String } decision ? decision.GetString() : null;
        string? actual = response?.Decision.ToString();
        bool decided = actual is not null && actual.Equals(expected, StringComparison.OrdinalIgnoreCase);
        tally.Decisions.Add(decided);
        if (response is not null && !decided)
        {
            tally.Disagree($"{name}, {Description(request)}", $"expected {expected ?? "no decision at all"}, got {actual!.ToLowerInvariant()}");
        }

        CompareIds(request, "reason", response?.Reasons.Select(policy => policy.Id), tally.Reasons);
        CompareIds(request, "errors", response?.Errors.Select(error => error.Policy.Id), tally.Errors);
    }

    private void CompareIds(JsonElement request, string member, IEnumerable<string>? actual, ConformanceTally.Score score)
    {
        if (Member(request, member) is not { ValueKind: JsonValueKind.Array } given)
        {
            return;
        }

        HashSet<string> expected = [.. given.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.String ? id.GetString()! : id.GetRawText())];
        bool agrees = actual is not null && expected.SetEquals(actual);
        score.Add(agrees);
        if (actual is not null && !agrees)
        {
            tally.Disagree($"{name}, {Description(request)}", $"expected {member} [{string.Join(", ", expected)}], got [{string.Join(", ", actual)}]");
        }
    }

    private static JsonElement? Member(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member) ? member : null;

    private static string Description(JsonElement request) => Member(request, "description") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "a request";

    private InputFile? File(string member) => test.TryGetProperty(member, out JsonElement path) && path.ValueKind == JsonValueKind.String ? open(path.GetString()!) : null;

    private T? Try<T>(string what, Func<T?> read, out bool refused)
        where T : class
    {
        refused = false;
        try
        {
            return read();
        }
        catch (InputException problem)
        {
            refused = true;
            tally.Disagree(name, $"{what} cannot be used: {problem.Message}");
            return null;
        }
    }
}
