namespace AccessGov.Cli.Tests;

public sealed class FormatTests : IDisposable
{
    private const string Ugly = "permit( principal,action ,resource ) ;";
    private const string Pretty = "permit (principal, action, resource);\n";

    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_standard_input_is_formatted_to_the_standard_output() =>
        CommandRun.WithInput(Ugly, "policy", "format").ShouldEndWith(0).Output.ShouldBe(Pretty);

    [Fact]
    public void Check_names_what_would_change_and_changes_nothing()
    {
        string ugly = folder.Write("a.cedar", Ugly);
        folder.Write("b.cedar", Pretty);

        CommandRun run = CommandRun.Of("policy", "format", "--check", folder.Path);

        run.ShouldEndWith(1).Output.ShouldBe($"{ugly}: would change\n");
        File.ReadAllText(ugly).ShouldBe(Ugly);
        CommandRun.Of("policy", "format", "--check", "--json", folder.Path).ShouldEndWith(1).Json.GetProperty("unchanged").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Write_changes_the_files_and_a_second_check_is_good()
    {
        string ugly = folder.Write("a.cedar", Ugly);

        CommandRun.Of("policy", "format", "--write", folder.Path).ShouldEndWith(0);

        File.ReadAllText(ugly).ShouldBe(Pretty);
        Directory.GetFiles(folder.Path).ShouldBe([ugly]);
        CommandRun.Of("policy", "format", "--check", folder.Path).ShouldEndWith(0).Output.ShouldBeEmpty();
    }

    [Fact]
    public void Write_touches_no_other_file_and_keeps_a_link_a_link()
    {
        string policy = folder.Write("a.cedar", Ugly);
        string neighbour = folder.Write("a.cedar.formatted", "precious");
        string link = Path.Combine(folder.Path, "link.cedar");
        File.CreateSymbolicLink(link, policy);

        CommandRun.Of("policy", "format", "--write", link).ShouldEndWith(0);

        File.ReadAllText(neighbour).ShouldBe("precious");
        File.ResolveLinkTarget(link, returnFinalTarget: false)!.FullName.ShouldBe(policy);
        File.ReadAllText(policy).ShouldBe(Pretty);
        Directory.GetFiles(folder.Path).Length.ShouldBe(3);
    }

    [Fact]
    public void Nothing_is_written_when_one_file_does_not_parse()
    {
        string ugly = folder.Write("a.cedar", Ugly);
        folder.Write("b.cedar", "permit(");

        CommandRun.Of("policy", "format", "--write", folder.Path).ShouldEndWith(2).Error.ShouldContain("b.cedar:1:8: error:");

        File.ReadAllText(ugly).ShouldBe(Ugly);
    }

    [Fact]
    public void Width_and_indent_are_kept_to()
    {
        CommandRun run = CommandRun.WithInput("permit(principal, action, resource) when { context.alpha && context.beta };", "policy", "format", "--width", "30", "--indent", "4");

        run.ShouldEndWith(0).Output.Split('\n').ShouldAllBe(line => line.Length <= 30);
        run.Output.ShouldContain("\n    context.alpha");
    }

    [Fact]
    public void What_a_reader_does_not_see_is_warned_of_and_left_as_it_is()
    {
        const string Text = "// \u202E a\npermit (principal, action, resource) // \u200B\nwhen { context.a == \"\u2066\" };\n";
        string file = folder.Write("a.cedar", Text);

        CommandRun run = CommandRun.Of("policy", "format", file).ShouldEndWith(0);

        run.Output.ShouldBe(Text);
        run.Error.ShouldStartWith($"{file}:1:4: warning: The character U+202E stands here");
        run.Error.ShouldContain($"\n{file}:2:41: warning: The character U+200B stands here");
        run.Error.ShouldContain("in a string write \\u{2066}");
        CommandRun check = CommandRun.Of("policy", "format", "--check", "--json", file).ShouldEndWith(0);
        check.Json.GetProperty("findings").GetArrayLength().ShouldBe(3);
        CommandRun.WithInput(Pretty, "policy", "format", "--check").ShouldEndWith(0).Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--width", "5")]
    [InlineData("--indent", "9")]
    [InlineData("--write")]
    public void What_cannot_be_done_ends_with_2(params string[] options) =>
        CommandRun.WithInput(Ugly, ["policy", "format", .. options]).ShouldEndWith(2).Output.ShouldBeEmpty();
}
