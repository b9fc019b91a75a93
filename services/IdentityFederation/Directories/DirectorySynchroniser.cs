using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>One run for one directory: read, make people and groups here what they are there, find who vanished, and keep how far it is known.</summary>
internal sealed class DirectorySynchroniser(
    NpgsqlDataSource database, IDirectorySource source, DirectoryProgress progress, DirectoryPeople people, DirectoryGroups groups, TimeProvider clock,
    ILogger<DirectorySynchroniser> log)
{
    /// <summary>
    /// What changed shortly before the latest known change is read again: whenChanged counts seconds, and a server hears of others' changes late. A server that
    /// replaces another one has times of its own; what is overlooked then, the next full run finds.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    /// <summary>Runs when it is due and no other replica is at it.</summary>
    public async Task RunWhenDueAsync(string name, DirectoryOptions options, CancellationToken cancellation)
    {
        if (!(await StateAsync(name, cancellation)).IsDue(options, clock.GetUtcNow()))
        {
            return;
        }

        await using NpgsqlConnection lease = await database.OpenConnectionAsync(cancellation);
        if (!await LockAsync(lease, name, "pg_try_advisory_lock", cancellation))
        {
            return;
        }

        try
        {
            // Another replica may have been at it a moment ago.
            if (await StateAsync(name, cancellation) is var state && state.IsDue(options, clock.GetUtcNow()))
            {
                await RunAsync(lease, name, options, state, cancellation);
            }
        }
        finally
        {
            if (lease.State == System.Data.ConnectionState.Open)
            {
                await LockAsync(lease, name, "pg_advisory_unlock", CancellationToken.None);
            }
        }
    }

    private async Task RunAsync(NpgsqlConnection lease, string name, DirectoryOptions options, DirectoryState state, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await progress.BeginAsync(lease, name, now, cancellation);
        try
        {
            await SynchroniseAsync(lease, name, options, state, now, cancellation);
        }
        catch (DirectoryUnavailableException unavailable)
        {
            log.LogWarning(unavailable.InnerException, "Directory {Directory} cannot be read ({Code}): {Reason}", name, unavailable.Code, unavailable.Message);
            await progress.FailAsync(lease, name, new DirectoryFailure(unavailable.Code, unavailable.Message, now), cancellation);
        }
    }

    private async Task SynchroniseAsync(
        NpgsqlConnection lease, string name, DirectoryOptions options, DirectoryState state, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!await progress.HasOrganisationAsync(options.Organisation, cancellation))
        {
            throw new DirectoryUnavailableException("organisation_unknown", $"There is no organisation {options.Organisation}: define it first.");
        }

        bool full = state.NeedsAll(options, now);
        DateTimeOffset? since = full ? null : state.HighWaterMark - Overlap;

        // Everything is read before anything is done: what an interrupted answer lacks is no reason to do anything.
        IReadOnlyList<DirectoryEntry> users = await source.ReadAsync(options, new(DirectoryEntryKind.User, since, full ? null : state.ReadAt - Overlap, now), cancellation);
        IReadOnlyList<DirectoryEntry> found = options.GroupFilter.Length == 0 ? []
            : await source.ReadAsync(options, new(DirectoryEntryKind.Group, since, null, now), cancellation);
        await progress.KeepAsync(name, users, DirectoryEntryKind.User, cancellation);
        await progress.KeepAsync(name, found, DirectoryEntryKind.Group, cancellation);

        var batch = new DirectoryBatch(name, options, new EventMetadata(Source: $"directory {name}", OnBehalfOf: state.Request?.By), now);
        await people.WriteAsync(batch, users, cancellation);
        await groups.WriteAsync(batch, found, cancellation);
        (int missing, int? held) = (0, state.Held);
        if (full)
        {
            // Whoever lost the lease on the way ends nobody.
            await using (var alive = new NpgsqlCommand("select 1", lease))
            {
                await alive.ExecuteScalarAsync(cancellation);
            }

            (missing, bool holds) = await people.EndVanishedAsync(batch, users, state.Request is { AllowDeactivations: true }, cancellation);
            held = holds ? missing : null;
            if (held is null)
            {
                await groups.DeleteVanishedAsync(batch, found, cancellation);
            }
            else
            {
                log.LogError("Directory {Directory}: {Missing} active people vanished at once, more than its settings allow; nobody is deactivated until it is allowed", name, missing);
            }
        }

        // A clock that is ahead must not hide what changes until then.
        DateTimeOffset[] changes = [.. users.Concat(found).Select(entry => entry.WhenChanged).Where(at => at <= now + Overlap)];
        DirectoryRun run = batch.Ended(full, clock.GetUtcNow(), users.Count, found.Count, missing);
        await progress.FinishAsync(lease, name, options.Fingerprint, changes.Length == 0 ? null : changes.Max(), run, held, cancellation);
    }

    private async Task<DirectoryState> StateAsync(string name, CancellationToken cancellation) =>
        (await progress.ReadAsync(cancellation)).GetValueOrDefault(name, DirectoryState.New);

    private static async Task<bool> LockAsync(NpgsqlConnection lease, string name, string function, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select {function}(hashtextextended(current_schema() || '.directory.' || $1, 0))", lease) { Parameters = { new() { Value = name } } };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
