using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Alerts;

/// <summary>A case that nobody judges, through its 24 hours: who is called when, by a real mail server.</summary>
public sealed class EscalationAlertTests : IAsyncLifetime
{
    private const string Called = "Emergency access waits for your review";
    private const string Overdue = "Emergency access was not reviewed in time";
    private static readonly string[] Levels = ["deputy", "privacy-officer", "ciso"];

    private readonly AlertReceivers receivers = new();

    public Task InitializeAsync() => receivers.InitializeAsync();

    public Task DisposeAsync() => receivers.DisposeAsync();

    [Fact]
    [Trait("Requirement", "S35")]
    public async Task Each_level_is_written_to_at_its_hour_once_and_the_case_stays_open()
    {
        await using BreakGlassHost host = await receivers.StartAsync(
        [
            ("BreakGlass:Alerts:Audiences:compliance:0", "compliance-mail"),
            .. AlertReceivers.MailTo("compliance-mail", "compliance@hospital.test"),
            .. Levels.SelectMany(level => AlertReceivers.MailTo($"{level}-mail", $"{level}@hospital.test")
                .Append(($"BreakGlass:Alerts:Audiences:{level}:0", $"{level}-mail"))),
        ]);
        string id = await host.InvokeAsync("ada", "p-walk");
        DateTimeOffset began = Instant((await CaseAsync(host, id))["invokedAt"]);
        await Eventually.HoldsAsync(async () => (await LettersAsync("Emergency access was taken")).Length == 2, "both are told at once");

        List<string> called = [];
        foreach ((double hours, string level) in ((double, string)[])[(12, "deputy"), (20, "privacy-officer"), (24, "ciso")])
        {
            await AtAsync(host, began + TimeSpan.FromHours(hours) - TimeSpan.FromMinutes(1));
            (await LettersAsync(Called)).ShouldBe(called, ignoreOrder: true, $"{level} is not called before its hour");
            (await LettersAsync(Overdue)).ShouldBeEmpty();
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            called.Add($"{level}@hospital.test {id}");
            await Eventually.HoldsAsync(async () => (await LettersAsync(Called)).Length == called.Count, $"{level} is called");
            (await LettersAsync(Called)).ShouldBe(called, ignoreOrder: true);
        }

        await Eventually.HoldsAsync(
            async () => (await LettersAsync(Overdue)).Length == 2, "security and compliance are told that it is overdue");
        (await LettersAsync(Overdue)).ShouldBe([$"compliance@hospital.test {id}", $"soc@hospital.test {id}"], ignoreOrder: true);

        // A day later nobody is called again, and nothing has closed it.
        await AtAsync(host, began + TimeSpan.FromHours(48));
        (await LettersAsync(Called)).Where(letter => letter.EndsWith(id, StringComparison.Ordinal)).ShouldBe(called, ignoreOrder: true);
        (await LettersAsync(Overdue)).Length.ShouldBe(2);
        JsonNode open = await CaseAsync(host, id);
        (open["state"]!.GetValue<string>(), open["overdue"]!.GetValue<bool>(), open["verdict"]).ShouldBe(("awaiting_review", true, null));
        (await host.GetAsync("/emergency-cases?state=overdue", "eva"))["cases"]!.AsArray()
            .Where(item => !item!["practice"]!.GetValue<bool>()).Select(item => item!["id"]!.GetValue<string>()).ShouldBe([id]);
    }

    /// <summary>The clock is there, and all that was due then has been done: what is due for a drill now has come.</summary>
    private async Task AtAsync(BreakGlassHost host, DateTimeOffset when)
    {
        host.Clock.Advance(when - host.Clock.GetUtcNow());
        int drills = (await LettersAsync("[DRILL] Emergency access was taken")).Length;
        await host.InvokeAsync($"somebody-{when.UtcTicks}", "drill-1", practice: true);
        await Eventually.HoldsAsync(
            async () => (await LettersAsync("[DRILL] Emergency access was taken")).Length == drills + 2,
            $"what is due at {when:u} is done");
    }

    /// <summary>To whom and about which case the letters with a subject are; a drill's own calls are none of them.</summary>
    private async Task<string[]> LettersAsync(string subject) =>
    [
        .. (await receivers.MailedAsync(subject)).Select(letter =>
            $"{Between(letter, "\nTo: ", "\n")} {Between(letter, "/emergency-cases/", "\n")}"),
    ];

    private static string Between(string text, string before, string after)
    {
        int from = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[from..text.IndexOf(after, from, StringComparison.Ordinal)].Trim();
    }

    private static Task<JsonNode> CaseAsync(BreakGlassHost host, string id) => host.GetAsync($"/emergency-cases/{id}", "eva");

    private static DateTimeOffset Instant(JsonNode? node) =>
        DateTimeOffset.Parse(node!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
}
