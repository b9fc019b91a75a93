using System.Text.Json.Nodes;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>Whose a case from an edge is, and what is held against whose capability it was.</summary>
public sealed class HolderTests : OfflineTests
{
    [Fact]
    public async Task At_a_station_nobody_is_whom_they_say_and_the_case_says_what_they_said()
    {
        Promised station = await Hospital.PromiseStationAsync("shock-room");
        EmergencyUse use = station.Use("p-1", Now, saidToBe: "Dr. Carl");
        await Hospital.MergeAsync(Journal.Used(station, use));
        JsonNode found = await Hospital.CaseAsync(use.Id.ToString());
        (found["person"]!.GetValue<string>(), found["offline"]!["station"]!.GetValue<string>(),
            found["offline"]!["saidToBe"]!.GetValue<string>()).ShouldBe(("station:shock-room", "shock-room", "Dr. Carl"));
        Faults(found).ShouldBeEmpty();
        await Eventually.HoldsAsync(
            async () =>
                await Hospital.CountAsync(
                    "select count(*) from break_glass.emergency_alert where note like '%only what they said (Dr. Carl)%'") == 2,
            "the alerts say so");
    }

    [Fact]
    public async Task Whoever_was_named_at_a_station_has_no_case_by_it_and_does_not_judge_it()
    {
        string before = await Host.InvokeAsync("carl", "p-before");
        Promised station = await Hospital.PromiseStationAsync("shock-room");
        EmergencyUse use = station.Use("p-1", Now, saidToBe: "Carl");
        await Hospital.MergeAsync(Journal.Used(station, use).Opened(use, "study.view", "1.2.3", Now).Ended(use, "clinician", Now));
        string id = use.Id.ToString();
        await Eventually.HoldsAsync(
            async () => (await Host.GetAsync("/emergency-cases", "eva"))["cases"]!.AsArray()
                .Any(one => one!["id"]!.GetValue<string>() == id && one["saidToBe"]!.GetValue<string>() == "Carl"), "it is listed");
        (await Host.GetAsync("/emergency-access", "carl"))["cases"]!.AsArray().Single()!["id"]!.GetValue<string>().ShouldBe(before);

        // Nothing about a person is said of nobody.
        int asked = Host.PolicyDecision.Asked.Count;
        JsonNode evidence = await Host.GetAsync($"/emergency-cases/{id}/evidence", "eva");
        Host.PolicyDecision.Asked.Count.ShouldBe(asked);
        (evidence["score"], evidence["relation"], evidence["frequency"]).ShouldBe((null, null, null));
        evidence["earlierOfPerson"]!.AsArray().ShouldBeEmpty();
        JsonNode opened = evidence["opened"]!.AsArray().Single()!;
        (opened["study"]!.GetValue<string>(), opened["vip"]).ShouldBe(("1.2.3", null), "nobody who knows was asked");
        evidence["missing"]!.AsArray().Single()!.GetValue<string>().ShouldStartWith("Nobody has shown who took it");

        object verdict = new { verdict = "justified", findings = "On call." };
        foreach ((string door, object? body) in ((string, object?)[])[("take", null), ("review", verdict)])
        {
            using HttpResponseMessage own = await Host.PostAsync($"/emergency-cases/{id}/{door}", "cArl", body);
            await Refusal.ShouldBeAsync(own, 403, "self_review");
        }

        (await Host.PostAsync($"/emergency-cases/{id}/review", "eva", verdict)).EnsureSuccessStatusCode().Dispose();
    }

    [Fact]
    public async Task What_was_taken_back_only_afterwards_was_good()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse use = promised.Use("p-1", Now);
        Host.Clock.Advance(TimeSpan.FromMinutes(10));
        (await Host.PostAsync($"/emergency-capabilities/{promised.Id}/revoke", "sec", new { reason = "lost" })).Dispose();
        (await Hospital.MergeAsync(Journal.Used(promised, use)))["ended"]!.AsArray().ShouldBeEmpty();
        Faults(await Hospital.CaseAsync(use.Id.ToString())).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_what_the_holder_used_counts_as_used()
    {
        Promised promised = await Hospital.PromiseAsync("ada"), thief = await Hospital.PromiseAsync("mallory");
        var forger = new ECDsaSecurityKey(Hospital.NewKey()) { KeyId = "forged" };
        EmergencyUse[] uses = [.. Enumerable.Range(0, 9).Select(i => promised.Use($"p-{i}", Now))];
        var forged = new EmergencyCapability(
            promised.Id, "https://break-glass.test", "radiology", new CapabilityHolder("person", "ada"), "emergency-reader",
            "emergency-physician", TimeSpan.FromHours(4), 3, CapabilityTokens.PublicKeyOf(thief.Key), [], uses[0].At,
            uses[0].At.AddHours(8));
        foreach (EmergencyUse use in uses[..3])
        {
            Journal.Used(use, CapabilityTokens.Sign(forged, forger), thief.Sign(use));
        }

        foreach (EmergencyUse use in uses[3..6])
        {
            Journal.Used(use, promised.Text, thief.Sign(use));
        }

        foreach (EmergencyUse use in uses[6..])
        {
            Journal.Used(promised, use);
        }

        await Hospital.MergeAsync(Journal);
        foreach (EmergencyUse use in uses[6..])
        {
            Faults(await Hospital.CaseAsync(use.Id.ToString())).ShouldBeEmpty();
        }
    }

    private static string[] Faults(JsonNode found) => [.. found["offline"]!["faults"]!.AsArray().Select(code => code!.GetValue<string>())];
}
