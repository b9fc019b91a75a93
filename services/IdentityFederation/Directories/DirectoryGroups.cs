using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Groups;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>Makes the groups of a directory known here, with the people who are in them directly, and deletes those that vanished from it.</summary>
internal sealed class DirectoryGroups(GroupCommands commands, DirectoryProgress progress)
{
    public async Task WriteAsync(DirectoryBatch batch, IReadOnlyList<DirectoryEntry> entries, CancellationToken cancellation)
    {
        if (entries.Count == 0)
        {
            return;
        }

        string organisation = batch.Options.Organisation;
        Dictionary<string, string?> known = (await progress.KnownAsync(batch.Name, organisation, DirectoryEntryKind.Group, cancellation))
            .ToDictionary(group => group.ExternalId, group => group.Id, StringComparer.Ordinal);
        foreach (DirectoryEntry entry in entries)
        {
            // Members who are no people of this directory (groups, computers, people elsewhere) are nobody here.
            string[] keys = [.. entry.All("member").Select(DistinguishedName.KeyOf).OfType<string>().Distinct(StringComparer.Ordinal)];
            string[] members = [.. (await progress.PeopleAsync(batch.Name, organisation, keys, cancellation)).Values.Order(StringComparer.Ordinal)];
            var command = new ProvisionGroup.Command(organisation, entry.First(batch.Options.Attributes.GroupName) ?? "", entry.ExternalId, members);
            string id = known.GetValueOrDefault(entry.ExternalId) ?? CommandRunner.NewId();
            if (await commands.RunAsync(batch.Metadata, id, state => ProvisionGroup.Decide(state, command, SynchronisePerson.Source), cancellation) is { } refusal)
            {
                batch.Refuse(entry.ExternalId, refusal);
            }
        }
    }

    public async Task DeleteVanishedAsync(DirectoryBatch batch, IReadOnlyList<DirectoryEntry> found, CancellationToken cancellation)
    {
        var present = found.Select(entry => entry.ExternalId).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<DirectoryProgress.Known> known = await progress.KnownAsync(batch.Name, batch.Options.Organisation, DirectoryEntryKind.Group, cancellation);
        DirectoryProgress.Known[] vanished = [.. known.Where(group => !present.Contains(group.ExternalId))];
        foreach (DirectoryProgress.Known group in vanished.Where(group => group.Id is not null))
        {
            await commands.RunAsync(
                batch.Metadata, group.Id!, state => ProvisionGroup.Delete(state, batch.Options.Organisation, SynchronisePerson.Source), cancellation);
        }

        await progress.ForgetAsync(batch.Name, [.. vanished.Select(group => group.ExternalId)], cancellation);
    }
}
