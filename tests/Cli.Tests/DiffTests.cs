using System.Text.Json;

namespace AccessGov.Cli.Tests;

public sealed class DiffTests : IDisposable
{
    private const string Line = """{"principal":"User::\"a\"","action":"Action::\"view\"","resource":{"type":"P","id":"p"},"context":{"level":2}}""";

    private readonly Folder folder = new();
    private readonly string loose;
    private readonly string strict;
    private readonly string requests;

    public DiffTests()
    {
        loose = folder.Write("loose/p.cedar", "@id(\"x\") permit(principal, action, resource) when { context.level > 1 };");
        strict = folder.Write("strict/p.cedar", "@id(\"x\") permit(principal, action, resource) when { context.level > 2 };");
        requests = folder.Write("r.jsonl", $"\n{Line}\n{Line.Replace("2}", "3}", StringComparison.Ordinal)}\n");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_denied_now_is_named_by_its_line()
    {
        CommandRun run = CommandRun.Of("policy", "diff", folder["loose"], strict, "--requests", requests);

        run.ShouldEndWith(1).Output.ShouldStartWith("line 2: User::\"a\", Action::\"view\", P::\"p\": allow [x] -> deny []\n");
        run.LastLine.ShouldBe("2 requests, 1 answered otherwise: 1 allow -> deny, 0 deny -> allow, 0 other reasons, 0 other errors");
    }

    [Fact]
    public void What_is_allowed_now_is_in_the_JSON()
    {
        JsonElement json = CommandRun.Of("policy", "diff", strict, loose, "-r", requests, "--json").ShouldEndWith(1).Json;

        json.GetProperty("denyToAllow").GetInt32().ShouldBe(1);
        JsonElement difference = json.GetProperty("differences")[0];
        difference.GetProperty("line").GetInt32().ShouldBe(2);
        difference.GetProperty("before").GetProperty("decision").GetString().ShouldBe("deny");
        difference.GetProperty("after").GetProperty("reasons")[0].GetString().ShouldBe("x");
        json.GetProperty("policies")[0].GetProperty("decisionsChanged").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Other_reasons_are_counted_where_the_decision_is_the_same_and_kinds_of_errors_are_shown_where_only_they_differ()
    {
        string before = folder.Write("before.cedar", "@id(\"r\") permit(principal, action, resource); @id(\"e\") permit(principal, action, resource) when { context.level == 3 && context.nothing };");
        string after = folder.Write("after.cedar", "@id(\"s\") permit(principal, action, resource) when { context.level == 2 }; @id(\"e\") permit(principal, action, resource) when { context.level == 3 && 1 + true == 2 };");

        CommandRun run = CommandRun.Of("policy", "diff", before, after, "--requests", requests);

        run.ShouldEndWith(1).LastLine.ShouldBe("2 requests, 2 answered otherwise: 1 allow -> deny, 0 deny -> allow, 1 other reasons, 0 other errors");
        run.Output.ShouldContain("allow [r] -> allow [s]");
        run.Output.ShouldContain("allow [r] errors [e: RecordAttributeDoesNotExist] -> deny [] errors [e: TypeError]");
        CommandRun.Of("policy", "diff", before, after, "--requests", requests, "--json").Json.GetProperty("reasonsChanged").GetInt32().ShouldBe(1);
        CommandRun.Of("policy", "diff", before, after, "--requests", requests, "--shown-max", "0").Output.ShouldStartWith("2 requests, ");
    }

    [Fact]
    public void Equal_answers_end_with_0() =>
        CommandRun.Of("policy", "diff", loose, loose, "-r", requests, "--progress").ShouldEndWith(0).Error.ShouldContain("2 of 2 requests");

    [Theory]
    [InlineData("{\"principal\":", "r.jsonl:1:14: error: This is not valid JSON")]
    [InlineData("[]", "`principal` is missing")]
    [InlineData("""{"principal":"User::\"a\"","action":"Action::\"v\"","resource":"P::\"p\"","context":[]}""", "context")]
    public void A_line_that_is_no_request_is_named(string line, string message)
    {
        string broken = folder.Write("r.jsonl", line);

        CommandRun.Of("policy", "diff", loose, strict, "-r", broken).ShouldEndWith(2).Error.ShouldContain(message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \n\t\n")]
    public void No_requests_are_no_comparison(string content)
    {
        string empty = folder.Write("empty.jsonl", content);

        CommandRun run = CommandRun.Of("policy", "diff", loose, strict, "-r", empty, "--json").ShouldEndWith(2);

        run.Error.ShouldContain("empty.jsonl: there is no request in this file");
        run.Error.ShouldContain("write one JSON object a line");
        run.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("diff", "loose", "strict", "-r", "r.jsonl")]
    [InlineData("conformance", "loose")]
    public void Less_than_nothing_cannot_be_shown(string command, params string[] rest) =>
        CommandRun.Of(["policy", command, .. rest.Select(word => word == "-r" ? word : folder[word]), "--shown-max", "-1"]).ShouldEndWith(2).Error.ShouldContain("--shown-max takes a number from 0");
}
