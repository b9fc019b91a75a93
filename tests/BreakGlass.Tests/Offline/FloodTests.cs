using System.Net;
using AccessGov.EmergencyCapabilities;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>Whoever floods an edge with what is not theirs holds up nobody.</summary>
public sealed class FloodTests : OfflineTests
{
    [Fact]
    public async Task A_flood_of_refusals_costs_an_event_for_each_run_and_holds_up_no_use()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        DateTimeOffset now = Host.Clock.GetUtcNow();
        EmergencyUse use = promised.Use("p-1", now);
        Flood(200).Used(promised, use);
        Flood(200);
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Hospital.SendLinesAsync(1, Journal.Lines)));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await Hospital.MergeAsync(Journal))["through"]!.GetValue<long>().ShouldBe(401);
        (await Hospital.CaseAsync(use.Id.ToString()))["history"]!.AsArray().Count.ShouldBe(1);
        (await Hospital.RefusedAsync(1)).Single().ShouldSatisfyAllConditions(
            one => one.Times.ShouldBe(200), one => one.Address.ShouldBe("10.0.0.9"), one => one.LastAt.ShouldBe(now.AddSeconds(200)));
        (await Hospital.RefusedAsync(202)).Single().Times.ShouldBe(200);
        (await Hospital.CountAsync("select count(*) from break_glass.edge_journal")).ShouldBe(401);

        // The day of the edge does not grow with them.
        (await Hospital.CountAsync("select count(*) from break_glass.mt_events where stream_id like 'emergency-edge-%'")).ShouldBe(1);

        EdgeJournal Flood(int times)
        {
            foreach (int i in Enumerable.Range(1, times))
            {
                Journal.Refused("capability_forged", now.AddSeconds(i));
            }

            return Journal;
        }
    }
}
