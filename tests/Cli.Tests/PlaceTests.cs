using System.Text.Json;

namespace AccessGov.Cli.Tests;

/// <summary>Whatever is wrong in an input is named by file, line and column, in words for the person who wrote it.</summary>
public sealed class PlaceTests : IDisposable
{
    private const string Schema = """
        entity User { age: Long, home?: { zip: Long } } tags Long; entity P;
        action view appliesTo { principal: User, resource: P, context: { a?: Long, "b c"?: Set<{ d: Long }> } };
        """;

    private readonly Folder folder = new();
    private readonly string policies;
    private readonly string schema;

    public PlaceTests()
    {
        policies = folder.Write("p.cedar", "permit(principal, action, resource);");
        schema = folder.Write("s.cedarschema", Schema);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("[\n {\"uid\":]", false, "2:9: error: This is not valid JSON: ']' is an invalid start of a value.")]
    [InlineData("[\n {\"uid\":]", true, "2:9: error: This is not valid JSON: ']' is an invalid start of a value.")]
    [InlineData("{}", false, "1:1: error: Expected an array of entities.")]
    [InlineData("[\n ADA,\n {\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{\"age\":1,\n \"home\":{\"zip\":null}},\"parents\":[]}]", false, "4:16: error: User::\"bob\" attrs.home.zip: Cedar knows no null")]
    [InlineData("[\n ADA,\n {\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{\"age\":1,\n \"home\":{\"zip\":null}},\"parents\":[]}]", true, "4:16: error: ")]
    [InlineData("[\n ADA,\n {\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attr\":{}}]", false, "3:2: error: User::\"bob\": The key `attr` is unknown")]
    [InlineData("[\n {\"uid\":1}]", true, "2:9: error: [0].uid: ")]
    [InlineData("[]\n x", false, "2:2: error: This is not valid JSON: 'x' is invalid after a single JSON value.")]
    [InlineData("[]\n x", true, "2:2: error: This is not valid JSON: 'x' is invalid after a single JSON value.")]
    [InlineData("[\n {\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{},\"parents\":[1]}]", false, "2:58: error: User::\"bob\" parents[0]: Expected an entity uid")]
    [InlineData("[\n {\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{\"age\":1,\n \"home\":{\"zip\":\"x\"}},\"parents\":[]}]", true, "3:16: error: User::\"bob\" attrs.home.zip: ")]
    [InlineData("[\n {\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{},\n\"parents\":{}}]", false, "3:11: error: User::\"bob\" parents: The parents are an array of entity uids.")]
    [InlineData("[\n {\"parents\":[1],\n\"attrs\":null,\"uid\":{\"type\":\"User\",\"id\":\"bob\"}}]", false, "2:14: error: User::\"bob\" parents[0]: Expected an entity uid")]
    [InlineData("[\n {\"uid\":{\"type\":\"User \",\"id\":\"bob\"},\n\"attrs\":null,\"parents\":[]}]", false, "2:9: error: [0].uid: `User ` is not an entity type such as User")]
    [InlineData("[\n {\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{\"ip\":\n{\"__extn\":{\"fn\":\"ip\",\"arg\":\"10.0.0.256\"}}},\"parents\":[]}]", false, "3:1: error: User::\"bob\" attrs.ip: \"10.0.0.256\" is not an IP address or range that Cedar accepts.")]
    [InlineData("[\n {\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{},\"parents\":[{\"type\":\"User\",\"id\":\"bob\"}]}]", false, "2:2: error: The hierarchy has a cycle: User::\"bob\" is its own parent.")]
    [InlineData("[ADA,\n {\"uid\":{\"type\":\"User\",\"id\":\"ada\"},\"attrs\":{\"age\":2},\"parents\":[]}]", false, "2:2: error: The entity User::\"ada\" is given twice")]
    [InlineData("[{\"uid\":{\"type\":\"User\",\"id\":\"ada\"},\"attrs\":{\"age\":DEEP},\"parents\":[]}]", false, "error: This nests deeper than 64 levels")]
    public void In_entities(string content, bool hasSchema, string message)
    {
        string file = folder.Write("e.json", content
            .Replace("ADA", "{\"uid\":{\"type\":\"User\",\"id\":\"ada\"},\"attrs\":{\"age\":1},\"parents\":[]}", StringComparison.Ordinal)
            .Replace("DEEP", new string('[', 70) + new string(']', 70), StringComparison.Ordinal));
        string[] checks = hasSchema ? ["--schema", schema] : [];

        Plain(CommandRun.Of(["policy", "check", policies, "--entities", file, .. checks])).ShouldEndWith(1).Output.ShouldContain(message.StartsWith('e') ? message : $"{file}:{message}");
    }

    [Fact]
    public void In_entities_that_nest_without_end_the_bound_is_named_at_once()
    {
        string file = folder.Write("deep.json", new string('[', 300_000) + new string(']', 300_000));

        Plain(CommandRun.Of("policy", "check", policies, "--entities", file)).ShouldEndWith(1).Output
            .ShouldContain($"{file}:1:129: error: This nests deeper than 128 levels, the most that is read.");
    }

    [Fact]
    public void In_entities_that_contradict_those_of_another_file()
    {
        string one = folder.Write("one.json", """[{"uid":{"type":"User","id":"ada"},"attrs":{},"parents":[]}]""");
        string other = folder.Write("other.json", "[\n{\"uid\":{\"type\":\"User\",\"id\":\"ada\"},\"attrs\":{\"a\":1},\"parents\":[]}]");

        CommandRun.Of("policy", "check", policies, "-e", one, other).ShouldEndWith(1).Output.ShouldContain($"{other}:2:1: error: The entity User::\"ada\" is given twice");
    }

    [Theory]
    [InlineData("{\"context\":{\"a\":\n[1,null]}}", false, "2:4: error: requests[0].context.a[1]: Cedar knows no null")]
    [InlineData("{\"context\":{\"a\":\n\"x\"}}", true, "2:1: error: context.a: ")]
    [InlineData("{\"context\":\n[]}", false, "2:1: error: requests[0].context: Expected a record")]
    [InlineData("{\"context\":{\"b c\":\n [{\"d\":1},{\"d\":\"x\"}]}}", true, "2:2: error: context[\"b c\"][].d: ")]
    [InlineData("{\"entities\":\n[{\"uid\":{\"type\":\"User\",\"id\":\"bob\"},\"attrs\":{\"age\":1.5},\"parents\":[]}]}", false, "2:51: error: User::\"bob\" attrs.age: ")]
    [InlineData("{\"resource\":\n\"p\"}", false, "2:1: error: requests[0].resource: `p` is not an entity uid")]
    [InlineData("{\"nam\":\n1}", false, "1:14: error: requests[0]: there is no member `nam`; the members are name, ")]
    [InlineData("{\"reasons\":[\n\"a\",2]}", false, "2:5: error: requests[0].reasons[1]: expected a string.")]
    public void In_cases_and_recorded_requests(string members, bool hasSchema, string message)
    {
        Dictionary<string, JsonElement> request = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"principal":"User::\"a\"","action":"Action::\"view\"","resource":"P::\"p\"","decision":"allow"}""")!;
        string rest = string.Join(',', request.Where(member => !members.Contains($"\"{member.Key}\"", StringComparison.Ordinal)).Select(member => $"\"{member.Key}\":{member.Value.GetRawText()}"));
        string whole = $"{members[..^1]},{rest}}}";
        string cases = folder.Write("x.cases.json", $$"""{"requests":[{{whole}}]{{(hasSchema ? ",\"schema\":\"s.cedarschema\"" : "")}}}""");

        CommandRun run = Plain(CommandRun.Of("policy", "test", cases));

        run.ExitCode.ShouldBeGreaterThan(0);
        (run.Output + run.Error).ShouldContain(run.ExitCode == 2 ? $"{cases}:{message}" : message[(message.IndexOf("error: ", StringComparison.Ordinal) + 7)..]);
        if (members.Contains("context", StringComparison.Ordinal))
        {
            string[] checks = hasSchema ? ["--schema", schema] : [];
            string requests = folder.Write("rq2.jsonl", "\n" + whole.Replace("\n", "", StringComparison.Ordinal));
            CommandRun diff = CommandRun.Of(["policy", "diff", policies, policies, "-r", requests, "--json", .. checks]).ShouldEndWith(2);
            JsonElement finding = diff.Json.GetProperty("findings")[0];
            finding.GetProperty("file").GetString().ShouldBe(requests);
            finding.GetProperty("line").GetInt32().ShouldBe(2);
            finding.GetProperty("column").GetInt32().ShouldBeGreaterThan(10);
        }
    }

    [Theory]
    [InlineData("{\"requests\":\n[,]}", "x.cases.json:2:2: error: This is not valid JSON")]
    [InlineData("{\"requests\":\n[], \"requests\":[]}", "x.cases.json:2:5: error: This is not valid JSON: the key `requests` occurs twice in one object.")]
    [InlineData("{\"requests\": DEEP}", "x.cases.json:1:141: error: This nests deeper than 128 levels, the most that is read.")]
    public void In_files_of_cases_that_are_no_JSON(string content, string message) =>
        Plain(CommandRun.Of("policy", "test", folder.Write("x.cases.json", content.Replace("DEEP", new string('[', 200) + new string(']', 200), StringComparison.Ordinal))))
            .ShouldEndWith(2).Error.ShouldContain(message);

    [Theory]
    [InlineData("{\"\":\n{\"entityTypes\":[],\"actions\":{}}}", "2:16: error: //entityTypes: ", "//entityTypes")]
    [InlineData("{\"\":\n{\"entityTypes\":}}", "2:16: error: This is not valid JSON", null)]
    [InlineData("{\"\":{\"entityTypes\":{\"A\":{\"shape\":{\"type\":\"Nowhere\"}}},\n\"actions\":{}}}", "1:", "//entityTypes/A/shape")]
    [InlineData("{\"\":DEEP}", "1:323: error: This nests deeper than a schema may: 100 levels of a type.", null)]
    public void In_schemas(string content, string message, string? pointer)
    {
        string file = folder.Write("s.json", content.Replace("DEEP", new string('[', 400) + new string(']', 400), StringComparison.Ordinal));

        Plain(CommandRun.Of("policy", "check", policies, "--schema", file)).ShouldEndWith(1).Output.ShouldContain($"{file}:{message}");

        JsonElement finding = CommandRun.Of("policy", "check", policies, "--schema", file, "--json").Json.GetProperty("findings")[0];
        (finding.TryGetProperty("pointer", out JsonElement given) ? given.GetString() : null).ShouldBe(pointer);
        finding.GetProperty("file").GetString().ShouldBe(file);
    }

    [Fact]
    public void In_policies_that_nest_deeper_than_any()
    {
        string file = folder.Write("deep.json", new string('[', 30_000) + new string(']', 30_000));
        CommandRun run = Plain(CommandRun.Of("policy", "check", file)).ShouldEndWith(1);
        run.Output.ShouldContain("error: This nests deeper than a policy may: 250 levels of an expression, 10,000 links of a chain.");
        run.Output.ShouldNotContain("20516");

        string chains = new[] { "&&", "||", "&&" }.Aggregate("context.a", (inner, link) => $"({inner}{string.Concat(Enumerable.Repeat($" {link} context.a", 9_000))})");
        CommandRun translated = CommandRun.Of("policy", "translate", folder.Write("deep.cedar", $"permit(principal, action, resource) when {{ {chains} }};"));
        translated.ExitCode.ShouldBe(2);
        translated.Error.ShouldEndWith("deep.cedar: a policy nests deeper than JSON of policies may: chains of thousands of links inside each other; split it.\n");
    }

    [Fact]
    public void Of_two_policies_with_one_id()
    {
        const string Policy = """{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}""";
        string one = folder.Write("one.json", $"{{\"staticPolicies\":{{\"policy0\":{Policy}}}}}");
        string other = folder.Write("other.json", $"{{\"staticPolicies\":{{\n\"policy0\":{Policy}}}}}");

        CommandRun run = CommandRun.Of("policy", "check", one, policies, other).ShouldEndWith(1);

        run.Output.ShouldContain($"{one}:1:30: error: policy `policy0`: Another policy has this id already, at {policies}:1:1; give one of them another id");
        run.Output.ShouldContain($"{other}:2:11: error: policy `policy0`: ");
        run.Output.ShouldNotContain("Parameter");
    }

    [Theory]
    [InlineData("--level takes a number from 0; `99999999999` is none.", "check", "p.cedar", "--level", "99999999999")]
    [InlineData("--level takes a number from 0; `-2` is none.", "check", "p.cedar", "--level", "-2")]
    [InlineData("Argument 'bogus' not recognized. Must be one of: 'policy' 'set' 'schema'\n", "translate", "p.cedar", "--as", "bogus")]
    [InlineData("--level needs --schema.", "check", "p.cedar", "--level", "0")]
    [InlineData("--shown-max takes a number from 0; `x` is none.", "conformance", "", "--shown-max", "x")]
    [InlineData("--width takes a number from 20 to 1000; `1e3` is none.", "format", "p.cedar", "--width", "1e3")]
    [InlineData("--coverage-min takes 0 to 100; `NaN` is none of that.", "test", "", "--coverage-min", "NaN")]
    [InlineData("--coverage-min takes 0 to 100; `-1` is none of that.", "test", "", "--coverage-min", "-1")]
    public void In_numbers_and_choices_of_the_command_line(string message, string command, string path, params string[] options) =>
        CommandRun.Of(["policy", command, folder[path], .. options]).ShouldEndWith(2).Error.ShouldStartWith(message);

    [Fact]
    public void A_message_quotes_no_megabyte()
    {
        string huge = new('x', 1_000_000);
        string file = folder.Write("e.json", $$"""[{"uid":{"type":"User","id":"{{huge}}"},"attrs":{"{{huge}}":null},"parents":[]}]""");

        CommandRun entities = CommandRun.Of("policy", "check", policies, "-e", file).ShouldEndWith(1);
        entities.Output.Length.ShouldBeLessThan(2_000);
        entities.Output.ShouldContain($"{file}:1:");
        entities.Output.ShouldContain("Cedar knows no null; leave the attribute out.");

        string[] args = ["policy", "authorize", "-p", policies, "--principal", "User::\"a\"", "--action", "Action::\"view\"", "--resource"];
        CommandRun.Of([.. args, huge]).ShouldEndWith(2).Error.Length.ShouldBeLessThan(2_000);
        CommandRun context = CommandRun.Of([.. args, "P::\"p\"", "--context", $"[{huge}"]).ShouldEndWith(2);
        context.Error.Length.ShouldBeLessThan(2_000);
        context.Error.ShouldEndWith("` is neither.\n");

        // No half of a character is left where the quotation is cut.
        string emoji = string.Concat(Enumerable.Repeat("x\U0001F600\U0001F600", 1_000));
        CommandRun.Of([.. args, emoji]).Error.EnumerateRunes().ShouldAllBe(rune => rune.Value != 0xFFFD);
    }

    [Fact]
    public void In_a_context_from_a_file_and_from_the_command_line()
    {
        string[] args = ["policy", "authorize", "-p", policies, "-s", schema, "--principal", "User::\"a\"", "--action", "Action::\"view\"", "--resource", "P::\"p\"", "--context"];
        string file = folder.Write("c.json", "{\"a\":\n\"x\"}");

        CommandRun.Of([.. args, file]).ShouldEndWith(2).Error.ShouldStartWith($"{file}:2:1: error: context.a: ");
        CommandRun.Of([.. args, "{\"a\":\"x\"}"]).ShouldEndWith(2).Error.ShouldStartWith("--context:1:6: error: context.a: ");
        Plain(CommandRun.Of([.. args, "{\"a\":}"])).ShouldEndWith(2).Error.ShouldStartWith("--context:1:6: error: This is not valid JSON: ");
    }

    private static CommandRun Plain(CommandRun run)
    {
        foreach (string words in new[] { "LineNumber", "BytePosition", "counted from 0", "configured depth", "Parameter" })
        {
            (run.Output + run.Error).ShouldNotContain(words);
        }

        return run;
    }
}
