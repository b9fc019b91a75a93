using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Groups;
using Microsoft.Extensions.DependencyInjection;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Groups;

public sealed class ProvisionGroupSpecs(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Theory]
    [InlineData("", null, "ada")]
    [InlineData("Readers", "", "ada")]
    [InlineData("Readers", null, " ada ")]
    public void What_no_group_can_be_is_refused(string name, string? externalId, string member) => Given(Group.Streams)
        .When(state => ProvisionGroup.Decide(state, new("hospital", name, externalId, [member]), "scim"))
        .ThenRefused("group_malformed", 400);

    [Fact]
    public void More_members_than_anybody_has_are_refused() => Given(Group.Streams)
        .When(state => ProvisionGroup.Decide(
            state, new("hospital", "Readers", null, [.. Enumerable.Range(0, 50_001).Select(one => $"p{one}")]), "scim"))
        .ThenRefused("group_malformed", 400);

    [Fact]
    public async Task Two_groups_of_an_organisation_have_no_one_name_and_nobody_is_a_member_who_is_nobody()
    {
        string ada = await host.PersonAsync("ada.of.groups");
        (await ProvisionAsync("g-1", "Readers", ada)).ShouldBeNull();
        (await ProvisionAsync("g-2", "readers", ada))?.Code.ShouldBe("group_name_taken");
        (await ProvisionAsync("g-3", "Writers", ada, "nobody"))?.Code.ShouldBe("member_unknown");
        (await ProvisionAsync("g-4", "Writers", ada)).ShouldBeNull("nothing of what was refused is there");
        Refusals.Table.StatusOf("group_name_taken").ShouldBe(409);
        Refusals.Table.StatusOf("member_unknown").ShouldBe(400);
    }

    private Task<EventSourcing.Refusal?> ProvisionAsync(string id, string name, params string[] members) =>
        host.Services.GetRequiredService<GroupCommands>().RunAsync(
            new EventMetadata(Actor: "tests"), id, state => ProvisionGroup.Decide(state, new("hospital", name, null, members), "tests"),
            CancellationToken.None);
}
