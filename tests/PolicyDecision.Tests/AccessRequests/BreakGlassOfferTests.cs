using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.Evaluation;

namespace AccessGov.PolicyDecision.Tests.AccessRequests;

/// <summary>Emergency access announces itself in the denials that it would turn, to those who may invoke it.</summary>
public sealed class BreakGlassOfferTests : IAsyncLifetime
{
    private const string Policies = """
        @id("ward") permit (principal in Reader::"ward-physician", action == Action::"study.view", resource);
        @id("emergency") permit (principal in Reader::"emergency-reader", action == Action::"study.view", resource);
        @id("never") forbid (principal == User::"barred", action, resource);
        """;

    private readonly SettableClock clock = new(DateTimeOffset.UtcNow);
    private readonly string keyFile = Path.GetTempFileName();
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        }

        host = await PolicyDecisionHost.StartAsync(clock: clock, settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PolicyDecision:AccessRequestKeyFile"] = keyFile, ["PolicyDecision:BreakGlassUrl"] = "https://console.test/break-glass/",
        });
        await host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = Policies } }, comment = "c" });
        await host.PutAsync("/sites/north", new { name = "North", timeZone = "UTC", departments = new[] { new { id = "ward", name = "Ward" } } });
        await host.PutAsync("/roles/ward-physician", new { description = "d" });
        await host.PutAsync("/roles/clerk", new { description = "d" });
        (await host.PutAsync("/roles/emergency-reader", new { description = "d", emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } } })).EnsureSuccessStatusCode();
        foreach ((string who, string role) in ((string, string)[])[("ada", "ward-physician"), ("barred", "ward-physician"), ("bill", "clerk")])
        {
            (await host.PostAsync("/grants", new { subjectId = who, role, scope = new { kind = "department", id = "ward" }, reason = "x", until = clock.Now.AddHours(2) })).EnsureSuccessStatusCode();
        }
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        File.Delete(keyFile);
    }

    [Fact]
    public async Task A_denial_announces_it_to_whoever_holds_a_clinical_role_anywhere()
    {
        JsonNode denial = await EvaluateAsync("ada");

        denial["decision"]!.GetValue<bool>().ShouldBeFalse();
        JsonNode offer = denial["context"]!["break_glass"]!;
        offer["form_url"]!.GetValue<string>().ShouldBe($"https://console.test/break-glass?denial={offer["binding_token"]!.GetValue<string>()}");
        (offer["template"]!.GetValue<string>(), offer["hours_max"]!.GetValue<int>()).ShouldBe(("emergency-reader", 4));
        offer["expires_at"]!.GetValue<DateTimeOffset>().ShouldBe(clock.Now.AddMinutes(10), TimeSpan.FromSeconds(1));
        offer["binding_token"]!.GetValue<string>().Split('.').Length.ShouldBe(3);
        denial["context"]!["access_request"].ShouldBeNull("the role is taken, not asked for");
    }

    [Theory]
    [InlineData("bill", "study.view", "no role of theirs may invoke it")]
    [InlineData("nobody", "study.view", "they hold nothing")]
    [InlineData("barred", "study.view", "what forbids stays forbidden")]
    [InlineData("ada", "study.delete", "it would not help")]
    public async Task A_denial_that_it_would_not_turn_does_not(string subject, string action, string because)
    {
        JsonNode denial = await EvaluateAsync(subject, action);

        denial["decision"]!.GetValue<bool>().ShouldBeFalse();
        denial["context"]!["break_glass"].ShouldBeNull(because);
    }

    [Fact]
    public async Task A_role_that_has_ended_invokes_nothing()
    {
        clock.Now += TimeSpan.FromHours(2);

        (await EvaluateAsync("ada"))["context"]!["break_glass"].ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"description":"d","emergency":{"hoursMax":13,"invokers":["ward-physician"]}}""")]
    [InlineData("""{"description":"d","emergency":{"hoursMax":0,"invokers":["ward-physician"]}}""")]
    [InlineData("""{"description":"d","emergency":{"hoursMax":4,"invokers":[]}}""")]
    [InlineData("""{"description":"d","emergency":{"hoursMax":4,"invokers":["Ward Physician"]}}""")]
    public async Task An_emergency_is_short_and_names_who_may_invoke_it(string role) =>
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Put, "/roles/emergency-reader", role), 400, "role_malformed");

    [Fact]
    public async Task The_same_role_again_changes_nothing_and_another_emergency_does()
    {
        async Task<string> PutAsync(int hours, params string[] invokers)
        {
            using HttpResponseMessage put = await host.PutAsync("/roles/emergency-reader", new { description = "d", emergency = new { hoursMax = hours, invokers } });
            return put.EnsureSuccessStatusCode().Headers.ETag!.Tag;
        }

        (await PutAsync(4, "ward-physician")).ShouldBe("\"1\"");
        (await PutAsync(4, "ward-physician", "ward-physician")).ShouldBe("\"1\"");
        (await PutAsync(4, "clerk", "ward-physician")).ShouldBe("\"2\"");
        (await PutAsync(6, "ward-physician", "clerk")).ShouldBe("\"3\"");
    }

    private async Task<JsonNode> EvaluateAsync(string subject, string action = "study.view")
    {
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluation",
            JsonSerializer.Serialize(new { subject = new { type = "User", id = subject }, action = new { name = action }, resource = new { type = "Patient", id = "P1" } }),
            host.Token("decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
