using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.Contracts.BreakGlass.V1;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.PolicyDecision.Tests.ShippedPolicies;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.EmergencyAccess;

/// <summary>What the shipped obligations make of an emergency access, as the viewer gets it.</summary>
public sealed class ShippedMarksTests
{
    private const string Policies =
        """@id("emergency") permit (principal in Reader::"emergency-reader", action == Action::"study.search", resource);""";

    [Fact]
    [Trait("Requirement", "S33")]
    public async Task Images_of_an_emergency_come_with_the_mark_the_banner_and_the_watermark()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync(clock: clock);
        await Answers.DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new
        {
            files = new[] { (Name: "a.cedar", Text: Policies), Shipped("hospital.obligations"), Shipped("obligations.json"), Shipped("actions.json") }
                .Select(file => new { name = file.Name, text = file.Text }),
            comment = "c",
        }));
        await Answers.DoneAsync(host.PutAsync("/sites/north", new { name = "North", timeZone = "UTC", departments = new[] { new { id = "ward", name = "Ward" } } }));
        await Answers.DoneAsync(host.PutAsync("/roles/ward-physician", new { description = "d" }));
        await Answers.DoneAsync(host.PutAsync(
            "/roles/emergency-reader", new { description = "d", emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } } }));
        await Answers.DoneAsync(host.PostAsync("/grants", new { subjectId = "ada", role = "ward-physician", scope = new { kind = "department", id = "ward" }, reason = "x" }));
        string id = Guid.CreateVersion7().ToString();
        await TellAsync(host, new EmergencyAccessInvoked(id, "ada", "P1", null, "emergency-reader", "ETREAT", false, clock.Now, clock.Now.AddHours(4)));

        JsonNode answer = null!;
        await Eventually.HoldsAsync(async () => (answer = await EvaluateAsync(host))["decision"]!.GetValue<bool>(), "the access is active");

        Dictionary<string, JsonNode> told = answer["context"]!["obligations"]!.AsArray()
            .ToDictionary(one => one!["id"]!.GetValue<string>(), one => one!["properties"]!, StringComparer.Ordinal);
        told.Keys.Order(StringComparer.Ordinal).ShouldBe(["emergency-banner@1", "emergency-mark@1", "emergency-watermark@1"]);
        (told["emergency-mark@1"]["purpose_of_use"]!.GetValue<string>(), told["emergency-mark@1"]["case"]!.GetValue<string>()).ShouldBe(("BTG", id));
        told["emergency-banner@1"]["until"]!.GetValue<DateTimeOffset>().ShouldBe(clock.Now.AddHours(4), TimeSpan.FromSeconds(1));
        told["emergency-watermark@1"]["text"]!.GetValue<string>()
            .ShouldMatch($"^EMERGENCY ACCESS ada {clock.Now:yyyy-MM-dd'T'HH:mm}:[0-9:.]+Z {Regex.Escape(id)}$");
    }

    private static (string Name, string Text) Shipped(string name) => (name, File.ReadAllText(Path.Combine(ShippedPolicySet.Current.Folder, name)));

    private static async Task<JsonNode> EvaluateAsync(PolicyDecisionHost host)
    {
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluation", JsonSerializer.Serialize(new
            {
                subject = new { type = "User", id = "ada" }, action = new { name = "study.search" }, resource = new { type = "Patient", id = "P1" },
            }),
            host.Token("decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static async Task TellAsync(PolicyDecisionHost host, EmergencyAccessInvoked invoked)
    {
        await using NpgsqlConnection connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await host.Services.GetRequiredService<IMessageBus>().PublishAsync(
            invoked, new PublishOptions($"emergency-access-{invoked.CaseId}", Guid.NewGuid()), transaction, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
