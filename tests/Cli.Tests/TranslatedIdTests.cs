using System.Text.Json;

namespace AccessGov.Cli.Tests;

/// <summary><c>translate</c> from JSON to text: ids, and what may not stand in a text as it is.</summary>
public sealed class TranslatedIdTests
{
    private const string Rest = """ "principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]""";
    private const string Slot = """ "principal":{"op":"==","slot":"?principal"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]""";

    [Theory]
    [InlineData(new[] { "a", "b" }, new[] { "same", "same" })]
    [InlineData(new[] { "policy1", "b" }, new[] { null, "policy0" })]
    [InlineData(new[] { "policy1", "policy0" }, new string?[] { null, null })]
    [InlineData(new[] { "a", "b" }, new[] { "b", "a" })]
    [InlineData(new[] { "policy0", "x" }, new[] { "", "" })]
    [InlineData(new[] { "policy0", "policy1" }, new[] { "policy1", null })]
    [InlineData(new[] { "a\"b\\\n\u202e", " ", "\u2028" }, new[] { "@id(\"x\")", null, "y" })]
    public void A_text_gives_the_ids_again_that_the_set_has(string[] ids, string?[] annotations)
    {
        string policies = string.Join(',', ids.Zip(annotations, (id, annotation) => $"{JsonSerializer.Serialize(id)}:{Policy("forbid", annotation)}"));

        string text = Text($"{{\"staticPolicies\":{{{policies}}}}}");

        Ids(text, "staticPolicies").ShouldBe(ids);
        CommandRun.WithInput(text, "policy", "format", "--check", "-").ShouldEndWith(0);
    }

    [Fact]
    public void A_template_and_its_link_do_not_share_the_id_that_both_are_annotated_with()
    {
        string text = Text($$$"""
            {"templates":{"share":{"effect":"permit","annotations":{"owner":"it","id":"share"},{{{Slot}}} } },
             "templateLinks":[{"templateId":"share","newId":"ada","values":{"?principal":{"type":"User","id":"ada"} } }]}
            """);

        Ids(text, "templates").ShouldBe(["share"]);
        Ids(text, "staticPolicies").ShouldBe(["ada"]);
        text.ShouldContain("// Linked from the template \"share\".\n// The annotation @id was \"share\".\n@owner(\"it\")\n@id(\"ada\")\npermit (principal == User::\"ada\"");
        text.ShouldStartWith("@owner(\"it\")\n@id(\"share\")\npermit (principal == ?principal");
    }

    [Fact]
    public void What_a_text_says_without_annotations_stays_without()
    {
        string text = Text($$"""{"staticPolicies":{"policy0":{{Policy("permit", null)}},"policy1":{{Policy("forbid", null)}},"c":{{Policy("permit", "c")}} } }""");

        text.ShouldBe("permit (principal, action, resource);\n\nforbid (principal, action, resource);\n\n@id(\"c\")\npermit (principal, action, resource);\n");
    }

    [Fact]
    public void An_empty_id_cannot_stand_in_a_text_and_is_refused() =>
        CommandRun.WithInput($$"""{"staticPolicies":{"":{{Policy("permit", "x")}} } }""", "policy", "translate", "-").ShouldEndWith(2).Error.ShouldContain("the id \"\"");

    [Fact]
    public void Hidden_characters_are_spelled_out_in_a_text_that_means_the_same()
    {
        const string Hidden = "a\u202eb\u2028c\u00add\U000e0001e";
        string policy = $$"""permit (principal == User::"{{Hidden}}", action, resource) when { context.x == "\\{{Hidden}}" && context.y like "*{{Hidden}}\*" && context["{{Hidden}}"] };""";
        const string Spelled = @"a\u{202e}b\u{2028}c\u{ad}d\u{e0001}e";
        foreach (string kind in new[] { "set", "policy" })
        {
            string json = CommandRun.WithInput(policy, "policy", "translate", "-", "--as", kind).ShouldEndWith(0).Output;

            string text = Text(json);

            text.ShouldNotContain("\u202e");
            text.Split(Spelled).Length.ShouldBe(5);
            CommandRun.WithInput(text, "policy", "translate", "-", "--as", kind).ShouldEndWith(0).Output.ShouldBe(json);
        }

        string schema = CommandRun.WithInput($$"""entity User { "{{Hidden}}": Long };""", "policy", "translate", "-", "--as", "schema").ShouldEndWith(0).Output;
        Text(schema).ShouldContain(Spelled);
        CommandRun.WithInput(Text(schema), "policy", "translate", "-", "--as", "schema").ShouldEndWith(0).Output.ShouldBe(schema);
    }

    [Theory]
    [InlineData("entity User;", true)]
    [InlineData("// ours\n\n@doc(\"entity\")\nnamespace A { entity User; }", true)]
    [InlineData("action view appliesTo {", true)]
    [InlineData("permit(principal, action,", false)]
    [InlineData("@id(\"entity\") permit(", false)]
    public void A_schema_that_is_read_as_policies_is_refused_with_a_way_out(string text, bool isSchema)
    {
        string error = CommandRun.WithInput(text, "policy", "translate", "-").ShouldEndWith(2).Error;

        error.Contains("--as schema", StringComparison.Ordinal).ShouldBe(isSchema);
        CommandRun.WithInput(text, "policy", "translate", "-", "--as", "set").ShouldEndWith(2).Error.ShouldNotContain("--as schema");
    }

    private static string Text(string json) => CommandRun.WithInput(json, "policy", "translate", "-").ShouldEndWith(0).Output;

    private static string[] Ids(string text, string kind) =>
        [.. CommandRun.WithInput(text, "policy", "translate", "-").ShouldEndWith(0).Json.GetProperty(kind).EnumerateObject().Select(policy => policy.Name)];

    private static string Policy(string effect, string? id) =>
        $"{{\"effect\":\"{effect}\",{(id is null ? "" : $"\"annotations\":{{\"id\":{JsonSerializer.Serialize(id)}}},")}{Rest}}}";
}
