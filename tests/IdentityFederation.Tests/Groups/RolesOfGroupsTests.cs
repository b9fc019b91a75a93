using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.IdentityFederation.Tests.Provisioning;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Groups;

/// <summary>Whoever puts people into groups: others hear which roles they have.</summary>
public sealed class RolesOfGroupsTests(ScimClient scim) : IClassFixture<ScimClient>, IAsyncLifetime
{
    private const string Everywhere = """{"role":"radiologist","scope":{"kind":"everywhere"}}""";
    private const string AtNorth = """{"role":"reader","scope":{"kind":"site","id":"north"}}""";
    private readonly IdentityFederationHost host = scim.Host;
    private readonly HeardMessages heard = new(scim.Host.Superuser);

    public Task InitializeAsync() => heard.ListenAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_role_stays_while_one_group_gives_it()
    {
        string ada = await PersonAsync();
        (string one, string other) = (await GroupAsync(), await GroupAsync());
        await AssignAsync(one, Everywhere);
        await AssignAsync(other, Everywhere);
        await PatchAsync(one, "add", ada);
        await UntilAsync(ada, "radiologist everywhere");

        await PatchAsync(other, "add", ada);
        await PatchAsync(one, "remove", ada);
        await PatchAsync(other, "remove", ada);
        await UntilAsync(ada, "radiologist everywhere", "");
        JsonNode last = (await heard.OfAsync(ada)).Last(message => message.Type == UserRolesChanged.MessageName).Data;
        last["userId"]!.GetValue<string>().ShouldBe(ada);
        last["changedBy"]!.GetValue<string>().ShouldBe("tests", "the client that provisions took the person out");
    }

    [Fact]
    public async Task What_a_group_gives_changes_for_its_members_and_goes_with_it()
    {
        (string ada, string ben) = (await PersonAsync(), await PersonAsync());
        string group = await GroupAsync(ada, ben);
        await AssignAsync(group, Everywhere);
        await AssignAsync(group, AtNorth, Everywhere);
        await UntilLastAsync(ada, "radiologist everywhere + reader site north");
        await UntilLastAsync(ben, "radiologist everywhere + reader site north");

        await AssignAsync(group, AtNorth);
        await UntilLastAsync(ada, "reader site north");
        await scim.DoAsync("DELETE", $"/Groups/{group}");
        await UntilLastAsync(ada, "");
        await UntilLastAsync(ben, "");
    }

    [Fact]
    public async Task Whoever_is_inactive_has_none_and_has_them_again_when_they_are_back()
    {
        string ada = await PersonAsync();
        await AssignAsync(await GroupAsync(ada), Everywhere);
        await UntilAsync(ada, "radiologist everywhere");
        await scim.DoAsync("PATCH", $"/Users/{ada}", Active(false));
        await UntilAsync(ada, "radiologist everywhere", "");
        await scim.DoAsync("PATCH", $"/Users/{ada}", Active(true));
        await UntilAsync(ada, "radiologist everywhere", "", "radiologist everywhere");
        await scim.DoAsync("DELETE", $"/Users/{ada}");
        await UntilAsync(ada, "radiologist everywhere", "", "radiologist everywhere", "");
        (await heard.OfAsync(ada)).Select(message => message.Type).Where(type => type == UserMoved.MessageName).Count()
            .ShouldBe(1, "getting the role was a move; leaving and coming back is none");
    }

    [Fact]
    public async Task Whoever_is_back_in_the_same_moment_is_told_of_anew_after_it_was_said_that_all_they_had_ended()
    {
        string ada = await PersonAsync();
        await AssignAsync(await GroupAsync(ada), Everywhere);
        await UntilAsync(ada, "radiologist everywhere");
        await scim.DoAsync("PATCH", $"/Users/{ada}", Active(false));
        await scim.DoAsync("PATCH", $"/Users/{ada}", Active(true));
        await Eventually.HoldsAsync(
            async () => (await heard.OfAsync(ada)).Select(message => message.Type).ToArray() is var types
                && Array.IndexOf(types, UserReactivated.MessageName) is > 0 and var back
                && Array.LastIndexOf(types, UserRolesChanged.MessageName) > back,
            "they are told of after it was said that they are back");
        (await heard.RolesAsync(ada))[^1].ShouldBe("radiologist everywhere");
    }

    [Fact]
    public async Task Groups_without_roles_cause_no_messages()
    {
        string ada = await PersonAsync();
        string group = await GroupAsync(ada);
        await PatchAsync(group, "remove", ada);
        await PatchAsync(group, "add", ada);
        await AssignAsync(group, Everywhere);
        await UntilAsync(ada, "radiologist everywhere");
    }

    [Fact]
    public async Task A_move_is_told_with_where_from_and_where_to_and_nothing_else_is_a_move()
    {
        string ada = await PersonAsync();
        await ProfileAsync(ada, """{"department":"Radiology","manager":{"value":"m1"}}""");
        await ProfileAsync(ada, """{"department":"Radiology","manager":{"value":"m1"},"costCenter":"7"}""");
        await ProfileAsync(ada, """{"department":"Cardiology","manager":{"value":"m2"}}""");
        await ProfileAsync(ada, """{"department":"Cardiology","manager":{"value":"m2"},"organization":"South"}""");
        await Eventually.HoldsAsync(
            async () => (await heard.OfAsync(ada)).Count(message => message.Type == UserChanged.MessageName) == 4, "all changes are out");
        string[] moves =
        [
            .. (await heard.OfAsync(ada)).Where(message => message.Type == UserMoved.MessageName).Select(message => message.Data)
                .Select(moved => $"{moved["formerDepartment"]}/{moved["formerManagerId"]} > {moved["department"]}/{moved["managerId"]} "
                    + $"{moved["rolesChanged"]}"),
        ];
        moves.ShouldBe(["/ > Radiology/m1 false", "Radiology/m1 > Cardiology/m2 false", "Cardiology/m2 > Cardiology/m2 false"]);

        await AssignAsync(await GroupAsync(ada), Everywhere);
        await UntilAsync(ada, "radiologist everywhere");
        JsonNode last = (await heard.OfAsync(ada))[^1].Data;
        (last["department"]!.GetValue<string>(), last["rolesChanged"]!.GetValue<bool>()).ShouldBe(("Cardiology", true));
    }

    [Fact]
    public async Task Groups_are_listed_with_the_roles_of_their_members()
    {
        string group = await GroupAsync();
        await AssignAsync(group, AtNorth, Everywhere);
        JsonNode listed = (await host.GetAsync("/groups?limit=500"))["groups"]!.AsArray()
            .Single(one => one!["id"]!.GetValue<string>() == group)!;
        listed["roles"]!.ToJsonString().ShouldBe($"[{AtNorth},{Everywhere}]");
    }

    [Fact]
    public async Task Roles_are_assigned_by_whoever_may()
    {
        string ada = await PersonAsync();
        string group = await GroupAsync(ada);
        (await SendAsync(group, $"[{AtNorth}]", host.TokenOf("grace", "scopes.assign"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await Refusal.ShouldBeAsync(await SendAsync("none", "[]"), 404, "group_unknown");
        await Refusal.ShouldBeAsync(await SendAsync(group, $"[{AtNorth},{AtNorth}]"), 400, "group_role_malformed");
        await Refusal.ShouldBeAsync(await SendAsync(group, $"[{AtNorth}]", host.TokenOf(ada, "roles.assign")), 409, "self_assignment");
        (await SendAsync(group, """[{"role":"reader","scope":{"kind":"patient","id":"p1"}}]"""))
            .StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(group, """[{"role":"reader","scope":{"kind":"everywhere"},"until":"2030"}]"""))
            .StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static string Active(bool active) =>
        $$"""{"Operations":[{"op":"replace","path":"active","value": {{(active ? "true" : "false")}} }]}""";

    private Task<string> PersonAsync() => scim.UserAsync($"p{Guid.NewGuid():n}");

    private async Task<string> GroupAsync(params string[] members) => (await scim.DoAsync("POST", "/Groups", new JsonObject
    {
        ["displayName"] = $"{Guid.NewGuid()}",
        ["members"] = new JsonArray([.. members.Select(member => new JsonObject { ["value"] = member })]),
    }.ToJsonString()))["id"]!.GetValue<string>();

    private Task PatchAsync(string group, string operation, string person) => scim.DoAsync("PATCH", $"/Groups/{group}", operation == "add"
        ? $$"""{"Operations":[{"op":"add","path":"members","value":[{"value":"{{person}}"}]}]}"""
        : $$"""{"Operations":[{"op":"remove","path":"members[value eq \"{{person}}\"]"}]}""");

    private async Task ProfileAsync(string person, string enterprise)
    {
        string patch = $$"""{"Operations":[{"op":"replace","value":{"{{ScimClient.Enterprise}}": {{enterprise}} } }]}""";
        await scim.DoAsync("PATCH", $"/Users/{person}", patch);
    }

    private async Task AssignAsync(string group, params string[] roles)
    {
        using HttpResponseMessage assigned = await SendAsync(group, $"[{string.Join(',', roles)}]");
        assigned.IsSuccessStatusCode.ShouldBeTrue(await assigned.Content.ReadAsStringAsync());
    }

    private Task<HttpResponseMessage> SendAsync(string group, string roles, string? token = null) => host.SendAsync(
        HttpMethod.Put, $"/groups/{group}/roles", $$"""{"roles": {{roles}} }""", token ?? host.TokenOf("grace", "roles.assign"));

    /// <summary>Exactly these sets were told, one after the other.</summary>
    private async Task UntilAsync(string person, params string[] sets)
    {
        await Eventually.HoldsAsync(
            async () => (await heard.RolesAsync(person)) is var told && told.Length >= sets.Length && told[^1] == sets[^1],
            $"{sets[^1]} is told");
        (await heard.RolesAsync(person)).ShouldBe(sets);
    }

    private Task UntilLastAsync(string person, string set) =>
        Eventually.HoldsAsync(async () => (await heard.RolesAsync(person)) is [.., var last] && last == set, $"{set} is told");
}
