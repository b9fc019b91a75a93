using System.Net.Http.Json;
using AccessGov.Edge.Uses;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;

namespace AccessGov.Edge.Tests.Uses;

public sealed class RefusedUsesTests
{
    [Fact]
    public async Task Rubbish_is_written_down_so_often_from_one_address_and_then_counted()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        await RubbishAsync(edge, "10.0.0.1", 30);
        await RubbishAsync(edge, "10.0.0.2", 1);
        await Eventually.HoldsAsync(
            () => Refused(edge).Count(line => line.Address == "10.0.0.2") == 1, "another address is written down for itself");

        edge.Clock.Move(TimeSpan.FromSeconds(61));

        await Eventually.HoldsAsync(() => Refused(edge).Any(line => line.Reason == "refused_more"), "the rest is counted");
        Refused(edge).Count(line => line.Address == "10.0.0.1").ShouldBe(RefusedUses.PerAddressMax);
        Refused(edge).Single(line => line.Reason == "refused_more").Count.ShouldBe(30 - RefusedUses.PerAddressMax);
        Refused(edge).First().Reason.ShouldBe("capability_forged");
        await RubbishAsync(edge, "10.0.0.1", 1);
        await Eventually.HoldsAsync(
            () => Refused(edge).Count(line => line.Address == "10.0.0.1") == RefusedUses.PerAddressMax + 1, "it is another minute");
    }

    [Fact]
    public async Task Rubbish_from_everywhere_does_not_hide_that_a_use_was_presented_twice()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability();
        string use = edge.Use(capability);
        (await edge.AskAsync(capability, use)).Code.ShouldBeNull();
        for (int address = 1; address <= 9; address++)
        {
            await RubbishAsync(edge, $"10.0.1.{address}", 10);
        }

        (await edge.AskAsync(capability, use)).Code.ShouldBe("use_replayed");

        await Eventually.HoldsAsync(() => Refused(edge).Any(line => line.Reason == "use_replayed"), "the replay is written down");
        Refused(edge).Count(line => line.Reason == "capability_forged").ShouldBe(RefusedUses.PerMinuteMax);
    }

    private static IEnumerable<EdgeJournalEntry> Refused(EdgeHost edge) => edge.BreakGlass.Lines.Where(line => line.Kind == "refused");

    private static async Task RubbishAsync(EdgeHost edge, string address, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "emergency-access")
            {
                Content = JsonContent.Create(new { capability = "nonsense", use = "nonsense" }),
            };
            request.Headers.Add("X-Forwarded-For", address);
            using HttpResponseMessage answer = await edge.Client.SendAsync(request);
            (await Answered.OfAsync(answer)).Code.ShouldBe("capability_forged");
        }
    }
}
