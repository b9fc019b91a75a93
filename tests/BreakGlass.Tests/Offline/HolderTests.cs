using System.Text.Json.Nodes;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>Whose a case from an edge is, and what is held against whose capability it was.</summary>
public sealed class HolderTests : IAsyncLifetime
{
    private readonly EdgeJournal journal = new();
    private OfflineHospital hospital = null!;
    private BreakGlassHost host = null!;

    private DateTimeOffset Now => host.Clock.GetUtcNow();

    public async Task InitializeAsync()
    {
        hospital = await OfflineHospital.StartAsync();
        host = hospital.Host;
    }

    public async Task DisposeAsync() => await hospital.DisposeAsync();

    [Fact]
    public async Task At_a_station_nobody_is_whom_they_say_and_the_case_says_what_they_said()
    {
        Promised station = await hospital.PromiseStationAsync("shock-room");
        EmergencyUse use = station.Use("p-1", Now, saidToBe: "Dr. Carl");
        await hospital.MergeAsync(journal.Used(station, use));
        JsonNode found = await hospital.CaseAsync(use.Id.ToString());
        (found["person"]!.GetValue<string>(), found["offline"]!["station"]!.GetValue<string>(),
            found["offline"]!["saidToBe"]!.GetValue<string>()).ShouldBe(("station:shock-room", "shock-room", "Dr. Carl"));
        Faults(found).ShouldBeEmpty();
        await Eventually.HoldsAsync(
            async () =>
                await hospital.CountAsync(
                    "select count(*) from break_glass.emergency_alert where note like '%only what they said (Dr. Carl)%'") == 2,
            "the alerts say so");
    }

    [Fact]
    public async Task Whoever_was_named_at_a_station_has_no_case_by_it_and_does_not_judge_it()
    {
        string before = await host.InvokeAsync("carl", "p-before");
        Promised station = await hospital.PromiseStationAsync("shock-room");
        EmergencyUse use = station.Use("p-1", Now, saidToBe: "Carl");
        await hospital.MergeAsync(journal.Used(station, use).Ended(use, "clinician", Now));
        string id = use.Id.ToString();
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync("/emergency-cases", "eva"))["cases"]!.AsArray()
                .Any(one => one!["id"]!.GetValue<string>() == id && one["saidToBe"]!.GetValue<string>() == "Carl"), "it is listed");
        (await host.GetAsync("/emergency-access", "carl"))["cases"]!.AsArray().Single()!["id"]!.GetValue<string>().ShouldBe(before);

        // Nothing about a person is said of nobody.
        int asked = host.PolicyDecision.Asked.Count;
        JsonNode evidence = await host.GetAsync($"/emergency-cases/{id}/evidence", "eva");
        host.PolicyDecision.Asked.Count.ShouldBe(asked);
        (evidence["score"], evidence["relation"], evidence["frequency"]).ShouldBe((null, null, null));
        evidence["earlierOfPerson"]!.AsArray().ShouldBeEmpty();
        evidence["missing"]!.AsArray().Single()!.GetValue<string>().ShouldStartWith("Nobody has shown who took it");

        object verdict = new { verdict = "justified", findings = "On call." };
        foreach ((string door, object? body) in ((string, object?)[])[("take", null), ("review", verdict)])
        {
            using HttpResponseMessage own = await host.PostAsync($"/emergency-cases/{id}/{door}", "cArl", body);
            await Refusal.ShouldBeAsync(own, 403, "self_review");
        }

        (await host.PostAsync($"/emergency-cases/{id}/review", "eva", verdict)).EnsureSuccessStatusCode().Dispose();
    }

    [Fact]
    public async Task What_was_taken_back_only_afterwards_was_good()
    {
        Promised promised = await hospital.PromiseAsync("ada");
        EmergencyUse use = promised.Use("p-1", Now);
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        (await host.PostAsync($"/emergency-capabilities/{promised.Id}/revoke", "sec", new { reason = "lost" })).Dispose();
        (await hospital.MergeAsync(journal.Used(promised, use)))["ended"]!.AsArray().ShouldBeEmpty();
        Faults(await hospital.CaseAsync(use.Id.ToString())).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_what_the_holder_used_counts_as_used()
    {
        Promised promised = await hospital.PromiseAsync("ada"), thief = await hospital.PromiseAsync("mallory");
        var forger = new ECDsaSecurityKey(hospital.NewKey()) { KeyId = "forged" };
        EmergencyUse[] uses = [.. Enumerable.Range(0, 9).Select(i => promised.Use($"p-{i}", Now))];
        var forged = new EmergencyCapability(
            promised.Id, "https://break-glass.test", "radiology", new CapabilityHolder("person", "ada"), "emergency-reader",
            "emergency-physician", TimeSpan.FromHours(4), 3, CapabilityTokens.PublicKeyOf(thief.Key), [], uses[0].At,
            uses[0].At.AddHours(8));
        foreach (EmergencyUse use in uses[..3])
        {
            journal.Used(use, CapabilityTokens.Sign(forged, forger), thief.Sign(use));
        }

        foreach (EmergencyUse use in uses[3..6])
        {
            journal.Used(use, promised.Text, thief.Sign(use));
        }

        foreach (EmergencyUse use in uses[6..])
        {
            journal.Used(promised, use);
        }

        await hospital.MergeAsync(journal);
        foreach (EmergencyUse use in uses[6..])
        {
            Faults(await hospital.CaseAsync(use.Id.ToString())).ShouldBeEmpty();
        }
    }

    private static string[] Faults(JsonNode found) => [.. found["offline"]!["faults"]!.AsArray().Select(code => code!.GetValue<string>())];
}
