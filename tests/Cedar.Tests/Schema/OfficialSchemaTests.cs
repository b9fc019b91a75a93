using System.Reflection;
using System.Text.Json.Nodes;
using AccessGov.Cedar.Tests.Differential;

namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>
/// The official engine on the schemas of these tests and on random ones: it accepts what we accept, and what it makes of a schema means to
/// us what the schema means. Where we are stricter on purpose is listed.
/// </summary>
public sealed class OfficialSchemaTests
{
    [OfficialEngineFact]
    public async Task The_official_engine_accepts_the_texts_in_the_tables_that_we_accept()
    {
        string[] texts =
        [
            .. Rows(typeof(SchemaTextTests), nameof(SchemaTextTests.A_good_schema_is_read)),
            .. Rows(typeof(SchemaTextTests), nameof(SchemaTextTests.A_bad_schema_is_refused_where_it_is_bad_with_what_would_be_right)),
            .. Rows(typeof(SchemaResolutionTests), nameof(SchemaResolutionTests.A_schema_that_contradicts_itself_is_refused_with_what_would_be_right)),
            .. Rows(typeof(SchemaResolutionTests), nameof(SchemaResolutionTests.Names_that_do_not_collide_are_fine)),
            .. Rows(typeof(SchemaResolutionTests), nameof(SchemaResolutionTests.Types_of_entities_may_be_in_themselves)),
        ];

        IEnumerable<string> differences = await DifferencesAsync([.. texts.Select(text => (text, (JsonNode)text!))], text => Schema.Parse(text));

        // An attribute declared twice: the official engine keeps the last one and says nothing.
        differences.Where(difference => !difference.Contains("declared twice in one record", StringComparison.Ordinal)).ShouldBeEmpty();
        texts.Length.ShouldBeGreaterThan(130);
    }

    [OfficialEngineFact]
    public async Task The_official_engine_accepts_the_JSON_in_the_tables_that_we_accept()
    {
        // JavaScript keeps one of two equal keys, so the engine never sees both; half a surrogate pair does not reach it either.
        string[] texts =
        [
            .. new[]
            {
                Rows(typeof(SchemaJsonTests), nameof(SchemaJsonTests.A_good_schema_says_the_same_as_the_text)),
                Rows(typeof(SchemaJsonTests), nameof(SchemaJsonTests.A_bad_schema_is_refused_where_it_is_bad_with_what_would_be_right)),
            }
            .SelectMany(rows => rows).Where(text => IsPlain(text)),
        ];

        IEnumerable<string> differences = await DifferencesAsync([.. texts.Select(text => (text, JsonNode.Parse(text)!))], text => Schema.ParseJson(text));

        differences.Where(difference => !difference.Contains("occurs twice in one object", StringComparison.Ordinal)).ShouldBeEmpty();
        texts.Length.ShouldBeGreaterThan(50);
    }

    [OfficialEngineFact]
    public async Task What_the_official_engine_makes_of_a_random_schema_means_the_same()
    {
        using var engine = new OfficialEngine("Schema/official-schema.js");
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new RandomSchema(seed);
            var fragment = SchemaFragment.Parse(random.Text);
            Schema expected = Schema.Parse(random.Text);
            JsonNode[] written = [random.Text, JsonNode.Parse(random.Json)!, fragment.ToText(), JsonNode.Parse(fragment.ToJson())!];

            // The engine writes a built-in type by its short name also where an entity type has that name.
            bool isShadowed = expected.EntityTypes.Keys.Any(name => !name[(name.LastIndexOf(':') + 1)..].StartsWith('E'));
            JsonArray answers = await AskAsync(engine, written);

            foreach (JsonNode? answer in answers)
            {
                answer!["error"]?.GetValue<string>().ShouldBeNull($"seed {seed}: {random.Text}");
                Schema ofText = Schema.Parse(answer["text"]?.GetValue<string>() ?? random.Text);
                Schema ofJson = Schema.ParseJson(answer["json"]!.ToJsonString());
                (isShadowed ? null : SchemaComparison.Difference(expected, ofText)).ShouldBeNull($"seed {seed}: the engine's text of {random.Text}\n{answer["text"]}");
                SchemaComparison.Difference(expected, ofJson).ShouldBeNull($"seed {seed}: the engine's JSON of {random.Text}\n{answer["json"]}");
            }

            answers.Count.ShouldBe(4);
        }
    }

    [OfficialEngineFact]
    public async Task A_random_schema_with_a_word_too_many_too_few_or_moved_is_accepted_here_as_there()
    {
        var texts = new List<string>();
        for (int seed = 0; seed < 1_500; seed++)
        {
            var random = new Random(seed);
            texts.Add(DamagedSchema.Of(random));
        }

        IEnumerable<string> differences = await DifferencesAsync([.. texts.Select(text => (text, (JsonNode)text!))], text => Schema.Parse(text));

        differences.Where(difference => !difference.Contains("declared twice in one record", StringComparison.Ordinal)).Take(10).ShouldBeEmpty();
        texts.Count(Accepts).ShouldBeInRange(40, 1_350);
    }

    private static bool Accepts(string text)
    {
        try
        {
            Schema.Parse(text);
            return true;
        }
        catch (SchemaException)
        {
            return false;
        }
    }

    private static async Task<IEnumerable<string>> DifferencesAsync((string Text, JsonNode Schema)[] schemas, Action<string> parse)
    {
        using var engine = new OfficialEngine("Schema/official-schema.js");
        JsonArray answers = await AskAsync(engine, [.. schemas.Select(schema => schema.Schema)]);
        return schemas.Zip(answers, (schema, answer) => Difference(schema.Text, ErrorOf(() => parse(schema.Text)), answer!["error"]?.GetValue<string>()))
            .OfType<string>();
    }

    private static string? Difference(string text, string? ours, string? theirs) =>
        ours is null == theirs is null ? null : $"{text}\nours: {ours ?? "accepted"}\nofficial: {theirs ?? "accepted"}";

    private static async Task<JsonArray> AskAsync(OfficialEngine engine, JsonNode[] schemas) =>
        (await engine.AskAsync(new JsonObject { ["schemas"] = new JsonArray([.. schemas.Select(schema => schema.DeepClone())]) }.ToJsonString()))["schemas"]!.AsArray();

    private static string? ErrorOf(Action parse)
    {
        try
        {
            parse();
            return null;
        }
        catch (SchemaException refused)
        {
            return refused.Message;
        }
    }

    private static bool IsPlain(string json)
    {
        try
        {
            return !json.Contains("ud800", StringComparison.Ordinal) && JsonNode.Parse(json)!.ToJsonString().Length > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Rows(Type tests, string method)
    {
        MethodInfo theory = tests.GetMethod(method)!;
        return theory.GetCustomAttributes<InlineDataAttribute>().SelectMany(row => row.GetData(theory)).Select(row => (string)row[0]);
    }
}
