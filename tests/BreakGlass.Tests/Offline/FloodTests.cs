using System.Net;
using AccessGov.EmergencyCapabilities;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>Whoever floods an edge with what is not theirs holds up nobody.</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private readonly EdgeJournal journal = new();
    private OfflineHospital hospital = null!;
    private BreakGlassHost host = null!;

    public async Task InitializeAsync()
    {
        hospital = await OfflineHospital.StartAsync();
        host = hospital.Host;
    }

    public async Task DisposeAsync() => await hospital.DisposeAsync();

    [Fact]
    public async Task A_flood_of_refusals_costs_an_event_for_each_run_and_holds_up_no_use()
    {
        Promised promised = await hospital.PromiseAsync("ada");
        DateTimeOffset now = host.Clock.GetUtcNow();
        EmergencyUse use = promised.Use("p-1", now);
        Flood(200).Used(promised, use);
        Flood(200);
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => hospital.SendLinesAsync(1, journal.Lines)));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await hospital.MergeAsync(journal))["through"]!.GetValue<long>().ShouldBe(401);
        (await hospital.CaseAsync(use.Id.ToString()))["history"]!.AsArray().Count.ShouldBe(1);
        (await hospital.RefusedAsync(1)).Single().ShouldSatisfyAllConditions(
            one => one.Times.ShouldBe(200), one => one.Address.ShouldBe("10.0.0.9"), one => one.LastAt.ShouldBe(now.AddSeconds(200)));
        (await hospital.RefusedAsync(202)).Single().Times.ShouldBe(200);
        (await hospital.CountAsync("select count(*) from break_glass.edge_journal")).ShouldBe(401);

        // The day of the edge does not grow with them.
        (await hospital.CountAsync("select count(*) from break_glass.mt_events where stream_id like 'emergency-edge-%'")).ShouldBe(1);

        EdgeJournal Flood(int times)
        {
            foreach (int i in Enumerable.Range(1, times))
            {
                journal.Refused("capability_forged", now.AddSeconds(i));
            }

            return journal;
        }
    }
}
