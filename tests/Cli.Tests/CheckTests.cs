using System.Text.Json;

namespace AccessGov.Cli.Tests;

public sealed class CheckTests : IDisposable
{
    private const string Schema = "entity User { age: Long, boss?: User }; entity Photo { owner: User }; action view appliesTo { principal: User, resource: Photo };";

    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_shipped_policies_are_good()
    {
        CommandRun run = CommandRun.Of(
            "policy", "check", Path.Combine(Repository.Root, "deploy", "policies"), "--schema", Path.Combine(Repository.Root, "deploy", "policies", "hospital.cedarschema"));

        run.ShouldEndWith(0).LastLine.ShouldEndWith("0 errors, 0 warnings");
    }

    [Fact]
    public void A_syntax_error_is_named_by_file_line_and_column_and_ends_with_1()
    {
        string file = folder.Write("broken.cedar", "permit(principal, action, resource);\n\npermit(principal, action resource);");

        CommandRun run = CommandRun.Of("policy", "check", file);

        run.ShouldEndWith(1).Output.ShouldStartWith($"{file}:3:26: error: ");
    }

    [Fact]
    public void A_policy_that_does_not_fit_the_schema_is_found_with_a_suggestion()
    {
        string schema = folder.Write("photos.cedarschema", Schema);
        string file = folder.Write("photos.cedar", "@id(\"ages\")\npermit(principal is User, action, resource) when { principal.agee > 3 };");

        CommandRun run = CommandRun.Of("policy", "check", file, "--schema", schema, "--json");

        JsonElement json = run.ShouldEndWith(1).Json;
        json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        json.GetProperty("errors").GetInt32().ShouldBe(1);
        JsonElement finding = json.GetProperty("findings")[0];
        finding.GetProperty("kind").GetString().ShouldBe("UnsafeAttributeAccess");
        finding.GetProperty("policy").GetString().ShouldBe("ages");
        finding.GetProperty("file").GetString().ShouldBe(file);
        finding.GetProperty("line").GetInt32().ShouldBe(2);
        finding.GetProperty("suggestion").GetString()!.ShouldContain("age");
    }

    [Fact]
    public void Characters_that_a_reader_does_not_see_are_warned_of_once_a_line()
    {
        string schema = folder.Write("s.cedarschema", $"{Schema}\n// \u202E\u202E");
        string text = folder.Write("a.cedar", "@id(\"a\u200Bb\") // \u2028\r\npermit(principal, action,\tresource);\n//\u0007");
        string json = folder.Write("b.json", "{\"staticPolicies\":{\"b\u2067\":{\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}}}");

        CommandRun run = CommandRun.Of("policy", "check", text, json, "-s", schema).ShouldEndWith(0);

        run.LastLine.ShouldBe("2 policies, 0 errors, 4 warnings");
        run.Output.ShouldContain($"{text}:1:7: warning: The character U+200B stands here");
        run.Output.ShouldContain($"{text}:3:3: warning: The character U+0007 stands here");
        run.Output.ShouldContain($"{schema}:2:4: warning: The character U+202E stands here");
        run.Output.ShouldContain($"{json}:1:22: warning: The character U+2067 stands here");
        run.Output.ShouldContain("in a string write \\u2067 so");
        CommandRun.Of("policy", "check", text, "--strict-warnings").ShouldEndWith(1);
    }

    [Fact]
    public void What_is_written_out_is_seen() =>
        CommandRun.Of("policy", "check", folder.Write("a.cedar", "\uFEFF@id(\"a\\u{200b}b\") permit(principal, action, resource); // äöü 研究\r\n")).ShouldEndWith(0).LastLine.ShouldEndWith("0 warnings");

    [Fact]
    public void A_line_that_ends_for_the_engine_alone_is_warned_of() =>
        CommandRun.Of("policy", "check", folder.Write("a.cedar", "// 😀 nobody: \rpermit(principal, action, resource);\r\n")).ShouldEndWith(0).Output.ShouldContain(":1:15: warning: The character U+000D stands here");

    [Fact]
    public void Of_a_file_of_such_lines_the_first_hundred_are_told() =>
        CommandRun.Of("policy", "check", folder.Write("a.cedar", string.Concat(Enumerable.Repeat("//\u200B\n", 5_000)))).ShouldEndWith(0).LastLine.ShouldEndWith("100 warnings");

    [Theory]
    [InlineData("s.txt", "s.cedarschema")]
    [InlineData("s.cedarschema", "s.cedarschema")]
    [InlineData("S.CEDARSCHEMA.JSON", "s.cedarschema")]
    public void A_file_that_holds_no_policies_and_is_not_named_so_is_told_how_they_are_named(string name, string schemaName)
    {
        string file = folder.Write(name, name.EndsWith("JSON", StringComparison.Ordinal) ? "{\"\":{}}" : Schema);

        CommandRun run = CommandRun.Of("policy", "check", file).ShouldEndWith(1);

        run.Output.Split('\n').Count(line => line.Contains("The file was read as policies, which end in .cedar or, as JSON, in .json", StringComparison.Ordinal)).ShouldBe(1);
        CommandRun.Of("policy", "format", folder.Write("policies.txt", Schema)).ShouldEndWith(2).Error.ShouldContain("which end in .cedar");
        CommandRun.Of("policy", "check", folder.Write("a.cedar", Schema)).ShouldEndWith(1).Output.ShouldNotContain("The file was read as");
        CommandRun.WithInput(Schema, "policy", "check", "-").ShouldEndWith(1).Output.ShouldNotContain("The file was read as");
        CommandRun.Of("policy", "check", folder.Write("good.txt", "permit(principal, action, resource);")).ShouldEndWith(0);

        string policy = folder.Write("good.cedar", "permit(principal, action, resource);");
        CommandRun.Of("policy", "check", policy, "-s", policy).ShouldEndWith(1).Output.ShouldContain("The file was read as a schema, which ends in .cedarschema");
        CommandRun.Of("policy", "check", policy, "-s", folder.Write(schemaName, "entity")).ShouldEndWith(1).Output.ShouldNotContain("The file was read as");
    }

    [Fact]
    public void A_policy_that_follows_too_many_references_fails_at_its_level()
    {
        string schema = folder.Write("photos.cedarschema", Schema);
        string file = folder.Write("photos.cedar", "permit(principal, action, resource) when { resource.owner.age > 3 };");

        CommandRun.Of("policy", "check", file, "--schema", schema, "--level", "2").ShouldEndWith(0);
        CommandRun.Of("policy", "check", file, "--schema", schema, "--level", "1").ShouldEndWith(1).Output.ShouldContain("error: policy `policy0`");
    }

    [Fact]
    public void A_malformed_literal_is_an_error_without_a_schema_too()
    {
        string file = folder.Write("network.cedar", "forbid(principal, action, resource)\nunless { context.source.isInRange(ip(\"10.0.0.256\")) };");

        CommandRun run = CommandRun.Of("policy", "check", file);

        run.ShouldEndWith(1).Output.ShouldContain($"{file}:2:");
        run.Output.ShouldContain("error: policy `policy0`");
    }

    [Fact]
    public void Warnings_are_shown_and_fail_only_when_asked_to()
    {
        string file = folder.Write("never.cedar", "permit(principal, action, resource) when { 1 > 2 };");

        CommandRun.Of("policy", "check", file).ShouldEndWith(0).Output.ShouldContain("warning: policy `policy0`: The policy can never apply");
        CommandRun.Of("policy", "check", file, "--strict-warnings").ShouldEndWith(1);
    }

    [Fact]
    public void A_broken_schema_is_a_finding_beside_those_of_the_policies()
    {
        string schema = folder.Write("s.cedarschema", "entity User {");
        string file = folder.Write("p.cedar", "permit(");

        CommandRun run = CommandRun.Of("policy", "check", file, "--schema", schema);

        run.ShouldEndWith(1).Output.ShouldContain("s.cedarschema:1:");
        run.Output.ShouldContain("p.cedar:1:");
        run.LastLine.ShouldBe("2 errors, 0 warnings");
    }

    [Fact]
    public void A_policy_set_as_JSON_is_checked_too_and_two_policies_with_one_id_are_found()
    {
        string json = folder.Write("set.json", """{"staticPolicies":{"policy0":{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}}}""");
        string text = folder.Write("text.cedar", "permit(principal, action, resource);");

        CommandRun.Of("policy", "check", json).ShouldEndWith(0);
        CommandRun.Of("policy", "check", json, text).ShouldEndWith(1).Output.ShouldContain("policy0");
        CommandRun.Of("policy", "check", folder.Write("bad.json", """{"staticPolicies":{"a":{"effect":"maybe"}}}""")).ShouldEndWith(1).Output.ShouldContain("bad.json:1:24: error: $.staticPolicies.a: ");
    }

    [Fact]
    public void A_policy_from_JSON_is_named_by_its_file_and_its_place_in_it()
    {
        const string Never = """{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"Value":false}}]}""";
        string file = folder.Write("set.json", "{\"staticPolicies\":{\"a/b\":" + Never + "}}");
        folder.Write("other.json", "{\"staticPolicies\":{\"c\":" + Never + "}}");

        CommandRun run = CommandRun.Of("policy", "check", file, folder["other.json"]);

        run.ShouldEndWith(0).Output.ShouldStartWith($"{file}:1:26: warning: policy `a/b`: The policy can never apply");
        run.Output.ShouldContain($"{folder["other.json"]}:1:24: warning: ");
        JsonElement finding = CommandRun.Of("policy", "check", file, "--json").Json.GetProperty("findings")[0];
        finding.GetProperty("file").GetString().ShouldBe(file);
        finding.GetProperty("column").GetInt32().ShouldBe(26);
        finding.GetProperty("pointer").GetString().ShouldBe("/staticPolicies/a~1b");
    }

    [Fact]
    public void A_linked_policy_stands_where_its_template_does()
    {
        string file = folder.Write("set.json", """
            {"templates":{"t":{"effect":"permit","principal":{"op":"==","slot":"?principal"},"action":{"op":"All"},"resource":{"op":"All"},
              "conditions":[{"kind":"when","body":{"Value":false}}]}},
             "templateLinks":[{"templateId":"t","newId":"linked","values":{"?principal":{"type":"User","id":"a"}}}]}
            """);

        CommandRun.Of("policy", "check", file).ShouldEndWith(0).Output.ShouldStartWith($"{file}:1:19: warning: policy `linked`: ");
    }

    [Fact]
    public void Entities_of_more_requests_than_are_tried_are_told_of()
    {
        string file = folder.Write("p.cedar", "permit(principal, action == Action::\"view\", resource); forbid(principal, action, resource);");
        string entities = folder.Write("e.json", JsonSerializer.Serialize(Enumerable.Range(0, 1_001).Select(i =>
            new { uid = new { type = "User", id = $"u{i}" }, attrs = new { }, parents = Array.Empty<string>() })));

        CommandRun run = CommandRun.Of("policy", "check", file, "--entities", entities);

        run.ShouldEndWith(0).Error.ShouldBe("--entities: shadowed policies were looked for in the first 1000000 of 1002001 requests.\n");
        run.Output.ShouldContain("(the first 1000000 requests with an empty context were tried).");
    }

    [Fact]
    public void With_entities_shadowed_policies_and_those_that_apply_to_nobody_are_warnings()
    {
        string file = folder.Write("p.cedar", """
            @id("shadowed") permit(principal in Role::"r", action == Action::"view", resource);
            @id("never") permit(principal in Role::"nobody", action == Action::"view", resource);
            @id("bars") forbid(principal in Role::"r", action, resource);
            @id("fine") permit(principal, action == Action::"edit", resource is Photo);
            """);
        string entities = folder.Write("e.json", """[{"uid":{"type":"User","id":"a"},"attrs":{},"parents":[{"type":"Role","id":"r"}]},{"uid":{"type":"Photo","id":"p"},"attrs":{},"parents":[]}]""");
        CommandRun.Of("policy", "check", file, "--strict-warnings").ShouldEndWith(0);

        CommandRun run = CommandRun.Of("policy", "check", file, "--entities", entities, "--progress");

        run.ShouldEndWith(0).LastLine.ShouldBe("4 policies, 0 errors, 2 warnings");
        run.Output.ShouldContain($"{file}:1:1: warning: policy `shadowed`: ");
        run.Output.ShouldContain("`bars`");
        run.Output.ShouldContain($"{file}:2:21: warning: policy `never`: The policy never applies to these entities because of ");
        run.Error.ShouldContain("requests");
        CommandRun.Of("policy", "check", file, "--entities", entities, "--strict-warnings").ShouldEndWith(1);
        CommandRun.Of("policy", "check", file, "--entities", entities, "--json").Json.GetProperty("findings").EnumerateArray()
            .Select(finding => finding.GetProperty("kind").GetString()).ShouldBe(["NoPrincipalInData", "Shadowed"]);
        CommandRun.Of("policy", "check", file, "--entities", folder.Write("bad.json", "[")).ShouldEndWith(1).Output.ShouldContain("bad.json:1:2: error: ");
    }

    [Theory]
    [InlineData("--level", "1")]
    [InlineData("--level", "many")]
    [InlineData("--no-such-option", "x")]
    public void A_wrong_command_line_ends_with_2(string option, string value)
    {
        string file = folder.Write("p.cedar", "permit(principal, action, resource);");

        CommandRun.Of("policy", "check", file, option, value).ShouldEndWith(2).Error.ShouldNotBeEmpty();
    }
}
