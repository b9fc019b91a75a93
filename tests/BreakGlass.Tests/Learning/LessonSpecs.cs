using AccessGov.BreakGlass.Evidence;
using AccessGov.BreakGlass.Learning;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Learning;

/// <summary>What is learnt from how many cases. That PolicyDecision takes the texts is tested there, with the same files.</summary>
public sealed class LessonSpecs
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly JustifiedCases Treated = new("ward-physician", "ward", "ETREAT", 4, ["ada", "bob"], 4);
    private static readonly JustifiedCases Broken = new("ward-physician", "ward", "BTG", 1, ["bob", "cyd"], 0);

    [Fact]
    public void Cases_of_one_role_and_department_are_one_lesson_and_five_a_proposal()
    {
        Lesson lesson = Lessons.Of([Broken, Treated], 5, From, To).Single();
        (lesson.Cases, lesson.People, lesson.OffShift).ShouldBe((5, 3, 4));
        lesson.Reasons.ShouldBe([new Lesson.Reason("ETREAT", 4), new Lesson.Reason("BTG", 1)]);
        lesson.Proposal.ShouldNotBeNull().File.ShouldBe("lesson-ward-physician-ward.cedar");
        Lessons.Of([Broken, Treated], 6, From, To).Single().Proposal.ShouldBeNull();
        Lessons.Of([Treated, Broken with { Department = "lab" }], 5, From, To).ShouldAllBe(one => one.Proposal == null);
    }

    [Theory]
    [InlineData(4, "lesson.cedar")]
    [InlineData(5, "lesson-off-shift.cedar")]
    public void The_text_is_narrow_and_says_where_it_comes_from(int offShift, string file)
    {
        string text = Lessons.Of([Treated, Broken with { OffShift = offShift - 4 }], 5, From, To).Single().Proposal!.Text;
        text.ShouldBe(File.ReadAllText(WorkingCopy.PathOf("tests", "BreakGlass.Tests", "Learning", file)));
        text.Split('\n').ShouldAllBe(line => line.Length <= 140);
    }

    [Theory]
    [InlineData("ward-physician", null)]
    [InlineData("ward-physician", "ward\") || true")]
    [InlineData("Ward", "ward")]
    public void What_could_say_something_else_in_a_policy_is_not_proposed(string role, string? department) =>
        Lessons.Of([Treated with { Role = role, Department = department, Cases = 9 }], 5, From, To).Single().Proposal.ShouldBeNull();

    [Fact]
    public void The_longest_ids_make_a_name_that_a_policy_set_takes()
    {
        string long1 = new('a', 64), long2 = new('b', 64);
        string file = Lessons.Of([Treated with { Role = long1, Department = long2, Cases = 9 }], 5, From, To).Single().Proposal!.File;
        file.Length.ShouldBeLessThan(100);
        file.ShouldNotBe(Lessons.Of([Treated with { Role = long2, Department = long1, Cases = 9 }], 5, From, To).Single().Proposal!.File);
    }
}
