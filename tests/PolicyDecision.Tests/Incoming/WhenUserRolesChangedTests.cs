using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Incoming;

/// <summary>What people have by groups is exactly what IdentityFederation says, and nobody's grants by hand are touched.</summary>
public sealed class WhenUserRolesChangedTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>, IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly RoleOfGroups Everywhere = new("reader", "everywhere", null);
    private static readonly RoleOfGroups AtNorth = new("reader", "site", "north");
    private static readonly RoleOfGroups InRadiology = new("reader", "department", "north-radiology");

    public async Task InitializeAsync()
    {
        await DefineAsync("reader");
        await Answers.DoneAsync(host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "Europe/Vienna", workingHours = Array.Empty<object>(),
            departments = new[] { new { id = "north-radiology", name = "Radiology" } },
        }));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Grants_are_given_and_revoked_until_they_are_what_the_groups_give()
    {
        await TellAsync("ada", 1, Everywhere, AtNorth, InRadiology);
        await HasAsync("ada", "everywhere", "site north", "department north-radiology");
        JsonNode given = (await GrantsAsync("ada"))[0];
        (given["byGroups"]!.GetValue<bool>(), given["reason"]!.GetValue<string>(), given["givenBy"]!.GetValue<string>())
            .ShouldBe((true, "By group membership.", "hr-system"));

        await TellAsync("ada", 2, AtNorth);
        await HasAsync("ada", "site north");
        JsonNode[] all = await GrantsAsync("ada");
        all.Length.ShouldBe(3, "what stays is not given again");
        all.Where(grant => grant["revokedAt"] is not null)
            .ShouldAllBe(grant => grant["revokedReason"]!.GetValue<string>() == "By group membership: no group gives it any more.");
    }

    [Fact]
    public async Task What_is_told_again_does_nothing()
    {
        await TellAsync("again", 1, Everywhere, AtNorth);
        await TellAsync("again", 1, Everywhere, AtNorth);
        await TellAsync("again", 1, AtNorth, Everywhere);
        await HasAsync("again", "everywhere", "site north");
        await TellAsync("again", 2, Everywhere, AtNorth, InRadiology);
        await HasAsync("again", "everywhere", "site north", "department north-radiology");
        (await GrantsAsync("again")).Length.ShouldBe(3, "the list, which follows in order, has come past the repetitions");
    }

    [Fact]
    public async Task What_is_older_has_no_effect_when_it_comes_later()
    {
        await TellAsync("late", 1, Everywhere);
        await HasAsync("late", "everywhere");
        await TellAsync("late", 5);
        await TellAsync("late", 3, AtNorth);
        await TellAsync("late", 1, Everywhere);
        await TellAsync("late", 6, InRadiology);
        await HasAsync("late", "department north-radiology");
        (await GrantsAsync("late")).Length.ShouldBe(2, "the list, which follows in order, has come past what was told late");
    }

    [Fact]
    public async Task A_grant_by_hand_stays_whatever_the_groups_say()
    {
        await Answers.DoneAsync(host.PostAsync(
            "/grants", new { subjectId = "hand", role = "reader", scope = new { kind = "everywhere" }, reason = "hired" }));
        await TellAsync("hand", 1, Everywhere);
        await HasAsync("hand", "everywhere", "everywhere");
        await TellAsync("hand", 2);
        await HasAsync("hand", "everywhere");
        (await GrantsAsync("hand")).Single(grant => grant["revokedAt"] is null)["byGroups"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task What_groups_give_ends_with_the_person_and_comes_back_when_the_groups_say_so_anew()
    {
        await TellAsync("back", 1, Everywhere);
        await HasAsync("back", "everywhere");
        await host.TellAsync("back", new UserDeprovisioned("back", "A year off.", "hr", DateTimeOffset.UtcNow));
        await TellAsync("back", 1, Everywhere);
        await HasAsync("back");
        await host.TellAsync("back", new UserReactivated("back", "hr", DateTimeOffset.UtcNow));
        await TellAsync("back", 2, Everywhere);
        await HasAsync("back", "everywhere");
        (await GrantsAsync("back")).Length.ShouldBe(2, "what was taken away stays so, and another one is given");
    }

    [Fact]
    public async Task A_grant_that_groups_give_is_not_taken_back_by_hand()
    {
        await TellAsync("kept", 1, Everywhere);
        await HasAsync("kept", "everywhere");
        string id = (await GrantsAsync("kept"))[0]["id"]!.GetValue<string>();
        await Refusal.ShouldBeAsync(await host.PostAsync($"/grants/{id}/revoke", new { reason = "left" }), 409, "grant_by_groups");
        await HasAsync("kept", "everywhere");
    }

    [Fact]
    public async Task What_cannot_be_given_is_listed_and_given_as_soon_as_it_can()
    {
        await TellAsync("waits", 1, Everywhere, new RoleOfGroups("planned", "everywhere", null),
            new RoleOfGroups("reader", "site", "south"));
        await HasAsync("waits", "everywhere");
        JsonNode[] refused = await RefusedAsync("waits");
        refused.Select(one => $"{one["role"]} {one["scope"]!["kind"]} {one["scope"]!["id"]} {one["code"]}"
            .Replace("  ", " ", StringComparison.Ordinal))
            .ShouldBe(["planned everywhere role_unknown", "reader site south site_unknown"], ignoreOrder: true);
        (await CountAsync("select count(*) from bus.message where state = 'dead'")).ShouldBe(0);

        await DefineAsync("planned");
        await Eventually.HoldsAsync(async () => (await ActiveAsync("waits")).Length == 2,
            "the role is there, and so is the grant", 2 * Eventually.Bound);
        (await RefusedAsync("waits")).Length.ShouldBe(1);
        await TellAsync("waits", 2, Everywhere);
        await HasAsync("waits", "everywhere");
        (await RefusedAsync("waits")).ShouldBeEmpty("the groups do not say so any more");
    }

    [Fact]
    public async Task Separated_duties_hold_for_groups_too_and_what_goes_makes_room_for_what_comes()
    {
        await DefineAsync("orders");
        await DefineAsync("approves");
        await Answers.DoneAsync(host.PutAsync(
            "/duty-separations/four-eyes", new { description = "d", roles = new[] { "orders", "approves" }, atMost = 1 }));
        RoleOfGroups orders = new("orders", "everywhere", null);
        RoleOfGroups approves = new("approves", "everywhere", null);
        await TellAsync("duty", 1, orders, approves);
        await Eventually.HoldsAsync(async () => (await RefusedAsync("duty")).Length == 1, "one of them is refused");
        (await RefusedAsync("duty"))[0]["code"]!.GetValue<string>().ShouldBe("separation_of_duties");
        await Eventually.HoldsAsync(async () => await ActiveAsync("duty") is [var first] && first["role"]!.GetValue<string>() == "orders",
            "the other is given");

        await TellAsync("duty", 2, approves);
        await Eventually.HoldsAsync(
            async () => await ActiveAsync("duty") is [var only] && only["role"]!.GetValue<string>() == "approves",
            "the one is given for the other");
        (await RefusedAsync("duty")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_refused_is_listed_in_pages_for_whoever_may_read_facts()
    {
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/grants/refused?limit=0"), 400, "paging_malformed");
        using HttpResponseMessage forbidden = await host.SendAsync(HttpMethod.Get, "/grants/refused", token: host.Token("grants.manage"));
        ((int)forbidden.StatusCode).ShouldBe(403);
    }

    private Task DefineAsync(string role) =>
        Answers.DoneAsync(host.PutAsync($"/roles/{role}", new { description = role, permissions = new[] { "study.view" } }));

    private Task TellAsync(string user, int minute, params RoleOfGroups[] roles) =>
        host.TellAsync(user, new UserRolesChanged(user, roles, "hr-system", Start.AddMinutes(minute)));

    private async Task<JsonNode[]> GrantsAsync(string subject) =>
        [.. (await host.GetAsync($"/grants?subject={subject}"))["grants"]!.AsArray().Select(grant => grant!)];

    private async Task<JsonNode[]> ActiveAsync(string subject) =>
        [.. (await GrantsAsync(subject)).Where(grant => grant["revokedAt"] is null)];

    private async Task<JsonNode[]> RefusedAsync(string subject) =>
        [.. (await host.GetAsync($"/grants/refused?subject={subject}"))["grants"]!.AsArray().Select(grant => grant!)];

    /// <summary>Everything that was said of somebody is done, and where they have the reader's role is this.</summary>
    private async Task HasAsync(string user, params string[] scopes)
    {
        await Eventually.HoldsAsync(
            async () => await CountAsync($"select count(*) from bus.message where subject = 'person-{user}' and state = 'pending'") == 0,
            "all is done");
        await Eventually.HoldsAsync(
            async () => (await ActiveAsync(user)).Select(grant => $"{grant["scope"]!["kind"]} {grant["scope"]!["id"]}".TrimEnd())
                .Order(StringComparer.Ordinal).SequenceEqual(scopes.Order(StringComparer.Ordinal)),
            $"{user} has {string.Join(", ", scopes)}");
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
