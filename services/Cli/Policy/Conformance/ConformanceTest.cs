using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>One test of the public format: policies, entities, a schema, requests and what the official engine says of each.</summary>
internal sealed class ConformanceTest(Place root, JsonElement test, Func<string, InputFile> open, ConformanceTally tally)
{
    private readonly string name = root.Name;
    private readonly JsonElement[] requests = [.. test.Member("requests")!.Value.EnumerateArray()];

    /// <summary>Whether the JSON is a test, whatever its file is called, and what it lacks to be run.</summary>
    public static bool IsTest(JsonElement json, out string? missing)
    {
        bool hasPolicies = json.Member("policies") is { ValueKind: JsonValueKind.String };
        bool hasEntities = json.Member("entities") is { ValueKind: JsonValueKind.String };
        bool hasRequests = json.Member("requests") is { ValueKind: JsonValueKind.Array };
        bool hasVerdict = json.Member("shouldValidate") is { ValueKind: JsonValueKind.True or JsonValueKind.False };
        missing = !hasPolicies ? "`policies` must name a file."
            : !hasEntities ? "`entities` must name a file."
            : !hasRequests ? "`requests` must be a list of requests."
            : null;
        return hasPolicies || hasEntities || hasRequests || hasVerdict;
    }

    public void Run()
    {
        tally.Tests++;
        tally.Requests += requests.Length;
        Schema? schema = Try("the schema", () => File("schema") is { } file ? SchemaFiles.Parse([file]) : null, out bool schemaRefused);
        PolicySet? policies = Try("the policies", () => Policies(File("policies")!), out _);
        Validate(schema, schemaRefused, policies);
        EntityStore? entities = Try("the entities", () => EntityFiles.Store([EntitySource.Of(File("entities")!)], schema), out _);
        CompiledPolicySet? compiled = policies?.Compile();
        for (int i = 0; i < requests.Length; i++)
        {
            Place place = root.Member("requests").Item(i);
            Compare(requests[i], place, compiled is null || entities is null ? null : Answer(requests[i], place, compiled, entities, schema));
        }
    }

    // The public tests count ids through the file and know no @id.
    private static PolicySet Policies(InputFile file)
    {
        try
        {
            return file.IsJson ? PolicySetJson.Parse(file.Json()) : PolicySet.Parse(file.Text(), file.Name);
        }
        catch (PolicySyntaxException refused)
        {
            throw new InputException(string.Join("; ", refused.Errors));
        }
        catch (PolicyJsonException refused)
        {
            throw PolicyFiles.Malformed(file, refused);
        }
    }

    private void Validate(Schema? schema, bool schemaRefused, PolicySet? policies)
    {
        if (test.Member("shouldValidate") is not { ValueKind: JsonValueKind.True or JsonValueKind.False } should)
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

    private Response? Answer(JsonElement json, Place place, CompiledPolicySet policies, EntityStore entities, Schema? schema)
    {
        try
        {
            Request request = Read(json, place, schema);
            return policies.Evaluate(in request, entities);
        }
        catch (InputException refused)
        {
            tally.Disagree($"{name}, {Description(json)}", refused.In(name));
            return null;
        }
    }

    private static Request Read(JsonElement json, Place place, Schema? schema)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw place.Refuse("a request is an object.");
        }

        // A principal, action or resource that is left out is equal to nothing, to none of the others, in nothing and of no type.
        EntityUid Uid(string member, out bool isGiven)
        {
            JsonElement? uid = json.Member(member);
            isGiven = uid is { ValueKind: not JsonValueKind.Null };
            return isGiven ? RequestReader.Uid(uid!.Value, place.Member(member)) : new EntityUid("", member);
        }

        EntityUid principal = Uid("principal", out bool hasPrincipal);
        EntityUid action = Uid("action", out bool hasAction);
        EntityUid resource = Uid("resource", out bool hasResource);
        JsonElement? context = json.Member("context") is { ValueKind: not JsonValueKind.Null } given ? given : null;
        bool isChecked = json.Member("validateRequest") is not { ValueKind: JsonValueKind.False };
        Schema? against = isChecked && hasPrincipal && hasAction && hasResource ? schema : null;
        return RequestReader.Request(principal, action, resource, context, against, place, place.Member("context"));
    }

    private void Compare(JsonElement request, Place place, Response? response)
    {
        string? expected = Expect<string?>(request, "decision", JsonValueKind.String, given => given.Text(place.Member("decision")), out bool isGiven);
        string? actual = response?.Decision.ToString();
        bool decided = actual is not null && actual.Equals(expected, StringComparison.OrdinalIgnoreCase);
        tally.Decisions.Add(decided);
        if (response is not null && !decided && (expected is not null || !isGiven))
        {
            tally.Disagree($"{name}, {Description(request)}", $"expected {expected ?? "no decision at all"}, got {actual!.ToLowerInvariant()}");
        }

        CompareIds(request, place, "reason", response?.Reasons.Select(policy => policy.Id), tally.Reasons);
        CompareIds(request, place, "errors", response?.Errors.Select(error => error.Policy.Id), tally.Errors);
    }

    private void CompareIds(JsonElement request, Place place, string member, IEnumerable<string>? actual, ConformanceTally.Score score)
    {
        HashSet<string>? expected = Expect<HashSet<string>>(
            request, member, JsonValueKind.Array,
            given => [.. given.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.String ? id.Text(place.Member(member)) : id.GetRawText())], out bool isGiven);
        if (!isGiven)
        {
            return;
        }

        bool agrees = actual is not null && expected?.SetEquals(actual) == true;
        score.Add(agrees);
        if (actual is not null && expected is not null && !agrees)
        {
            tally.Disagree($"{name}, {Description(request)}", $"expected {member} [{string.Join(", ", expected)}], got [{string.Join(", ", actual)}]");
        }
    }

    // An expectation that cannot be read is met by nothing.
    private T? Expect<T>(JsonElement request, string member, JsonValueKind kind, Func<JsonElement, T> read, out bool isGiven)
    {
        JsonElement? given = request.Member(member);
        isGiven = given?.ValueKind == kind;
        try
        {
            return isGiven ? read(given!.Value) : default;
        }
        catch (InputException unreadable)
        {
            tally.Disagree($"{name}, {Description(request)}", unreadable.In(name));
            return default;
        }
    }

    private static string Description(JsonElement request)
    {
        try
        {
            return request.Member("description") is { ValueKind: JsonValueKind.String } text ? text.Text(Place.Option("description")) : "a request";
        }
        catch (InputException)
        {
            return "a request";
        }
    }

    private InputFile? File(string member) => test.Member(member) is { ValueKind: JsonValueKind.String } path ? open(path.Text(root.Member(member))) : null;

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
            tally.Disagree(name, $"{what} cannot be used: {problem.In(name)}");
            return null;
        }
    }
}
