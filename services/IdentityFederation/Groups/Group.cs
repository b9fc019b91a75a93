using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>Something happened to a group.</summary>
internal abstract record GroupEvent;

/// <summary>A group is known.</summary>
/// <param name="Organisation">Whose group it is.</param>
/// <param name="DisplayName">Its name; unique within the organisation, whatever the case.</param>
/// <param name="ExternalId">Its id in the system that provisions it.</param>
/// <param name="Members">The ids of the people in it.</param>
/// <param name="Source">Who says so: scim or directory.</param>
[EventName("group_provisioned")]
internal sealed record GroupProvisioned(string Organisation, string DisplayName, string? ExternalId, IReadOnlyList<string> Members, string Source) : GroupEvent;

/// <summary>A group is called otherwise.</summary>
[EventName("group_renamed")]
internal sealed record GroupRenamed(string DisplayName, string? ExternalId, string Source) : GroupEvent;

/// <summary>People came into a group.</summary>
[EventName("group_members_added")]
internal sealed record GroupMembersAdded(IReadOnlyList<string> Members, string Source) : GroupEvent;

/// <summary>People left a group.</summary>
[EventName("group_members_removed")]
internal sealed record GroupMembersRemoved(IReadOnlyList<string> Members, string Source) : GroupEvent;

/// <summary>What those who are in a group may do with programs that act for them.</summary>
/// <param name="Scopes">All of it: what was there before is replaced.</param>
[EventName("group_scopes_assigned")]
internal sealed record GroupScopesAssigned(IReadOnlyList<string> Scopes) : GroupEvent;

/// <summary>Where a role holds.</summary>
internal enum RoleScopeKind
{
    /// <summary>At every site.</summary>
    Everywhere,

    /// <summary>At one site.</summary>
    Site,

    /// <summary>In one department.</summary>
    Department,
}

/// <summary>Where a role holds.</summary>
/// <param name="Kind">What kind of place it is.</param>
/// <param name="Id">Which site or department; null for everywhere.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RoleScope(RoleScopeKind Kind, string? Id = null);

/// <summary>A role of PolicyDecision that members of a group have somewhere.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record GroupRole(string Role, RoleScope Scope);

/// <summary>Which roles those who are in a group have.</summary>
/// <param name="Roles">All of them: what was there before is replaced.</param>
[EventName("group_roles_assigned")]
internal sealed record GroupRolesAssigned(IReadOnlyList<GroupRole> Roles) : GroupEvent;

/// <summary>A group is gone for good.</summary>
[EventName("group_deleted")]
internal sealed record GroupDeleted(string Source) : GroupEvent;

/// <summary>People of one organisation under one name, as their organisation groups them.</summary>
internal abstract record Group
{
    private Group() { }

    public static StreamKind<Group, GroupEvent> Streams { get; } = new("group", new Unknown(), Evolve);

    public static Group Evolve(Group state, GroupEvent @event) => (state, @event) switch
    {
        (Unknown, GroupProvisioned e) => new Provisioned(e.Organisation, e.DisplayName, e.ExternalId, [.. e.Members]),
        (Provisioned group, GroupRenamed e) => group with { DisplayName = e.DisplayName, ExternalId = e.ExternalId },
        (Provisioned group, GroupMembersAdded e) => group with { Members = group.Members.Union(e.Members) },
        (Provisioned group, GroupMembersRemoved e) => group with { Members = group.Members.Except(e.Members) },
        (Provisioned group, GroupScopesAssigned e) => group with { Scopes = [.. e.Scopes] },
        (Provisioned group, GroupRolesAssigned e) => group with { Roles = [.. e.Roles] },
        (Provisioned, GroupDeleted) => new Deleted(),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the group is corrupt."),
    };

    public sealed record Unknown : Group;

    /// <param name="Organisation">Whose group it is.</param>
    /// <param name="DisplayName">Its name.</param>
    /// <param name="ExternalId">Its id in the system that provisions it.</param>
    /// <param name="Members">Whom the provisioning system put in; whoever was deprovisioned since is in no list of members.</param>
    public sealed record Provisioned(string Organisation, string DisplayName, string? ExternalId, ImmutableHashSet<string> Members) : Group
    {
        /// <summary>The scopes that its members may have.</summary>
        public ImmutableList<string> Scopes { get; init; } = [];

        /// <summary>The roles of PolicyDecision that its members have.</summary>
        public ImmutableList<GroupRole> Roles { get; init; } = [];
    }

    public sealed record Deleted : Group;
}
