using System.Text.Json.Nodes;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>
/// What an edge took and should not have, or could not know: it is a case all the same, which says what is wrong, and is ended.
/// </summary>
public sealed class FaultTests : OfflineTests
{
    [Fact]
    public async Task A_forged_capability_is_nobodys_case_and_yet_a_case()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        var forger = new ECDsaSecurityKey(Hospital.NewKey()) { KeyId = "forged" };
        EmergencyUse use = promised.Use("p-1", Now);
        var forged = new EmergencyCapability(
            "forged-id", "https://break-glass.test", "radiology", new CapabilityHolder("person", "ada"), "emergency-reader",
            "emergency-physician",
            TimeSpan.FromHours(4), 3, CapabilityTokens.PublicKeyOf(promised.Key), [], use.At, use.At.AddHours(8));
        JsonNode found = await FoundAsync(use, CapabilityTokens.Sign(forged, forger), promised.Sign(use), "capability_forged");
        (found["person"]!.GetValue<string>(), found["patient"]!.GetValue<string>(), found["offline"]!["capability"]!.GetValue<string>())
            .ShouldBe(("edge:radiology", "p-1", "forged-id"));
    }

    [Fact]
    public async Task A_line_with_no_token_at_all_is_a_case_too()
    {
        var use = new EmergencyUse(Guid.CreateVersion7(), "x", "radiology", "p-1", "BTG", "x", null, false, Now);
        JsonNode found = await FoundAsync(use, "rubbish", "\u0001", "capability_forged");
        (found["person"]!.GetValue<string>(), found["patient"]!.GetValue<string>()).ShouldBe(("edge:radiology", "unknown"));
    }

    [Fact]
    public async Task A_use_without_the_holders_key_is_not_the_holders()
    {
        Promised promised = await Hospital.PromiseAsync("ada"), thief = await Hospital.PromiseAsync("mallory");
        EmergencyUse use = promised.Use("p-1", Now);
        (await FoundAsync(use, promised.Text, thief.Sign(use), "use_forged"))["person"]!.GetValue<string>().ShouldBe("edge:radiology");
    }

    [Fact]
    public async Task What_was_taken_back_meanwhile_says_so_and_whose_it_was()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        (await Host.PostAsync($"/emergency-capabilities/{promised.Id}/revoke", "sec", new { reason = "lost" })).Dispose();
        EmergencyUse use = promised.Use("p-1", Now.AddSeconds(2));
        (await FoundAsync(use, promised.Text, promised.Sign(use), "capability_revoked"))["person"]!.GetValue<string>().ShouldBe("ada");
    }

    [Fact]
    public async Task What_was_used_more_often_than_promised_says_so()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse[] uses = [.. Enumerable.Range(0, 4).Select(i => promised.Use($"p-{i}", Now))];
        foreach (EmergencyUse use in uses)
        {
            Journal.Used(promised, use);
        }

        string[] ended = [.. (await Hospital.MergeAsync(Journal))["ended"]!.AsArray().Select(id => id!.GetValue<string>())];
        ended.ShouldBe([uses[3].Id.ToString()]);
        foreach ((EmergencyUse use, int at) in uses.Select((use, at) => (use, at)))
        {
            JsonNode found = await Hospital.CaseAsync(use.Id.ToString());
            Faults(found).ShouldBe(at < 3 ? [] : ["capability_overused"]);
        }
    }

    [Theory]
    [InlineData("capability_expired")]
    [InlineData("capability_of_other_edge")]
    [InlineData("use_stale")]
    [InlineData("patient_excluded")]
    [InlineData("practice_patient_required")]
    [InlineData("case_mismatch")]
    public async Task Whatever_is_wrong_is_said(string fault)
    {
        Promised promised = await Hospital.PromiseAsync("ada", fault == "capability_of_other_edge" ? "others" : "radiology");
        DateTimeOffset at = fault == "capability_expired" ? Now.AddHours(9) : Now;
        EmergencyUse use =
            promised.Use(fault == "patient_excluded" ? "p-family" : "p-1", at, practice: fault == "practice_patient_required");
        EmergencyUse signed = fault switch
        {
            "use_stale" => use with { At = at.AddMinutes(-30) },
            "case_mismatch" => use with { Id = Guid.CreateVersion7() },
            _ => use,
        };
        JsonNode found = await FoundAsync(use, promised.Text, promised.Sign(signed), fault);
        (found["person"]!.GetValue<string>(), found["practice"]!.GetValue<bool>())
            .ShouldBe((fault == "case_mismatch" ? "edge:radiology" : "ada", false));
    }

    [Fact]
    public async Task A_drill_at_an_edge_is_a_drill()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse use = promised.Use("drill-1", Now, practice: true);
        await Hospital.MergeAsync(Journal.Used(promised, use));
        JsonNode found = await Hospital.CaseAsync(use.Id.ToString());
        (found["practice"]!.GetValue<bool>(), Faults(found).Length).ShouldBe((true, 0));
    }

    [Fact]
    public async Task Security_ends_a_case_and_the_edge_is_told()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse use = promised.Use("p-1", Now);
        (await Hospital.MergeAsync(Journal.Used(promised, use)))["ended"]!.AsArray().ShouldBeEmpty();
        (await Host.PostAsync($"/emergency-cases/{use.Id}/terminate", "sec", new { reason = "Looks odd." })).EnsureSuccessStatusCode();
        (await Hospital.MergeAsync(Journal, 2))["ended"]!.AsArray().Single()!.GetValue<string>().ShouldBe(use.Id.ToString());
        await Hospital.MergeAsync(Journal.Ended(use, "told", Now.AddMinutes(1)), 2);
        (await Hospital.CaseAsync(use.Id.ToString()))["history"]!.AsArray().Last()!["data"]!["cause"]!.GetValue<string>()
            .ShouldBe("security");
        Host.Clock.Advance(TimeSpan.FromHours(6));
        (await Hospital.MergeAsync(Journal, 3))["ended"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_line_that_tells_what_cannot_be_is_kept_and_alarms()
    {
        string here = await Host.InvokeAsync("ada", "p-here");
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse use = promised.Use("p-1", Now), taken = use with { Id = Guid.Parse(here) };
        Journal.Opened(taken, "study.view", "1.2.3", Now).Ended(taken, "clinician", Now).Used(promised, taken)
            .Opened(use, "study.view", "1.2.3", Now)
            .Add(new(0, "", Now, EdgeEntryKinds.Used, "no-guid", "x", "y")).Add(new(0, "", Now, "unheard-of"));
        (await Hospital.MergeAsync(Journal))["through"]!.GetValue<long>().ShouldBe(6);
        (await Hospital.CaseAsync(here))["history"]!.AsArray().Count.ShouldBe(1);
        (await Hospital.CountAsync("select count(*) from break_glass.mt_events where type = 'emergency_edge_line_unusable'")).ShouldBe(6);
        await AlarmsAsync("line_unusable", 1);
    }

    [Fact]
    public async Task What_an_edge_refused_is_kept_and_what_smells_alarms_once_a_day()
    {
        Journal.Refused("capability_expired", Now).Refused("capability_forged", Now).Refused("capability_forged", Now)
            .Refused("use_replayed", Now)
            .Add(new(0, "", Now, EdgeEntryKinds.Refused, Reason: EdgeEntryReasons.RefusedMore, Count: 57));
        await Hospital.MergeAsync(Journal);
        (await Hospital.RefusedAsync(1)).Select(one => (one.Code, one.Sequence, one.Times)).ShouldBe(
            [("capability_expired", 1L, 1L), ("capability_forged", 2L, 2L), ("use_replayed", 4L, 1L), ("refused_more", 5L, 57L)]);
        await AlarmsAsync("capability_forged", 1);
        await AlarmsAsync("use_replayed", 1);
        await AlarmsAsync("capability_expired", 0);
        Host.Clock.Advance(TimeSpan.FromDays(1));
        await Hospital.MergeAsync(Journal.Refused("capability_forged", Now), 6);
        await AlarmsAsync("capability_forged", 2);
    }

    private async Task<JsonNode> FoundAsync(EmergencyUse use, string capability, string signed, string fault)
    {
        JsonNode merged = await Hospital.MergeAsync(Journal.Used(use, capability, signed));
        merged["ended"]!.AsArray().Single()!.GetValue<string>().ShouldBe(use.Id.ToString());
        JsonNode found = await Hospital.CaseAsync(use.Id.ToString());
        Faults(found).ShouldBe([fault]);
        await Hospital.MergeAsync(Journal.Ended(use, "told", use.At.AddMinutes(1)), 2);
        JsonNode over = await Hospital.CaseAsync(use.Id.ToString());
        over["history"]!.AsArray()
            .Last(step => step!["name"]!.GetValue<string>() == "emergency_access_ended")!["data"]!["cause"]!.GetValue<string>()
            .ShouldBe("refused");
        return found;
    }

    private Task AlarmsAsync(string code, int times) => Eventually.HoldsAsync(
        async () => await Hospital.CountAsync(
            $"select count(*) from break_glass.emergency_alert where kind = 'edge_alarm' and reason_code = '{code}'") == times,
        $"security is told of {code} {times} times");

    private static string[] Faults(JsonNode found) => [.. found["offline"]!["faults"]!.AsArray().Select(code => code!.GetValue<string>())];
}
