using System.Text.RegularExpressions;

namespace AccessGov.Architecture;

/// <summary>What style asks of files and names.</summary>
public sealed class ShapeTests
{
    private const int FileLinesMax = 250;

    /// <summary>A test class is a list of sentences: splitting one tells nothing new.</summary>
    private const int TestFileLinesMax = 300;

    private static readonly string[] NamesThatSayNothing =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Base", "Processor", "Info", "Data"];

    [Fact]
    public void No_file_is_longer_than_a_newcomer_reads_in_one_go() =>
        House.Sources("services", "shared", "deploy", "tests").Where(file => House.LineCount(file) > LinesMax(file)).ShouldBeEmpty();

    [Fact]
    public void Program_reads_as_a_table_of_contents()
    {
        string[] programs = [.. House.Sources("services").Where(file => Path.GetFileName(file) == "Program.cs")];

        programs.ShouldNotBeEmpty();
        programs.Where(file => House.LineCount(file) > 40).ShouldBeEmpty();
    }

    [Fact]
    public void No_type_is_named_by_a_word_that_says_nothing() =>
        House.Types.Where(type => NamesThatSayNothing.Contains(LastWord(type.Name), StringComparer.Ordinal)).Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void No_work_is_left_for_later_in_a_comment() =>
        House.Sources("services", "shared", "deploy").Where(file => Regex.IsMatch(File.ReadAllText(Path.Combine(House.Root, file)), @"//.*\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")).ShouldBeEmpty();

    [Fact]
    public void No_rule_reads_the_clock_of_the_machine() =>
        House.Sources("services", "shared").Where(file => Regex.IsMatch(File.ReadAllText(Path.Combine(House.Root, file)), @"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")).ShouldBeEmpty();

    [Theory]
    [InlineData("GrantManager", "Manager")]
    [InlineData("GrantInfo`1", "Info")]
    [InlineData("DataDirectory", "Directory")]
    [InlineData("Database", "Database")]
    public void The_last_word_of_a_name_is_what_it_is(string name, string word) => LastWord(name).ShouldBe(word);

    private static int LinesMax(string file) =>
        file.StartsWith("tests/", StringComparison.Ordinal) && !file.StartsWith("tests/Cedar.Tests/", StringComparison.Ordinal)
            ? TestFileLinesMax
            : FileLinesMax;

    private static string LastWord(string name) => Regex.Match(name, "[A-Z][a-z0-9]*(?=(`[0-9]+)?$)").Value;
}
