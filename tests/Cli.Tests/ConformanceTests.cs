using System.Text.Json;

namespace AccessGov.Cli.Tests;

public sealed class ConformanceTests : IDisposable
{
    private readonly Folder folder = new();

    public ConformanceTests()
    {
        folder.Write("data/e.json", """[{"uid":{"type":"User","id":"a"},"attrs":{"home":"10.0.0.1","boss":{"type":"User","id":"a"}},"parents":[]}]""");
        folder.Write("data/s.cedarschema", "entity User { home: ipaddr, boss: User }; entity P; action view appliesTo { principal: User, resource: P, context: { from?: ipaddr } };");
        folder.Write("data/p.cedar", "@id(\"named\") permit(principal == User::\"a\", action, resource) when { context has from && principal.boss.home == context.from };");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void All_that_agrees_ends_with_0_and_the_last_line_counts_it()
    {
        folder.Write("deep/below/any-name.json", Test(true, Request("allow", ["policy0"], []), Request("deny", [], [], "10.0.0.2")));

        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path);

        run.ShouldEndWith(0).LastLine.ShouldBe("decisions 2/2, reasons 2/2, errors 2/2, validation 1/1");
        run.Output.ShouldStartWith("1 tests, 2 requests\n");
    }

    [Fact]
    public void Every_disagreement_is_counted_where_it_is_and_named()
    {
        folder.Write("t.json", Test(false, Request("deny", ["policy7"], ["policy0"]), Request("allow", ["policy0"], [])));

        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path);

        run.ShouldEndWith(1).LastLine.ShouldBe("decisions 1/2, reasons 1/2, errors 1/2, validation 0/1");
        run.Output.ShouldContain("t.json, asked: expected deny, got allow");
        run.Output.ShouldContain("t.json, asked: expected reason [policy7], got [policy0]");
        run.Output.ShouldContain("t.json, asked: expected errors [policy0], got []");
        run.Output.ShouldContain("t.json: should not validate, but does");
        JsonElement json = CommandRun.Of("policy", "conformance", folder.Path, "--json").ShouldEndWith(1).Json;
        json.GetProperty("decisions").GetProperty("agreed").GetInt32().ShouldBe(1);
        json.GetProperty("disagreements").GetArrayLength().ShouldBe(3 + 1);
    }

    [Theory]
    [InlineData("data/p.cedar", "permit(", "decisions 0/1, reasons 0/1, errors 0/1, validation 0/1")]
    [InlineData("data/p.cedar", null, "decisions 0/1, reasons 0/1, errors 0/1, validation 0/1")]
    [InlineData("data/e.json", "[", "decisions 0/1, reasons 0/1, errors 0/1, validation 1/1")]
    [InlineData("data/e.json", """[{"uid":{"type":"User","id":"a"},"attrs":{},"parents":[]}]""", "decisions 0/1, reasons 0/1, errors 0/1, validation 1/1")]
    [InlineData("data/s.cedarschema", "entity", "decisions 0/1, reasons 0/1, errors 0/1, validation 0/1")]
    public void A_test_that_cannot_be_run_disagrees_and_is_named(string file, string? content, string lastLine)
    {
        folder.Write("t.json", Test(true, Request("allow", ["policy0"], [])));
        if (content is null)
        {
            File.Delete(folder[file]);
        }
        else
        {
            folder.Write(file, content);
        }

        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path);

        run.ShouldEndWith(1).LastLine.ShouldBe(lastLine);
        run.Output.ShouldContain("t.json");
    }

    [Fact]
    public void A_request_is_checked_against_the_schema_unless_the_test_says_otherwise()
    {
        string wrong = Request("deny", [], []).Replace("\"view\"", "\"undeclared\"", StringComparison.Ordinal);
        folder.Write("t.json", Test(true, wrong));
        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(1).LastLine.ShouldStartWith("decisions 0/1");

        string unchecked_ = wrong.Insert(1, "\"validateRequest\":false,").Replace("\"from\":\"10.0.0.1\"", "\"from\":{\"__extn\":{\"fn\":\"ip\",\"arg\":\"10.0.0.9\"}}", StringComparison.Ordinal);
        folder.Write("t.json", Test(true, unchecked_));
        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(0);
    }

    [Fact]
    public void What_a_test_leaves_out_is_not_counted()
    {
        folder.Write("t.json", """
            {"policies":"data/p.cedar","entities":"data/none.json","requests":[{"principal":{"type":"User","id":"b"},"action":{"type":"Action","id":"x"},"decision":"Deny"}]}
            """);
        folder.Write("data/none.json", "[]");

        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(0).LastLine.ShouldBe("decisions 1/1, reasons 0/0, errors 0/0, validation 0/0");
    }

    [Fact]
    public void Other_JSON_is_no_test_and_half_a_test_is_a_disagreement()
    {
        folder.Write("t.json", Test(true, Request("allow", ["policy0"], [])));
        folder.Write("other.json", """{"policies":[],"entities":{}}""");
        folder.Write("schema.json", """{"":{"entityTypes":{},"actions":{}}}""");
        folder.Write("data/broken-entities.json", "[");
        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(0);

        folder.Write("half.json", Test(true, "")[..60] + "\"requests\"");
        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path);
        run.ShouldEndWith(1).LastLine.ShouldBe("decisions 1/2, reasons 1/1, errors 1/1, validation 1/2");
        run.Output.ShouldContain("half.json: the test cannot be read");
    }

    [Fact]
    public void A_test_that_leads_out_of_its_folder_is_not_followed()
    {
        folder.Write("inner/t.json", Test(true, Request("allow", ["policy0"], [])).Replace("data/p.cedar", "../data/p.cedar", StringComparison.Ordinal));

        CommandRun.Of("policy", "conformance", folder["inner"]).ShouldEndWith(1).Output.ShouldContain("leads out of the folder");
    }

    [Fact]
    public void A_folder_without_tests_and_no_folder_are_no_success()
    {
        CommandRun.Of("policy", "conformance", folder["data"]).ShouldEndWith(1).LastLine.ShouldBe("decisions 0/0, reasons 0/0, errors 0/0, validation 0/0");
        CommandRun.Of("policy", "conformance", folder["nowhere"]).ShouldEndWith(2).Error.ShouldContain("there is no such folder");
    }

    [ConformanceFact]
    public void The_hand_written_public_tests_all_agree()
    {
        CommandRun run = CommandRun.Of("policy", "conformance", ConformanceFactAttribute.Data!);

        run.ShouldEndWith(0).LastLine.ShouldBe("decisions 74/74, reasons 74/74, errors 74/74, validation 22/22");
    }

    private static string Test(bool shouldValidate, params string[] requests) =>
        $$"""{"policies":"data/p.cedar","entities":"data/e.json","schema":"data/s.cedarschema","shouldValidate":{{(shouldValidate ? "true" : "false")}},"requests":[{{string.Join(',', requests)}}]}""";

    private static string Request(string decision, string[] reason, string[] errors, string from = "10.0.0.1") => $$$"""
        {"description":"asked","principal":{"type":"User","id":"a"},"action":{"type":"Action","id":"view"},"resource":{"type":"P","id":"p"},
         "context":{"from":"{{{from}}}"},"decision":"{{{decision}}}","reason":{{{JsonSerializer.Serialize(reason)}}},"errors":{{{JsonSerializer.Serialize(errors)}}}}
        """;
}

/// <summary>A test that is reported as skipped where there is no conformance data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute() =>
        Skip = Data is null ? "No conformance data: set ACCESSGOV_CONFORMANCE or put shared/conformance beside the repository." : null!;

    /// <summary>The folder of the public tests, or null.</summary>
    public static string? Data { get; } = Find();

    private static string? Find()
    {
        string conformance = Environment.GetEnvironmentVariable("ACCESSGOV_CONFORMANCE") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Repository.Root, "..", "shared", "conformance");
        string cedar = Path.Combine(conformance, "cedar");
        return Directory.Exists(cedar) ? cedar : null;
    }
}
