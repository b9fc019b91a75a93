using System.Text.Json;

namespace AccessGov.Cli.Tests;

public sealed class TranslateTests : IDisposable
{
    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Policies_survive_the_way_to_JSON_and_back()
    {
        string pretty = File.ReadAllText(Repository.Example("radiology.cedar"));

        CommandRun json = CommandRun.Of("policy", "translate", Repository.Example("radiology.cedar"));
        json.ShouldEndWith(0).Json.GetProperty("staticPolicies").EnumerateObject().Select(policy => policy.Name)
            .ShouldBe(["radiologists-read", "restricted-needs-treatment", "auditors-search"]);

        CommandRun.WithInput(json.Output, "policy", "translate", "-").ShouldEndWith(0).Output.ShouldBe(pretty);
    }

    [Fact]
    public void A_single_policy_becomes_the_JSON_of_one_and_back()
    {
        const string Text = "permit (principal, action, resource);\n";

        CommandRun json = CommandRun.WithInput(Text, "policy", "translate", "-", "--as", "policy");

        json.ShouldEndWith(0).Json.GetProperty("effect").GetString().ShouldBe("permit");
        CommandRun.WithInput(json.Output, "policy", "translate", "-").ShouldEndWith(0).Output.ShouldBe(Text);
        CommandRun.WithInput(Text + Text, "policy", "translate", "-", "--as", "policy").ShouldEndWith(2).Error.ShouldContain("exactly one policy");
    }

    [Fact]
    public void A_schema_survives_the_way_to_JSON_and_back()
    {
        CommandRun json = CommandRun.Of("policy", "translate", Repository.Example("radiology.cedarschema"));
        json.ShouldEndWith(0).Json.GetProperty("").GetProperty("entityTypes").TryGetProperty("Study", out _).ShouldBeTrue();

        CommandRun text = CommandRun.WithInput(json.Output, "policy", "translate", "-");

        text.ShouldEndWith(0).Output.ShouldContain("entity Study");
        CommandRun.WithInput(text.Output, "policy", "translate", "-", "--as", "schema").ShouldEndWith(0).Output.ShouldBe(json.Output);
    }

    [Fact]
    public void A_link_becomes_a_policy_that_nothing_escapes_from()
    {
        JsonElement set = CommandRun.WithInput("permit(principal == ?principal, action, resource);", "policy", "translate", "-").ShouldEndWith(0).Json;
        string template = set.GetProperty("templates").GetProperty("policy0").GetRawText();
        string linked = $$$"""
            {"templates":{"t":{{{template}}}},"templateLinks":[{"templateId":"t","newId":"a\nforbid(principal, action, resource);","values":{"?principal":{"type":"User","id":"ada"} } }]}
            """;

        string text = CommandRun.WithInput(linked, "policy", "translate", "-").ShouldEndWith(0).Output;

        text.ShouldContain("// Linked from the template \"t\".\n@id(\"a\\nforbid(principal, action, resource);\")\npermit (principal == User::\"ada\", action, resource);\n");
        text.Split('\n').ShouldNotContain(line => line.StartsWith("forbid", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x.cedar", "permit(")]
    [InlineData("x.cedarschema", "entity {")]
    [InlineData("x.json", """{"effect":"permit"}""")]
    [InlineData("x.json", """{"ns":{"entityTypes":[]}}""")]
    [InlineData("x.json", "{")]
    public void What_cannot_be_read_ends_with_2(string name, string content) =>
        CommandRun.Of("policy", "translate", folder.Write(name, content)).ShouldEndWith(2).Error.ShouldContain(name);

    [Theory]
    [InlineData(10_000, 1)]
    [InlineData(2, 120)]
    [InlineData(300, 110)]
    public void Whatever_is_translated_can_be_translated_back(int links, int levels)
    {
        string chain = string.Join(" && ", Enumerable.Repeat("context.a", links));
        string policy = $"permit(principal, action, resource) when {{ {string.Concat(Enumerable.Repeat("[", levels))}{chain}{string.Concat(Enumerable.Repeat("].isEmpty()", levels))} }};";
        string pretty = CommandRun.WithInput(policy, "policy", "format").ShouldEndWith(0).Output;

        foreach (string kind in new[] { "set", "policy" })
        {
            string json = CommandRun.WithInput(policy, "policy", "translate", "-", "--as", kind).ShouldEndWith(0).Output;
            json.Length.ShouldBeLessThan(4_000_000);
            CommandRun.WithInput(json, "policy", "translate", "-").ShouldEndWith(0).Output.ShouldBe(pretty);
        }
    }

    [Theory]
    [InlineData("{\"effect\":\"permit\",\n  \"a\": [1,]}", "x.json:2:11: error: This is not valid JSON: there is a comma before the closing bracket")]
    [InlineData("{\"a\":\"ä\", b}", "x.json:1:11: error: This is not valid JSON: 'b' is an invalid start of a property name.")]
    [InlineData("{\"a\":", "x.json:1:6: error: This is not valid JSON: it ends before everything that it opens is closed.")]
    public void Broken_JSON_is_named_by_line_and_column_without_what_a_reader_says_of_itself(string content, string message)
    {
        CommandRun run = CommandRun.Of("policy", "translate", folder.Write("x.json", content)).ShouldEndWith(2);

        run.Error.ShouldContain(message);
        run.Error.ShouldNotContain("LineNumber");
    }
}
