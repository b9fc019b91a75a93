using AccessGov.Console.Pages.Policies;

namespace AccessGov.Console.Tests;

public sealed class LineDifferenceTests
{
    [Fact]
    public void A_changed_line_is_shown_once_before_and_once_after_with_three_lines_around()
    {
        string[] before = [.. Enumerable.Range(1, 20).Select(line => $"line {line}")];
        string[] after = [.. before.Select(line => line == "line 10" ? "line ten" : line)];

        LineDifference.Between(before, after).ShouldHaveSingleItem().Select(line => $"{line.Sign}{line.Text}").ShouldBe(
            [" line 7", " line 8", " line 9", "-line 10", "+line ten", " line 11", " line 12", " line 13"]);
    }

    [Fact]
    public void Equal_texts_have_no_difference_and_an_empty_one_is_wholly_removed_or_added()
    {
        LineDifference.Between(["a", "b"], ["a", "b"]).ShouldBeEmpty();
        LineDifference.Between(["a"], []).ShouldHaveSingleItem().ShouldHaveSingleItem().Sign.ShouldBe('-');
        LineDifference.Between([], ["a"]).ShouldHaveSingleItem().ShouldHaveSingleItem().Sign.ShouldBe('+');
    }

    [Fact]
    public void Whoever_takes_the_removed_lines_out_and_puts_the_added_ones_in_has_the_text_after()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int run = 0; run < 500; run++)
        {
            string[] before = Lines();
            string[] after = Lines();
            LineChange[] changes = [.. LineDifference.Between(before, after).SelectMany(part => part)];

            List<string> patched = [.. before.Where((_, place) => !changes.Any(change => change.Sign == '-' && change.Before == place + 1))];
            foreach (LineChange added in changes.Where(change => change.Sign == '+'))
            {
                patched.Insert(added.After!.Value - 1, added.Text);
            }

            patched.ToArray().ShouldBe(after, customMessage: $"seed {seed}, run {run}: [{string.Join(',', before)}] to [{string.Join(',', after)}]");
        }

        string[] Lines() => [.. Enumerable.Range(0, random.Next(12)).Select(_ => $"{(char)('a' + random.Next(4))}")];
    }

    [Fact]
    public void Very_long_texts_are_told_as_replaced_rather_than_compared_forever()
    {
        string[] before = [.. Enumerable.Range(0, 3000).Select(line => $"b{line}")];
        string[] after = [.. Enumerable.Range(0, 3000).Select(line => $"a{line}")];

        IReadOnlyList<LineChange> part = LineDifference.Between(before, after).ShouldHaveSingleItem();

        (part.Count(line => line.Sign == '-'), part.Count(line => line.Sign == '+')).ShouldBe((3000, 3000));
    }
}
