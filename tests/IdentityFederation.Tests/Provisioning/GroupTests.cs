using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

public sealed class GroupTests(ScimClient scim) : IClassFixture<ScimClient>
{
    [Fact]
    public async Task People_come_into_a_group_and_leave_it()
    {
        string ada = await scim.UserAsync("group-ada", "\"displayName\":\"Ada\"");
        string eve = await scim.UserAsync("group-eve");
        (int status, JsonObject group, HttpResponseMessage response) = await scim.SendAsync(
            "POST", "/Groups", $$"""{"displayName":"Readers","externalId":"g-1","members":[{"value":"{{ada}}"}]}""");
        status.ShouldBe(201, group.ToJsonString());
        string id = group["id"]!.GetValue<string>();
        response.Headers.Location!.ToString().ShouldBe($"https://identity.test/scim/v2/Groups/{id}");
        group["members"]!.ToJsonString().ShouldBe(
            $$"""[{"value":"{{ada}}","$ref":"https://identity.test/scim/v2/Users/{{ada}}","display":"Ada","type":"User"}]""");
        JsonNode of = (await scim.DoAsync("GET", $"/Users/{ada}"))["groups"]![0]!;
        (of["value"]!.GetValue<string>(), of["display"]!.GetValue<string>()).ShouldBe((id, "Readers"));

        await scim.DoAsync(
            "PATCH", $"/Groups/{id}",
            $$"""{"Operations":[{"op":"Add","path":"members","value":[{"value":"{{eve}}"},{"value":"{{ada}}"}]}]}""");
        (await MembersAsync(id)).ShouldBe([ada, eve], ignoreOrder: true);
        await scim.DoAsync(
            "PATCH", $"/Groups/{id}", $$"""{"Operations":[{"op":"remove","path":"members","value":[{"value":"{{ada}}"}]}]}""");
        (await MembersAsync(id)).ShouldBe([eve]);
        await scim.DoAsync(
            "PATCH", $"/Groups/{id}",
            $$"""{"Operations":[{"op":"remove","path":"members[value eq \"{{eve}}\"]"},{"op":"replace","path":"displayName","value":"Readers 2"}]}""");
        (await MembersAsync(id)).ShouldBeEmpty();

        JsonObject whole = await scim.DoAsync(
            "PUT", $"/Groups/{id}", $$"""{"id":"{{id}}","displayName":"Readers 3","members":[{"value":"{{eve}}"},{"value":"{{ada}}"}]}""");
        whole["displayName"]!.GetValue<string>().ShouldBe("Readers 3");
        whole.ContainsKey("externalId").ShouldBeFalse();
        (await MembersAsync(id)).ShouldBe([ada, eve], ignoreOrder: true);
        (await scim.FindAsync($"members eq \"{eve}\"", "Groups", "displayName")).ShouldBe(["Readers 3"]);

        await scim.DoAsync("DELETE", $"/Users/{eve}");
        (await MembersAsync(id)).ShouldBe([ada]);
        await scim.DoAsync("PATCH", $"/Groups/{id}", """{"Operations":[{"op":"replace","path":"externalId","value":"g-2"}]}""");
        await scim.DoAsync("DELETE", $"/Groups/{id}");
        await scim.RefusedAsync("GET", $"/Groups/{id}", null, 404, null);
        (await scim.DoAsync("GET", $"/Users/{ada}")).ContainsKey("groups").ShouldBeFalse();
    }

    [Fact]
    public async Task Many_who_change_one_group_at_once_all_come_through()
    {
        JsonObject group = await scim.DoAsync("POST", "/Groups", """{"displayName":"Crowded"}""");
        string id = group["id"]!.GetValue<string>();
        string[] people = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => scim.UserAsync($"crowd-{n}")));

        await Task.WhenAll(people.Select(person => scim.DoAsync(
            "PATCH", $"/Groups/{id}", $$"""{"Operations":[{"op":"add","path":"members","value":[{"value":"{{person}}"}]}]}""")));

        (await MembersAsync(id)).ShouldBe(people, ignoreOrder: true);
    }

    [Fact]
    public async Task Groups_are_found_without_their_members()
    {
        string ada = await scim.UserAsync("finder");
        await scim.DoAsync("POST", "/Groups", $$"""{"displayName":"Found","members":[{"value":"{{ada}}"}]}""");

        (await scim.FindAsync("displayName eq \"FOUND\"", "Groups", "displayName")).ShouldBe(["Found"]);
        (await scim.FindAsync("displayName eq \"found\" and members.display eq \"FINDER\"", "Groups", "displayName")).ShouldBe(["Found"]);
        JsonObject listed = await scim.DoAsync("GET", "/Groups?excludedAttributes=members&filter=displayName%20eq%20%22Found%22");
        listed["Resources"]![0]!.AsObject().ContainsKey("members").ShouldBeFalse();
        listed["Resources"]![0]!["meta"]!["resourceType"]!.GetValue<string>().ShouldBe("Group");
    }

    [Theory]
    [InlineData("""{"displayName":"TAKEN"}""", 409, "uniqueness")]
    [InlineData("""{"members":[]}""", 400, "invalidValue")]
    [InlineData("""{"displayName":"new","members":[{"value":"g","type":"Group"}]}""", 400, "invalidValue")]
    public async Task What_cannot_be_a_group_is_refused(string json, int status, string type)
    {
        await scim.SendAsync("POST", "/Groups", """{"displayName":"taken"}""");
        await scim.RefusedAsync("POST", "/Groups", json, status, type);
    }

    [Fact]
    public async Task Who_is_nobody_is_no_member_and_keeps_nobody_out()
    {
        string ada = await scim.UserAsync("known-member");
        JsonObject made = await scim.DoAsync(
            "POST", "/Groups", """{"displayName":"Nobodies","externalId":"one","members":[{"value":"string id 1"}]}""");
        made.ContainsKey("members").ShouldBeFalse();
        string id = made["id"]!.GetValue<string>();
        await scim.DoAsync(
            "PATCH", $"/Groups/{id}",
                $$"""{"Operations":[{"op":"add","path":"members","value":[{"value":"fake-member-id"},{"value":"{{ada}}"}]}]}""");
        (await MembersAsync(id)).ShouldBe([ada]);
        await scim.DoAsync("PUT", $"/Groups/{id}", $$"""{"displayName":"Nobodies","members":[{"value":"{{ada}}"},{"value":"nobody"}]}""");
        (await MembersAsync(id)).ShouldBe([ada]);
        (await scim.DoAsync("POST", "/Groups", """{"displayName":"Same id","externalId":"one"}"""))["externalId"]!.GetValue<string>()
            .ShouldBe("one");
    }

    [Fact]
    public async Task What_a_member_is_stays()
    {
        string ada = await scim.UserAsync("stays");
        string id = (
            await scim.DoAsync(
            "POST", "/Groups", $$"""{"displayName":"Stays","members":[{"value":"{{ada}}"}]}"""))["id"]!.GetValue<string>();
        string other = await scim.UserAsync("stays-not");
        await scim.RefusedAsync(
            "PATCH", $"/Groups/{id}",
                $$"""{"Operations":[{"op":"replace","path":"members[value eq \"{{ada}}\"].value","value":"{{other}}"}]}""", 400,
                "mutability");
        (await MembersAsync(id)).ShouldBe([ada]);
    }

    [Fact]
    public async Task A_stale_tag_changes_no_group()
    {
        string id = (await scim.DoAsync("POST", "/Groups", """{"displayName":"tagged"}"""))["id"]!.GetValue<string>();
        await scim.DoAsync("PUT", $"/Groups/{id}", """{"displayName":"tagged 2"}""");
        (await scim.SendAsync("DELETE", $"/Groups/{id}", headers: ("If-Match", "W/\"1\""))).Status.ShouldBe(412);
        (await scim.SendAsync("GET", $"/Groups/{id}", headers: ("If-None-Match", "W/\"2\""))).Status.ShouldBe(304);
    }

    private async Task<string[]> MembersAsync(string id) =>
        [.. ((await scim.DoAsync("GET", $"/Groups/{id}"))["members"] as JsonArray ?? []).Select(
            member => member!["value"]!.GetValue<string>())];
}
