using System.Globalization;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Retention;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Retention;

/// <summary>What the database says against a pruning.</summary>
public sealed class PrunableLookTests
{
    [Fact]
    public async Task Leaves_of_a_class_that_is_not_in_the_settings_any_more_stay_even_where_they_need_no_keys()
    {
        const string Class = "Audit:Retention:Classes:radiation";
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(
            settings: new Dictionary<string, string?>(PrunedTrails.Never, StringComparer.Ordinal)
            {
                [$"{Class}:Services:0"] = "pacs", [$"{Class}:Basis"] = "§ 85 StrlSchG", [$"{Class}:KeepYears"] = "30",
            },
            clock: clock);
        AuditRecord[] keyless = [.. Enumerable.Range(0, 300).Select(_ => Records.View() with { Patient = null })];
        await host.AddAsync(keyless);
        (await host.AskAsync<long>("select count(*) from trail.data_key")).ShouldBe(0);
        clock.AdvanceToYear(clock.GetUtcNow().Year + 7);
        await host.AddAsync(Records.View());
        (await RefusedAsync(host)).ShouldBe(("nothing_to_prune", ""));

        await using AuditHost without = await host.AgainAsync(
            settings: [($"{Class}:Services:0", null), ($"{Class}:Basis", null), ($"{Class}:KeepYears", null)]);
        (await RefusedAsync(without)).ShouldBe(("class_unknown", "radiation"));
        (await without.DoAsync("paul", "/prunings", new { basis = "x" })).Code.ShouldBe("class_unknown");

        await using AuditHost shorter = await without.AgainAsync(
            settings: [($"{Class}:Services:0", "pacs"), ($"{Class}:Basis", "§ 85 StrlSchG"), ($"{Class}:KeepYears", "6")]);
        (await RefusedAsync(shorter)).ShouldBe((null, ""));
        string id = await shorter.PruningApprovedAsync();

        // What is taken out of the settings after the approval stays, too.
        await using AuditHost removed = await shorter.AgainAsync(
            settings: [($"{Class}:Services:0", null), ($"{Class}:Basis", null), ($"{Class}:KeepYears", null)]);
        await removed.Services.GetRequiredService<PruningRun>().StepAsync(CancellationToken.None);
        (await removed.PruningStateAsync(id)).ShouldBe("stopped");

        static async Task<(string? Code, string Classes)> RefusedAsync(AuditHost host)
        {
            JsonNode seen = (await host.SeeAsync("/prunings")).Body!;
            return ((string?)seen["refused"], string.Join(' ', seen["unknownClasses"]!.AsArray()));
        }
    }

    [Fact]
    public async Task A_class_whose_leaves_are_gone_with_an_earlier_year_holds_nothing_up()
    {
        await using AuditHost host = await PrunedTrails.StartAsync();
        int first = DateTimeOffset.Parse((string)host.Leaves()[0]["recv_ts"]!, CultureInfo.InvariantCulture).Year;
        await host.ExecuteAsync($"insert into trail.class_year values ('radiation', {first - 1})");
        (await host.SeeAsync("/prunings")).Body!["refused"].ShouldBeNull();
        await host.ExecuteAsync($"insert into trail.class_year values ('radiation', {first})");
        ((string?)(await host.SeeAsync("/prunings")).Body!["refused"]).ShouldBe("class_unknown");
    }

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
