using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>Makes a group known, says anew what it is, or ends it.</summary>
internal static class ProvisionGroup
{
    private const int MembersMax = 50_000;

    /// <param name="Organisation">Whose group it is.</param>
    /// <param name="DisplayName">Its name.</param>
    /// <param name="ExternalId">Its id in the system that provisions it.</param>
    /// <param name="Members">The ids of all who are in it.</param>
    public sealed record Command(string Organisation, string DisplayName, string? ExternalId, IReadOnlyList<string> Members);

    public static Outcome<GroupEvent> Decide(Group state, Command command, string source)
    {
        if (!Identifiers.IsText(command.DisplayName, 500) || (command.ExternalId is { } externalId && !Identifiers.IsText(externalId, 500)))
        {
            return new Refusal("group_malformed", "A group's displayName and externalId are texts of at most 500 characters.");
        }

        string[] members = [.. command.Members.Distinct(StringComparer.Ordinal)];
        if (members.Length > MembersMax || !members.All(Identifiers.IsForeign))
        {
            return new Refusal("group_malformed", $"A group has at most {MembersMax} members, each named by the id of a person.");
        }

        return state switch
        {
            Group.Unknown => new GroupProvisioned(command.Organisation, command.DisplayName, command.ExternalId, members, source),
            Group.Provisioned group when group.Organisation == command.Organisation => Changes(group, command, members, source),
            _ => Absent,
        };
    }

    public static Outcome<GroupEvent> Delete(Group state, string organisation, string source) =>
        state is Group.Provisioned group && group.Organisation == organisation ? new GroupDeleted(source) : Absent;

    public static Refusal Absent => new("group_unknown", "There is no Group with this id.");

    private static Outcome<GroupEvent> Changes(Group.Provisioned group, Command command, string[] members, string source)
    {
        var events = new List<GroupEvent>();
        if (group.DisplayName != command.DisplayName || group.ExternalId != command.ExternalId)
        {
            events.Add(new GroupRenamed(command.DisplayName, command.ExternalId, source));
        }

        string[] gone = [.. group.Members.Except(members).Order(StringComparer.Ordinal)];
        if (gone.Length > 0)
        {
            events.Add(new GroupMembersRemoved(gone, source));
        }

        string[] come = [.. members.Where(member => !group.Members.Contains(member))];
        if (come.Length > 0)
        {
            events.Add(new GroupMembersAdded(come, source));
        }

        return Outcome.Of([.. events]);
    }
}
