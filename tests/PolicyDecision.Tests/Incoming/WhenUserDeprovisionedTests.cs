using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.PolicyDecision.Facts;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Incoming;

public sealed class WhenUserDeprovisionedTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    [Fact]
    public async Task Every_grant_of_a_leaver_ends_and_nobody_elses()
    {
        await Answers.DoneAsync(host.PutAsync("/roles/reader", new { description = "Reads", permissions = new[] { "study.view" } }));
        await GiveAsync("leaver", "User");
        await GiveAsync("leaver", "User", from: DateTimeOffset.UtcNow.AddYears(1));
        await GiveAsync("leaver", "Service");
        await GiveAsync("stayer", "User");

        await TellAsync("leaver", "The contract ended.");

        await Eventually.HoldsAsync(async () => (await ActiveAsync("leaver")).Length == 1, "only the machine of that name has its grant");
        (await ActiveAsync("leaver")).Single()["subjectType"]!.GetValue<string>().ShouldBe("Service");
        (await ActiveAsync("stayer")).Length.ShouldBe(1);
        JsonNode[] ended = [.. (await GrantsAsync("leaver")).Where(grant => grant["revokedAt"] is not null)];
        ended.Length.ShouldBe(2, "also the grant that was to begin later");
        ended.ShouldAllBe(grant => grant["revokedReason"]!.GetValue<string>() == "The person does not work here any more: The contract ended.");
        ended.ShouldAllBe(grant => grant["revokedBy"]!.GetValue<string>() == "hr-system");
        await Eventually.HoldsAsync(
            () => host.Facts.Current.Subjects.GetValueOrDefault(new SubjectKey("User", "leaver"), SubjectFacts.None) is { Left: true, Grants.Length: 0 }, "decisions know it");
    }

    [Fact]
    public async Task It_may_be_told_again_and_of_somebody_who_has_nothing()
    {
        await Answers.DoneAsync(host.PutAsync("/roles/reader", new { description = "Reads", permissions = new[] { "study.view" } }));
        await GiveAsync("twice", "User");
        await TellAsync("twice", new string('x', 2_000));
        await TellAsync("twice", "Again.");
        await TellAsync("nobody", "Never was here.");

        await Eventually.HoldsAsync(async () => (await ActiveAsync("twice")).Length == 0, "the grant has ended");
        JsonNode ended = (await GrantsAsync("twice")).Single();
        ended["revokedReason"]!.GetValue<string>().Length.ShouldBe(1_000);
        await Eventually.HoldsAsync(async () => await CountAsync("select count(*) from bus.inbox") >= 3, "all three are handled");
        await Eventually.HoldsAsync(async () => await CountAsync("select count(*) from bus.message") == 0, "none is left, as a dead letter either");
    }

    private Task GiveAsync(string subjectId, string subjectType, DateTimeOffset? from = null) => Answers.DoneAsync(host.PostAsync(
        "/grants", new { subjectId, subjectType, role = "reader", scope = new { kind = "everywhere" }, reason = "works here", from }));

    private async Task<JsonNode[]> GrantsAsync(string subject) => [.. (await host.GetAsync($"/grants?subject={subject}"))["grants"]!.AsArray().Select(grant => grant!)];

    private async Task<JsonNode[]> ActiveAsync(string subject) => [.. (await GrantsAsync(subject)).Where(grant => grant["revokedAt"] is null)];

    private Task TellAsync(string user, string reason) => host.TellAsync(user, new UserDeprovisioned(user, reason, "hr-system", DateTimeOffset.UtcNow));

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
