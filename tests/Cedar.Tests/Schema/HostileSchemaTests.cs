using System.Diagnostics;
using System.Text;

namespace AccessGov.Cedar.Tests.Schemas;

public sealed class HostileSchemaTests
{
    private const int DepthMax = 100;

    [Fact]
    public void Deep_nesting_is_refused_by_name_in_text_and_JSON()
    {
        foreach (int depth in (int[])[DepthMax + 1, 100_000])
        {
            string sets = $"type T = {Repeat("Set<", depth)}Long{Repeat(">", depth)};";
            string records = $"type T = {Repeat("{a:", depth)}Long{Repeat("}", depth)};";
            ErrorOf(() => Schema.Parse(sets)).ShouldContain("deeper than 100");
            ErrorOf(() => Schema.Parse(records)).ShouldContain("deeper than 100");
        }

        ErrorOf(() => Schema.ParseJson(Json(DepthMax + 1))).ShouldContain("deeper than 100");
        ErrorOf(() => Schema.ParseJson(Json(100_000))).ShouldContain("not valid JSON");
    }

    [Fact]
    public void What_is_just_not_too_deep_survives_every_translation()
    {
        string text = $"type T = {Repeat("{a:Set<", DepthMax / 2)}Long{Repeat(">}", DepthMax / 2)};entity E {{ t: Long }};";
        SchemaFragment fragment = SchemaFragment.Parse(text);

        Schema.ParseJson(fragment.ToJson()).ShouldBeEqualTo(Schema.Parse(fragment.ToText()));
    }

    [Fact]
    public void Common_types_that_grow_beyond_all_bounds_are_refused()
    {
        string doubling = string.Concat(Enumerable.Range(1, 90).Select(i => $"type T{i} = {{ a: T{i - 1}, b: T{i - 1} }};"));
        string deepening = string.Concat(Enumerable.Range(1, 200).Select(i => $"type T{i} = Set<T{i - 1}>;"));

        ErrorOf(() => Schema.Parse($"type T0 = Long;{doubling}")).ShouldContain("more than 100000 attributes");
        ErrorOf(() => Schema.Parse($"type T0 = Long;{deepening}")).ShouldContain("deeper than 100");
    }

    [Fact]
    public void A_long_chain_of_names_for_one_type_is_fine_and_a_long_cycle_is_an_error()
    {
        string chain = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"type T{i} = T{i + 1};"));

        Schema.Parse($"{chain}type T20000 = Long;entity E {{ a: T0 }};").EntityTypes["E"].Attributes.Attributes["a"].Type.ShouldBe(SchemaType.Long);
        ErrorOf(() => Schema.Parse($"{chain}type T20000 = T0;")).ShouldContain("may not refer to themselves");
        ErrorOf(() => Schema.Parse($"{chain}entity E {{ a: T0 }};")).ShouldContain("`T20000` is not declared");
    }

    [Fact]
    public void A_hierarchy_too_large_to_close_is_refused()
    {
        string chain = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"entity E{i + 1} in E{i};"));
        string actions = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"action a{i + 1} in a{i};"));

        ErrorOf(() => Schema.Parse($"entity E0;{chain}")).ShouldContain("more than 1000000 steps");
        ErrorOf(() => Schema.Parse($"action a0;{actions}")).ShouldContain("more than 1000000 steps");
    }

    [Fact]
    public void A_megabyte_of_anything_is_answered_soon()
    {
        const int Size = 1_000_000;
        string[] texts =
        [
            string.Concat(Enumerable.Range(0, Size / 40).Select(i => $"entity E{i} in E{i / 2} {{ a{i}: Long, b: E{i / 3} }};")),
            $"entity E {{ {string.Concat(Enumerable.Range(0, Size / 15).Select(i => $"a{i}: Long,"))} }};",
            $"entity {string.Join(',', Enumerable.Range(0, Size / 8).Select(i => $"E{i}"))};",
            $"entity E enum [{string.Join(',', Enumerable.Range(0, Size / 10).Select(i => $"\"{i}\""))}];",
            string.Concat(Enumerable.Range(0, Size / 20).Select(i => $"namespace N{i} {{}}")),
            string.Concat(Enumerable.Range(0, Size / 8).Select(i => $"@a{i}")) + " entity E;",
            $"namespace {string.Join("::", Enumerable.Repeat("n", Size / 3))} {{ entity E {{ a: Missing }}; }}",
            string.Concat(Enumerable.Range(0, Size / 20).Select(i => $"entity E{i} {{ a: e{i} }};")),
            string.Concat(Enumerable.Range(0, Size / 20).Select(i => $"type T{i} = T{i};")),
            Repeat("entity A;", Size / 9),
            Repeat("entity ", Size / 7),
            Repeat("{", Size),
            Repeat("@", Size),
            new string('"', Size),
        ];

        foreach (string text in texts)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                Schema.Parse(text);
                SchemaFragment fragment = SchemaFragment.Parse(text);
                Schema.ParseJson(SchemaFragment.Parse(fragment.ToText()).ToJson());
            }
            catch (SchemaException refused)
            {
                refused.Errors.Count.ShouldBeInRange(1, SchemaException.ErrorsMax);
            }

            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), text[..40]);
        }
    }

    [Fact]
    public void Random_damage_to_a_schema_is_an_error_at_worst()
    {
        const string Good = """
            @doc("x") namespace N { type T = { a?: Set<Long>, "b c": E, }; entity E, F in [E] = { t: T } tags String; entity G enum ["x"];
            action a, "b" in [Action::"c"] appliesTo { principal: E, resource: [E, F], context: T }; action c attributes {}; } // end
            """;
        string json = SchemaFragment.Parse(Good).ToJson();
        const int Seed = 20_260_101;
        var random = new Random(Seed);
        for (int round = 0; round < 3_000; round++)
        {
            string text = Damaged(random, Good);
            string damagedJson = Damaged(random, json);
            Should.NotThrow(() => Survives(() => Schema.Parse(text)), $"seed {Seed}, round {round}: {text}");
            Should.NotThrow(() => Survives(() => Schema.ParseJson(damagedJson)), $"seed {Seed}, round {round}: {damagedJson}");
        }
    }

    private static void Survives(Action read)
    {
        try
        {
            read();
        }
        catch (SchemaException refused)
        {
            refused.Errors.ShouldNotBeEmpty();
        }
    }

    private static string Damaged(Random random, string good)
    {
        var text = new StringBuilder(good);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(text.Length - 10);
            _ = random.Next(3) switch
            {
                0 => text.Remove(at, random.Next(1, 9)),
                1 => text.Insert(at, good.AsSpan(random.Next(good.Length - 12), random.Next(1, 12))),
                _ => text.Insert(at, "{}[]<>:;,=?@\"\\/\0\ud800"[random.Next(17)]),
            };
        }

        return text.ToString();
    }

    private static string Json(int depth) =>
        """{"":{"entityTypes":{},"actions":{},"commonTypes":{"T":""" + Repeat("{\"type\":\"Set\",\"element\":", depth)
            + """{"type":"Long"}""" + Repeat("}", depth) + "}}}";

    private static string Repeat(string part, int times) => new StringBuilder(part.Length * times).Insert(0, part, times).ToString();

    private static string ErrorOf(Action read) => Should.Throw<SchemaException>(read).Errors[0].Message;
}
