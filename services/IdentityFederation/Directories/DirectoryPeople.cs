using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>Makes the people of a directory known here, and ends those who vanished from it.</summary>
internal sealed class DirectoryPeople(PersonCommands commands, PersonDirectory directory, DirectoryProgress progress)
{
    public async Task WriteAsync(DirectoryBatch batch, IReadOnlyList<DirectoryEntry> entries, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, PersonDirectory.Entry> known =
            await directory.FindByExternalIdsAsync(batch.Options.Organisation, [.. entries.Select(entry => entry.ExternalId)], cancellation);
        DirectoryPerson[] wanted = [.. entries.Select(entry => DirectoryPerson.Of(entry, batch.Options.Attributes, batch.Now))];

        // Ids first: managers may be as new as those whose managers they are.
        Dictionary<string, string> ids = wanted.ToDictionary(
            person => person.Entry.ExternalId, person => known.TryGetValue(person.Entry.ExternalId, out PersonDirectory.Entry? entry) ? entry.Id : CommandRunner.NewId(), StringComparer.Ordinal);
        var byName = new Dictionary<string, string>(await progress.PeopleAsync(
            batch.Name, batch.Options.Organisation, [.. wanted.Select(person => person.ManagerKey).OfType<string>().Distinct(StringComparer.Ordinal)], cancellation), StringComparer.Ordinal);
        var refusable = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DirectoryPerson person in wanted)
        {
            if (DistinguishedName.KeyOf(person.Entry.DistinguishedName) is { } key && !byName.ContainsKey(key))
            {
                byName[key] = ids[person.Entry.ExternalId];
                refusable[key] = person.Entry.ExternalId;
            }
        }

        await EachAsync(wanted, person => SynchroniseAsync(batch, person, ids[person.Entry.ExternalId], known, ManagerOf(person)), cancellation);

        // Nobody's manager is somebody who could not be made known.
        DirectoryPerson[] unmanaged = [.. wanted.Where(person =>
            person.ManagerKey is { } key && refusable.TryGetValue(key, out string? manager) && batch.Refused(manager) && !known.ContainsKey(manager) && !batch.Refused(person.Entry.ExternalId))];
        await EachAsync(
            unmanaged,
            async person => await commands.RunAsync(
                batch.Metadata, ids[person.Entry.ExternalId],
                state => SynchronisePerson.Decide(state, ids[person.Entry.ExternalId], batch.Options.Organisation, person, null), cancellation),
            cancellation);

        string? ManagerOf(DirectoryPerson person) => person.ManagerKey is { } key ? byName.GetValueOrDefault(key) : null;

        async Task SynchroniseAsync(
            DirectoryBatch run, DirectoryPerson person, string id, IReadOnlyDictionary<string, PersonDirectory.Entry> before, string? manager)
        {
            PersonDirectory.Entry? entry = before.GetValueOrDefault(person.Entry.ExternalId);
            bool active = person.Inactive is null;
            if (entry is not null && entry.Active == active && entry.Profile == person.Over(entry.Profile, manager))
            {
                return;
            }

            Refusal? refusal = await commands.RunAsync(
                run.Metadata, id, state => SynchronisePerson.Decide(state, id, run.Options.Organisation, person, manager), cancellation);
            Count(run, person, entry, refusal, active);
        }
    }

    /// <summary>
    /// Deactivates whoever the directory does not have any more. When they are too many, nobody is: a filter, a right or a folder of the directory is wrong more
    /// often than a twentieth of a hospital leaves within hours.
    /// </summary>
    /// <returns>How many active people are missing, and whether they are held.</returns>
    public async Task<(int Missing, bool Held)> EndVanishedAsync(DirectoryBatch batch, IReadOnlyList<DirectoryEntry> found, bool allowed, CancellationToken cancellation)
    {
        IReadOnlyList<DirectoryProgress.Known> known = await progress.KnownAsync(batch.Name, batch.Options.Organisation, DirectoryEntryKind.User, cancellation);
        var present = found.Select(entry => entry.ExternalId).ToHashSet(StringComparer.Ordinal);
        DirectoryProgress.Known[] vanished = [.. known.Where(entry => !present.Contains(entry.ExternalId))];
        DirectoryProgress.Known[] missing = [.. vanished.Where(entry => entry.Active)];
        if (!allowed && Holds(missing.Length, known.Count(entry => entry.Active), found.Count, batch.Options))
        {
            return (missing.Length, true);
        }

        await EachAsync(missing, EndAsync, cancellation);
        await progress.ForgetAsync(batch.Name, [.. vanished.Select(entry => entry.ExternalId).Where(id => !batch.Refused(id))], cancellation);
        return (missing.Length, false);

        async Task EndAsync(DirectoryProgress.Known entry)
        {
            if (await commands.RunAsync(
                batch.Metadata, entry.Id!, state => EndPerson.Deactivate(state, DirectoryPerson.Vanished, SynchronisePerson.Source), cancellation) is { } refusal)
            {
                batch.Refuse(entry.ExternalId, refusal);
            }
            else
            {
                batch.Deactivated();
            }
        }
    }

    /// <summary>Whether too many are missing to believe it.</summary>
    public static bool Holds(int missing, int active, int found, DirectoryOptions options) =>
        missing > 0 && (found == 0 || missing > Math.Max(options.DeactivateAlways, (long)active * options.DeactivatePercentMax / 100));

    private static void Count(DirectoryBatch batch, DirectoryPerson person, PersonDirectory.Entry? before, Refusal? refusal, bool active)
    {
        if (refusal is not null)
        {
            batch.Refuse(person.Entry.ExternalId, refusal);
        }
        else if (before is null)
        {
            batch.Created();
        }
        else if (before.Active && !active)
        {
            batch.Deactivated();
        }
        else
        {
            batch.Changed();
        }
    }

    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, Task> run, CancellationToken cancellation) => Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = DirectoryBatch.Parallel, CancellationToken = cancellation }, async (item, _) => await run(item));
}
