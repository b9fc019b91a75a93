namespace AccessGov.Cli.Tests;

/// <summary>Files that are not what they should be, and what a terminal sees.</summary>
public sealed class InputTests : IDisposable
{
    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_missing_file_is_named() =>
        CommandRun.Of("policy", "check", folder["nowhere.cedar"]).ShouldEndWith(2).Error.ShouldBe($"{folder["nowhere.cedar"]}: there is no such file.\n");

    [Fact]
    public void A_folder_stands_for_its_policies_and_an_empty_one_for_a_mistake()
    {
        folder.Write("a/one.cedar", "permit(principal, action, resource);");
        folder.Write("a/two.cedar", "permit(principal, action, resource);");
        Directory.CreateDirectory(folder["b"]);

        CommandRun.Of("policy", "check", folder["a"]).ShouldEndWith(0).LastLine.ShouldBe("2 policies, 0 errors, 0 warnings");
        CommandRun.Of("policy", "check", folder["b"]).ShouldEndWith(2).Error.ShouldContain("there is no *.cedar in this folder");
        CommandRun.Of("policy", "translate", folder["a"]).ShouldEndWith(2).Error.ShouldContain("this is a folder");
    }

    [Fact]
    public void What_is_not_UTF_8_is_refused_and_a_byte_order_mark_is_not()
    {
        CommandRun.Of("policy", "check", folder.Write("latin.cedar", [0x2F, 0x2F, 0xE4, 0x0A])).ShouldEndWith(2).Error.ShouldContain("not UTF-8 text: byte 2");
        CommandRun.Of("policy", "check", folder.Write("mark.cedar", [0xEF, 0xBB, 0xBF, .. "permit(principal, action, resource);"u8])).ShouldEndWith(0);
    }

    [Fact]
    public void A_file_without_end_meets_the_bound()
    {
        string path = folder["huge.cedar"];
        using (FileStream huge = File.Create(path))
        {
            huge.SetLength(InputFile.LengthMax + 1L);
        }

        CommandRun.Of("policy", "check", path).ShouldEndWith(2).Error.ShouldContain("larger than 256 MB");
    }

    [Fact]
    public void Colours_are_for_terminals_only()
    {
        string file = folder.Write("p.cedar", "permit(");

        CommandRun.Of("policy", "check", file).Output.ShouldNotContain('\u001b');
        CommandRun.On("", hasColours: true, isErrorWatched: false, "policy", "check", file).Output.ShouldContain("\u001b[31m");
    }

    [Fact]
    public void What_an_input_says_cannot_steer_the_terminal()
    {
        string file = folder.Write("p.cedar", "@id(\"\\u{1b}[2J\") permit(principal, action, resource);");

        CommandRun run = CommandRun.Of("policy", "authorize", "-p", file, "--principal", "U::\"a\"", "--action", "Action::\"v\"", "--resource", "P::\"p\"");

        run.ShouldEndWith(0).Output.ShouldNotContain('\u001b');
        run.Output.ShouldContain("\uFFFD[2J");
    }

    [Fact]
    public void Progress_is_for_terminals_and_for_those_who_ask()
    {
        string[] args = ["policy", "test", Repository.Example("")];

        CommandRun.Of(args).Error.ShouldBeEmpty();
        CommandRun.On("", hasColours: false, isErrorWatched: true, args).Error.ShouldEndWith("\r7 of 7 cases\n");
        CommandRun.Of([.. args, "--progress"]).Error.ShouldEndWith("7 of 7 cases\n");
    }

    [Theory]
    [InlineData]
    [InlineData("policy")]
    [InlineData("policy", "no-such-command")]
    [InlineData("policy", "check")]
    public void Without_a_whole_command_the_help_is_pointed_at(params string[] args) =>
        CommandRun.Of(args).ShouldEndWith(2).Error.ShouldContain("--help`.");

    [Fact]
    public void Help_names_every_command()
    {
        string help = CommandRun.Of("policy", "--help").ShouldEndWith(0).Output;

        foreach (string command in new[] { "check", "format", "test", "authorize", "explain", "matrix", "diff", "translate", "conformance" })
        {
            help.ShouldContain($"  {command} ");
        }
    }
}
