using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using Npgsql;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// Deactivates whoever's access has come to its end, within seconds of it. Each replica does; the rule looks at the end again.
/// </summary>
internal sealed class EndAccess(
    NpgsqlDataSource database, PersonCommands people, IEventStore store, WorkerStates states, TimeProvider clock,
    ILogger<EndAccess> logger)
    : UnattendedWork(
        "end-of-access", "Access that is over cannot be ended", pause: TimeSpan.FromSeconds(5), store, states, clock, logger)
{
    private const int BatchMax = 100;

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        await using NpgsqlCommand command = database.CreateCommand(
            $"select id from person_directory where active and access_ends_at <= $1 order by access_ends_at limit {BatchMax}");
        command.Parameters.Add(new() { Value = now });
        IReadOnlyList<string> over = await ReadModelRows.ReadAsync(command, row => row.GetString(0), cancellation);
        foreach (string person in over)
        {
            var metadata = new EventMetadata(Actor: Refusals.Service, Source: "end of access");
            if (await people.RunAsync(metadata, person, state => LimitAccess.End(state, Clock.GetUtcNow()), cancellation) is { } refusal)
            {
                Failures.Failed("Somebody's access is over and does not end", $"{person}: {refusal.Code}");
            }
        }

        return false;
    }
}
