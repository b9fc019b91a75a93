namespace AccessGov.Cli.Tests;

/// <summary>Folders of tests that want to end the run early, or never.</summary>
public sealed class ConformanceHostileTests : IDisposable
{
    private const string Good = """
        {"policies":"p.cedar","entities":"e.json","requests":[
          {"principal":{"type":"U","id":"a"},"action":{"type":"Action","id":"x"},"resource":{"type":"P","id":"p"},"decision":"allow"}]}
        """;

    private readonly Folder folder = new();

    public ConformanceHostileTests()
    {
        folder.Write("p.cedar", "permit(principal, action, resource) unless { principal == resource };");
        folder.Write("e.json", "[]");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\"id\":\"a\"", "\"id\":\"X\"", "decisions 1/2", "principal.id")]
    [InlineData("\"allow\"", "\"X\"", "decisions 1/2", "decision")]
    [InlineData("\"decision\"", "\"reason\":[\"X\"],\"decision\"", "decisions 2/2, reasons 0/1", "reason: this holds half of a surrogate pair")]
    [InlineData("\"decision\"", "\"description\":\"X\",\"reason\":[\"other\"],\"decision\"", "decisions 2/2", "expected reason [other]")]
    [InlineData("p.cedar", "\\u0000", "decisions 1/2", "the policies cannot be used")]
    [InlineData("\"id\":\"a\"", "\"id\":\"a\",\"id\":\"b\"", "decisions 1/2", "occurs twice")]
    [InlineData("p.cedar", "X", "decisions 1/2", "the policies cannot be used")]
    [InlineData("\"entities\":", "\"entitieX\":1,\"schemX\":1,\"shouldValidatX\":1,\"entities\":", "decisions 2/2", "")]
    [InlineData("\"decision\"", "\"decisioX\":1,\"decision\"", "decisions 2/2", "")]
    public void Half_a_surrogate_is_a_disagreement_of_its_test_and_the_others_still_run(string old, string @new, string lastLine, string message)
    {
        folder.Write("a.json", Good.Replace(old, @new.Replace("X", "\\ud800", StringComparison.Ordinal), StringComparison.Ordinal));
        folder.Write("b.json", Good);

        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(message.Length == 0 ? 0 : 1);

        run.LastLine.ShouldStartWith(lastLine);
        run.Output.ShouldContain(message);
        run.Output.ShouldContain("2 tests, 2 requests");
    }

    [Fact]
    public void A_test_that_is_no_UTF_8_is_a_disagreement()
    {
        folder.Write("a.json", System.Text.Encoding.Latin1.GetBytes(Good.Replace("\"a\"", "\"ä\"", StringComparison.Ordinal)));

        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(1).Output.ShouldContain("a.json: the test cannot be read");
    }

    [Fact]
    public void A_principal_and_a_resource_that_are_both_left_out_are_not_each_other()
    {
        folder.Write("a.json", """{"policies":"p.cedar","entities":"e.json","requests":[{"decision":"allow"}]}""");

        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(0).LastLine.ShouldStartWith("decisions 1/1");
    }

    [Fact]
    public void Linked_folders_are_followed_each_folder_once_and_circles_end()
    {
        using var outside = new Folder();
        outside.Write("inner/far.json", Good);
        folder.Write("here/near.json", Good);
        Directory.CreateSymbolicLink(folder["here/linked"], outside.Path);
        Directory.CreateSymbolicLink(folder["a-second-way"], outside["inner"]);
        Directory.CreateSymbolicLink(folder["here/up"], "..");
        Directory.CreateSymbolicLink(outside["inner/back"], folder["here/up/here"]);

        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path);

        run.ShouldEndWith(0).LastLine.ShouldStartWith("decisions 2/2");
    }

    [Fact]
    public void Cases_are_found_through_links_and_circles_end_there_too()
    {
        folder.Write("cases/x.cases.json", """{"policies":"../p.cedar","requests":[{"principal":"U::\"a\"","action":"Action::\"v\"","resource":"P::\"p\"","decision":"allow"}]}""");
        Directory.CreateSymbolicLink(folder["cases/up"], folder.Path);

        CommandRun.Of("policy", "test", folder["cases"]).ShouldEndWith(0).Output.ShouldContain("1 cases, 1 passed");
    }

    [Fact]
    public void The_complaint_about_a_folder_without_tests_stands_before_the_tally()
    {
        using var both = new StringWriter();
        using var terminal = new Terminal(both, both, Stream.Null);

        CommandLine.Run(["policy", "conformance", folder.Path], terminal).ShouldBe(ExitCode.Found);

        string[] lines = both.ToString().TrimEnd('\n').Split('\n');
        lines[0].ShouldEndWith("there is no test in this folder.");
        lines[^1].ShouldStartWith("decisions 0/0");
    }
}
