using System.Net;
using AccessGov.Edge.Journal;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Edge.Tests;

public sealed class EdgeClockTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task A_clock_that_differs_from_AccessGov_s_is_not_believed_until_it_does_not(int hours)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.ClockAhead = TimeSpan.FromHours(hours);
        await Eventually.HoldsAsync(async () => await CodeAsync(edge) == "clock_unreliable", "it is not believed");

        edge.BreakGlass.ClockAhead = TimeSpan.Zero;

        await Eventually.HoldsAsync(async () => await CodeAsync(edge) is null, "it is believed");
    }

    [Fact]
    public async Task A_clock_that_is_slow_is_not_believed_after_a_restart_without_AccessGov_either()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.ClockAhead = TimeSpan.FromHours(3);
        await Eventually.HoldsAsync(async () => await CodeAsync(edge) == "clock_unreliable", "it is not believed");
        edge.BreakGlass.IsAway = true;

        await edge.AgainAsync();

        (await CodeAsync(edge)).ShouldBe("clock_unreliable");
        edge.Clock.Move(TimeSpan.FromHours(3));
        (await CodeAsync(edge)).ShouldBeNull();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_while_AccessGov_is_away_is_seen_though_nothing_was_written_since()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.IsAway = true;

        edge.Clock.Move(TimeSpan.FromMinutes(-5));

        (await CodeAsync(edge)).ShouldBe("clock_unreliable");
    }

    [Fact]
    public async Task Lines_of_a_clock_that_was_ahead_do_not_stand_in_the_way_once_AccessGov_has_confirmed_the_time()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.IsAway = true;
        edge.Clock.Move(TimeSpan.FromHours(2));
        await edge.BeginAsync();
        edge.Clock.Move(TimeSpan.FromHours(-2));
        edge.BreakGlass.IsAway = false;
        await Eventually.HoldsAsync(
            () => edge.BreakGlass.Lines.Any(line => line is { Kind: "started", Reason: "clock_confirmed" }), "the time is confirmed");
        edge.BreakGlass.IsAway = true;

        await edge.AgainAsync();

        (await CodeAsync(edge)).ShouldBeNull();
        edge.Services.GetRequiredService<EdgeJournal>().State.LatestAt.ShouldBeLessThan(edge.Clock.GetUtcNow().AddMinutes(1));
    }

    private static async Task<string?> CodeAsync(EdgeHost edge)
    {
        string capability = edge.Capability();
        Answered answer = await edge.AskAsync(capability, edge.Use(capability, use => use with { Patient = $"{use.Id:n}" }));
        (answer.Code is null).ShouldBe(answer.Status == HttpStatusCode.Created);
        return answer.Code;
    }
}
