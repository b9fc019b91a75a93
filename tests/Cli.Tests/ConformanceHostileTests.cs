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

    [Theory]
    [InlineData("{", "not read: lost.json: line 1, column 2: This is not valid JSON: it ends before everything that it opens is closed.")]
    [InlineData("", "not read: lost.json: line 1, column 1: This is not valid JSON: there is nothing in it.")]
    [InlineData("{\"policies\":\"p.cedar\",\n\"enti", "not read: lost.json: line 2, column ")]
    [InlineData("{\"a\":\"\u00ff\"}", "not read: lost.json: this is not UTF-8 text: byte 6 is wrong.")]
    public void What_cannot_be_read_is_named_and_counted_and_no_agreement(string content, string message)
    {
        folder.Write("good.json", Good);
        folder.Write("deep-schema.json", $"{{\"\":{new string('[', 300)}{new string(']', 300)}}}");
        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(0);
        folder.Write("lost.json", System.Text.Encoding.Latin1.GetBytes(content));

        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(1);

        run.Output.ShouldContain(message);
        run.Output.ShouldContain("1 tests, 1 requests, 1 files not read\n");
        run.LastLine.ShouldBe("decisions 1/1, reasons 0/0, errors 0/0, validation 0/0");
        CommandRun.Of("policy", "conformance", folder.Path, "--json").ShouldEndWith(1).Json.GetProperty("notRead")[0].GetProperty("file").GetString().ShouldBe("lost.json");
    }

    [Theory]
    [InlineData("""{"policies":"p.cedar","entities":"e.json"}""", "`requests` must be a list of requests.")]
    [InlineData("""{"policies":"p.cedar","entities":"e.json","requests":{}}""", "`requests` must be a list of requests.")]
    [InlineData("""{"policies":"p.cedar","requests":[]}""", "`entities` must name a file.")]
    [InlineData("""{"shouldValidate":true}""", "`policies` must name a file.")]
    public void Half_a_test_is_a_disagreement_that_says_what_is_missing(string content, string message)
    {
        folder.Write("good.json", Good);
        folder.Write("half.json", content);

        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(1);

        run.Output.ShouldContain($"half.json: the test cannot be read: {message}\n");
        run.LastLine.ShouldBe("decisions 1/2, reasons 0/0, errors 0/0, validation 0/1");
    }

    [Fact]
    public void Archives_are_named_and_counted()
    {
        folder.Write("good.json", Good);
        folder.Write("below/corpus.tar.gz", "");
        folder.Write("corpus.ZIP", "");

        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(0);

        run.Output.ShouldContain($"not unpacked: {Path.Combine("below", "corpus.tar.gz")}\nnot unpacked: corpus.ZIP\n1 tests, 1 requests, 2 archives not unpacked\n");
        CommandRun.Of("policy", "conformance", folder.Path, "--json").Json.GetProperty("archives").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public void What_a_Mac_packed_beside_a_test_is_passed_over_and_a_test_of_such_a_name_is_not()
    {
        folder.Write("a.json", Good);
        folder.Write("deep/._a.json", [0x00, 0x05, 0x16, 0x07, 0x00, 0x02, 0x00, 0x00, .. "Mac OS X        \"requests\""u8, 0xFF, 0xB0]);
        CommandRun run = CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(0);
        run.Output.ShouldStartWith("1 tests, 1 requests\n");
        run.Output.ShouldNotContain("._a.json");

        folder.Write("._b.json", Good.Replace("\"allow\"", "\"deny\"", StringComparison.Ordinal));
        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(1).LastLine.ShouldStartWith("decisions 1/2");

        folder.Write("._b.json", "{\"requests\":");
        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(1).Output.ShouldContain("._b.json: the test cannot be read");

        File.Delete(folder["._b.json"]);
        folder.Write("b.json", [0x00, 0x05, 0x16, 0x07, 0xFF]);
        CommandRun.Of("policy", "conformance", folder.Path).ShouldEndWith(1).Output.ShouldContain("not read: b.json: ");
    }
}
