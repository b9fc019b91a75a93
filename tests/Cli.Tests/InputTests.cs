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
        CommandRun.Of("policy", "check", folder["b"]).ShouldEndWith(2).Error.ShouldContain("there is no *.cedar in this folder or below it");
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
        run.Output.ShouldContain("reason: \\u{1b}[2J at ");
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

    [Theory]
    [InlineData("\n", "{a}")]
    [InlineData("\r", "{d}")]
    [InlineData("\t", "{9}")]
    [InlineData("\u0085", "{85}")]
    [InlineData("\u202e", "{202e}")]
    [InlineData("\u2066", "{2066}")]
    [InlineData("\u200b", "{200b}")]
    [InlineData("\u2028", "{2028}")]
    [InlineData("\u2029", "{2029}")]
    [InlineData("\ud804\udcbd", "{110bd}")]
    [InlineData("\udb40\udc41", "{e0041}")]
    public void Nothing_in_an_id_a_name_of_a_case_or_of_a_file_makes_a_line_or_turns_one_around(string hidden, string shown)
    {
        string json = System.Text.Json.JsonSerializer.Serialize($"x{hidden}ALLOW");
        const string Never = """{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"Value":false}}]}""";
        string set = folder.Write($"set{hidden}ALLOW.json", $"{{\"staticPolicies\":{{{json}:{Never}}}}}");
        string cases = folder.Write("x.cases.json", $$"""{"policies":{{System.Text.Json.JsonSerializer.Serialize(set)}},"requests":[{"name":{{json}},"principal":{"type":"U","id":{{json}}},"action":"Action::\"v\"","resource":"P::\"p\"","decision":"allow"}]}""");

        foreach (string[] args in new string[][] { ["check", set], ["test", cases], ["check", folder[$"no{hidden}ALLOW.cedar"]], ["matrix", "-p", set, "--role", $"R{hidden}ALLOW"] })
        {
            CommandRun run = CommandRun.Of(["policy", .. args]);
            string text = run.Output + run.Error;
            text.ShouldContain($"\\u{shown}ALLOW");
            text.Split('\n').ShouldAllBe(line => !line.StartsWith("ALLOW", StringComparison.Ordinal));
            (hidden == "\n" ? "" : text).ShouldNotContain(hidden);
            string asJson = CommandRun.Of(["policy", .. args, "--json"]).Output;
            asJson.ShouldContain("ALLOW");
            (hidden == "\n" ? "" : asJson).ShouldNotContain(hidden);
        }

        CommandRun.Of("policy", "check", set, "--json").Json.GetProperty("findings")[0].GetProperty("policy").GetString().ShouldBe($"x{hidden}ALLOW");
        CommandRun.Of("policy", "translate", set).Output.ShouldNotContain(hidden == "\n" ? "\nALLOW" : $"{hidden}ALLOW");
    }

    [Fact]
    public void One_refusal_of_many_lines_is_still_many_lines()
    {
        string file = folder.Write("p.cedar", "permit(;\npermit(;");

        CommandRun.Of("policy", "format", file).ShouldEndWith(2).Error.TrimEnd('\n').Split('\n').Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("format", "--check")]
    [InlineData("matrix", "-p")]
    public void A_folder_stands_for_everything_below_it_however_its_endings_are_written(params string[] command)
    {
        folder.Write("a/one.cedar", "permit(principal in R::\"r\", action == Action::\"v\", resource);");
        CommandRun.Of(["policy", .. command, folder["a"]]).ExitCode.ShouldBeLessThan(2);

        folder.Write("a/deep/er/two.CEDAR", "permit(");

        CommandRun run = CommandRun.Of(["policy", .. command, folder["a"]]);
        run.ExitCode.ShouldBeGreaterThan(0);
        (run.Output + run.Error).ShouldContain("two.CEDAR:1:8: error");
        folder.Write("b/s.CedarSchema", "entity");
        CommandRun.Of("policy", "check", folder.Write("p.cedar", ""), "--schema", folder["b"]).ShouldEndWith(1).Output.ShouldContain("s.CedarSchema:1:");
    }

    [Fact]
    public void Cases_are_found_in_capitals_too_and_mean_the_policies_beside_them_only()
    {
        folder.Write("a/p.cedar", "permit(principal, action, resource);");
        folder.Write("a/below/q.cedar", "forbid(principal, action, resource);");
        folder.Write("a/x.CASES.JSON", """{"requests":[{"principal":"U::\"a\"","action":"Action::\"v\"","resource":"P::\"p\"","decision":"allow"}]}""");

        CommandRun.Of("policy", "test", folder.Path).ShouldEndWith(0).Output.ShouldContain("1 cases, 1 passed");
    }
}
