using System.Reflection;
using System.Text.Json.Nodes;
using AccessGov.Cedar.Tests.Conformance;
using AccessGov.Cedar.Tests.Differential;

namespace AccessGov.Cedar.Tests.Validation;

/// <summary>
/// The verdicts of the official validator on the tables of these tests and on random typed policies: the same policies are valid, and the
/// others for the same kinds of reasons. A policy without an applicable action is an error here and a warning there since 4.13.
/// </summary>
public sealed class OfficialValidationTests
{
    [OfficialEngineFact]
    public async Task The_official_validator_says_the_same_of_every_condition_in_the_tables()
    {
        string[] conditions =
        [
            .. Rows(typeof(ErrorKindTests), nameof(ErrorKindTests.A_mistake_in_a_condition_is_found_where_it_stands_with_what_would_be_right)),
            .. Rows(typeof(ErrorKindTests), nameof(ErrorKindTests.What_is_right_is_left_alone)),
            .. Rows(typeof(FlowTests), nameof(FlowTests.A_guard_counts_where_it_must_have_been_true)),
            .. Rows(typeof(FlowTests), nameof(FlowTests.What_is_never_reached_is_not_checked)),
            .. Rows(typeof(FlowTests), nameof(FlowTests.What_may_be_reached_is_checked)),
            .. Rows(typeof(GuardPositionTests), nameof(GuardPositionTests.A_path_guards_each_of_its_steps)),
            .. Rows(typeof(GuardPositionTests), nameof(GuardPositionTests.A_tag_is_guarded_by_its_own_name_on_its_own_entity)),
            .. Rows(typeof(MessageTests), nameof(MessageTests.The_problem_is_said_in_a_sentence)),
        ];
        using var engine = new OfficialEngine("Differential/official-engine.js");

        List<string> differences = await Differences(
            engine, Clinic.Text, Clinic.Schema, [.. conditions.Distinct().Select(condition => $"permit(principal, action == Action::\"view\", resource) when {{ {condition} }};")]);

        differences.ShouldBeEmpty();
        conditions.Length.ShouldBeGreaterThan(200);
    }

    [OfficialEngineFact]
    public async Task The_official_validator_says_the_same_of_random_typed_policies()
    {
        using var engine = new OfficialEngine("Differential/official-engine.js");
        for (int seed = 0; seed < 60; seed++)
        {
            var world = new TypedWorld(seed);
            var right = new TypedPolicies(world, seed);
            var wrong = new TypedPolicies(world, seed, mistakes: true);
            string[] policies = [.. Enumerable.Range(0, 30).Select(i => (i % 3 == 0 ? right : wrong).Next(1 + (i % 4)))];

            (await Differences(engine, world.Text, world.Schema, policies)).ShouldBeEmpty($"seed {seed}\n{world.Text}");
        }
    }

    private static async Task<List<string>> Differences(OfficialEngine engine, string schemaText, Schema schema, string[] policies)
    {
        var statics = new JsonObject(policies.Select((policy, i) => KeyValuePair.Create($"policy{i}", (JsonNode?)policy)));
        JsonNode answer = await engine.AskAsync(new JsonObject
        {
            ["schema"] = schemaText, ["policies"] = new JsonObject { ["staticPolicies"] = statics }, ["entities"] = new JsonArray(), ["requests"] = new JsonArray(),
        }.ToJsonString());
        answer["failure"].ShouldBeNull();
        var validator = new Validator(schema);
        var differences = new List<string>();
        for (int i = 0; i < policies.Length; i++)
        {
            ValidationResult ours = validator.Validate(PolicySet.Parse(policies[i]));
            string[] messages = [.. (answer["invalid"]![$"policy{i}"] as JsonArray ?? []).Select(message => message!.GetValue<string>())];
            string official = Sorted(messages.Select(OfficialVerdict.KindOf));
            string mine = Sorted(ours.Errors.Select(error => OfficialVerdict.AsOfficial(error.Kind)));
            bool impossible = ours.Warnings.Any(warning => warning.Kind == ValidationWarningKind.ImpossiblePolicy);
            bool theirs = answer["impossible"]!.AsArray().Any(id => id!.GetValue<string>() == $"policy{i}");
            if (official != mine || (mine.Length == 0 && impossible != theirs))
            {
                differences.Add($"{policies[i]}\nofficial: {official} (impossible {theirs}) {string.Join("; ", messages)}\nours: {mine} (impossible {impossible}) {string.Join("; ", ours.Errors)}");
            }
        }

        return differences;
    }

    private static string Sorted(IEnumerable<ValidationErrorKind> kinds) =>
        string.Join(", ", kinds.Where(kind => kind != ValidationErrorKind.InvalidActionApplication).Distinct().Order());

    private static IEnumerable<string> Rows(Type tests, string method)
    {
        MethodInfo theory = tests.GetMethod(method)!;
        return theory.GetCustomAttributes<InlineDataAttribute>().SelectMany(row => row.GetData(theory)).Select(row => (string)row[0]);
    }
}
