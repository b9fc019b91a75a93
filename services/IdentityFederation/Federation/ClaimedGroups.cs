using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// Makes a person a member of those mapped groups whose claims they have, and of no other mapped one. Groups that are not mapped are not
/// looked at.
/// </summary>
internal sealed class ClaimedGroups(GroupDirectory directory, GroupCommands groups, ILogger<ClaimedGroups> logger)
{
    public static Outcome<GroupEvent> Decide(Group state, string organisation, string person, bool member) => state switch
    {
        Group.Provisioned group when group.Organisation == organisation =>
            group.Members.Contains(person) == member ? Outcome.NothingToDo<GroupEvent>()
            : member ? new GroupMembersAdded([person], Person.Federation)
            : new GroupMembersRemoved([person], Person.Federation),
        _ => ProvisionGroup.Absent,
    };

    /// <summary>Null, or why it cannot be done: then nobody comes in with groups that they should have lost.</summary>
    public async Task<Refusal?> FollowAsync(HttpContext http, IdentityProviderOptions provider, AssertedIdentity identity, string person)
    {
        if (provider.Groups.Count == 0)
        {
            return null;
        }

        string[] present = [.. (await directory.OfPeopleAsync([person], http.RequestAborted))[person]
            .Select(membership => membership.Group)];
        foreach (IGrouping<string, GroupClaim> mapped in provider.Groups.GroupBy(one => one.Group, StringComparer.Ordinal))
        {
            bool member = mapped.Any(one => identity.Claims[one.Claim].Contains(one.Value, StringComparer.Ordinal));
            if (member == present.Contains(mapped.Key, StringComparer.Ordinal))
            {
                continue;
            }

            Refusal? refusal = await groups.RunAsync(
                Caller.Metadata(http) with { Actor = person, Source = $"identity provider {identity.Provider}" }, mapped.Key,
                state => Decide(state, provider.Organisation, person, member), http.RequestAborted);
            if (refusal is { Code: "group_unknown" } && member)
            {
                // Whoever configured it sees it here; who signs in has a group less, which opens nothing.
                FederationLog.GroupMissing(logger, identity.Provider, mapped.Key);
            }
            else if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }
}
