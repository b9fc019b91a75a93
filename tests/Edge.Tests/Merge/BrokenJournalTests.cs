using AccessGov.Edge.Journal;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Edge.Tests.Merge;

public sealed class BrokenJournalTests
{
    [Fact]
    public async Task The_lines_before_the_damage_are_handed_over_and_security_is_told_once_a_day()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.IsAway = true;
        foreach (string patient in new[] { "1", "2", "3" })
        {
            await edge.BeginAsync(patient);
        }

        await edge.StopAsync();
        string file = Directory.GetFiles(edge.Folder, "journal-*.jsonl").Single();
        string[] lines = await File.ReadAllLinesAsync(file);
        lines[3] = lines[3].Replace("\"kind\":\"used\"", "\"kind\":\"uzed\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, string.Join('\n', lines) + "\n");
        edge.BreakGlass.IsAway = false;
        await edge.RunAsync();

        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Count == 3, "what is whole is handed over");
        await Eventually.HoldsAsync(() => !edge.BreakGlass.Broken.IsEmpty, "and the rest is told of");
        await AFewStepsAsync(edge);
        edge.BreakGlass.Broken.ShouldBe([(4L, "broken")]);
        edge.BreakGlass.Lines.Select(line => line.Kind).ShouldBe(["started", "used", "used"]);
        edge.Clock.Move(TimeSpan.FromDays(1));
        await Eventually.HoldsAsync(() => edge.BreakGlass.Broken.Count == 2, "it is said again on another day");
    }

    [Fact]
    public async Task A_journal_that_was_put_back_is_told_of()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.SaysThrough = 50;

        await Eventually.HoldsAsync(() => !edge.BreakGlass.Broken.IsEmpty, "it is told");

        edge.BreakGlass.Broken.First().ShouldBe((2L, "put_back"));
    }

    [Fact]
    public async Task An_edge_whose_lines_BreakGlass_does_not_take_gives_nothing_any_more_after_a_restart_neither()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Count == 2, "all is merged");
        edge.BreakGlass.RefusesFrom = 3;
        await edge.BeginAsync("4712");

        EdgeJournal journal = edge.Services.GetRequiredService<EdgeJournal>();
        await Eventually.HoldsAsync(() => journal.Broken is not null, "it is broken");
        await Eventually.HoldsAsync(() => edge.BreakGlass.Broken.Contains((3L, "broken")), "and told of");
        string capability = edge.Capability();
        (await edge.AskAsync(capability, edge.Use(capability))).Code.ShouldBe("journal_broken");
        edge.BreakGlass.IsAway = true;
        await edge.AgainAsync();

        await Eventually.HoldsAsync(
            async () => (await edge.AskAsync(capability, edge.Use(capability))).Code == "journal_broken", "it is broken still");
        (await edge.ReasonAsync(access, $"/dicom-web/studies/{ArchiveStandIn.Study}")).Reason.ShouldBe("journal_broken");
    }

    private static async Task AFewStepsAsync(EdgeHost edge)
    {
        int before = edge.BreakGlass.Asked;
        await Eventually.HoldsAsync(() => edge.BreakGlass.Asked > before + 10, "a few more steps were made");
    }
}
