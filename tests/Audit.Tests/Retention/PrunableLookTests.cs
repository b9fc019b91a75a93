namespace AccessGov.Audit.Tests.Retention;

/// <summary>What the database says against a pruning.</summary>
public sealed class PrunableLookTests
{
    [Fact]
    public async Task Nothing_is_pruned_while_keys_are_being_shredded()
    {
        await using AuditHost host = await PrunedTrails.StartAsync();
        foreach (string state in new[] { "approved", "condemned", "recorded", "destroyed" })
        {
            await host.ExecuteAsync($"update trail.shredding set state = '{state}'");
            ((string?)(await host.SeeAsync("/prunings")).Body!["refused"]).ShouldBe("shredding_running", state);
            (await host.DoAsync("paul", "/prunings", new { basis = "x" })).Code.ShouldBe("shredding_running", state);
        }

        foreach (string state in new[] { "proposed", "denied", "stopped", "done" })
        {
            await host.ExecuteAsync($"update trail.shredding set state = '{state}'");
            (await host.SeeAsync("/prunings")).Body!["refused"].ShouldBeNull(state);
        }
    }
}
