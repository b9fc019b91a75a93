using System.Text.Json.Nodes;
using AccessGov.Edge.Journal;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Edge.Tests.Merge;

public sealed class MergeJournalTests
{
    private const string Ct = $"/dicom-web/studies/{ArchiveStandIn.Study}";

    [Fact]
    [Trait("Requirement", "S31")]
    public async Task What_happened_while_AccessGov_was_away_is_handed_over_once_with_its_true_times()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.IsAway = true;
        DateTimeOffset before = edge.Clock.GetUtcNow();
        string access = await edge.BeginAsync();
        (await edge.ReasonAsync(access, Ct)).Reason.ShouldBe("emergency_access");
        edge.Clock.Move(TimeSpan.FromMinutes(7));
        using HttpResponseMessage waiting = await edge.Client.GetAsync("health/ready");
        JsonNode health = JsonNode.Parse(await waiting.Content.ReadAsStringAsync())!;

        edge.BreakGlass.IsAway = false;
        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Count == 3, "all is merged");

        health.ToJsonString().ShouldContain("\"unmerged_lines\":2");
        health.ToJsonString().ShouldContain("\"oldest_unmerged_seconds\":4");
        edge.BreakGlass.Lines.Select(line => line.Kind).ShouldBe(["started", "used", "accessed"]);
        (edge.BreakGlass.Lines[1].At - before).TotalSeconds.ShouldBeInRange(0, 60);
        edge.BreakGlass.Lines[1].Case.ShouldBe(access.Split('.')[0]);
        edge.BreakGlass.Lines[2].Case.ShouldBe(access.Split('.')[0]);
    }

    [Fact]
    public async Task What_AccessGov_ended_is_over_here()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();

        edge.BreakGlass.Ended.AddRange([access.Split('.')[0], $"{Guid.NewGuid()}"]);

        await Eventually.HoldsAsync(async () => (await edge.ReasonAsync(access, Ct)).Reason == "access_unknown", "it is over");
        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Any(line => line is { Kind: "ended", Reason: "told" }), "and written down");
        edge.BreakGlass.Lines.Count(line => line.Kind == "ended").ShouldBe(1);
    }

    [Fact]
    public async Task Lines_that_BreakGlass_lost_are_handed_over_again()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        foreach (string patient in new[] { "1", "2", "3" })
        {
            await edge.BeginAsync(patient);
        }

        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Count == 4, "all is merged");
        edge.BreakGlass.ForgetFrom(2);
        await edge.BeginAsync("4");

        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Count == 5, "all is merged again");
    }

    [Fact]
    public async Task More_than_fit_in_one_request_are_handed_over_in_several()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.IsAway = true;
        EdgeJournal journal = edge.Services.GetRequiredService<EdgeJournal>();
        await Task.WhenAll(Enumerable.Range(0, 1_200).Select(_ => journal.WriteAsync<object?>(state =>
            (new EmergencyCapabilities.EdgeJournalEntry(0, "", edge.Clock.GetUtcNow(), "refused", Reason: "use_stale"), null))));

        edge.BreakGlass.IsAway = false;

        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Count == 1_201, "all is merged");
    }

    [Fact]
    public async Task A_BreakGlass_that_has_more_than_this_journal_shows_that_it_was_put_back()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.SaysThrough = 50;
        EdgeJournal journal = edge.Services.GetRequiredService<EdgeJournal>();

        await Eventually.HoldsAsync(() => journal.Broken is not null, "it is seen");
    }
}
