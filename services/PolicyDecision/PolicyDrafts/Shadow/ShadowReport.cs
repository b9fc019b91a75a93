using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.PolicyDecision.PolicyDrafts.Shadow;

/// <summary>What a draft decided otherwise than the live set while it ran beside it: counts, and groups as the impact has them.</summary>
internal sealed class ShadowReport(NpgsqlDataSource database, IEventStore store, TimeProvider clock)
{
    private const int GroupsMax = 500;
    private const int ExamplesMax = 5;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/policy-drafts/{id}/shadow", (string id, ShadowReport report, CancellationToken cancellation) => report.AnswerAsync(id, cancellation))
        .RequireAuthorization("facts.read");

    private async Task<IResult> AnswerAsync(string id, CancellationToken cancellation)
    {
        EventStream stream = await store.LoadAsync(PolicyDraft.Streams.StreamId(id), cancellation);
        if (stream.Version == 0)
        {
            return Commands.Refuse(PolicyDraft.Streams.Initial.Closed!);
        }

        await using NpgsqlCommand read = database.CreateCommand(
            "select run, started_at, ends_at, compared, not_compared, failed, allow_to_deny, deny_to_allow from policy_shadow where draft = $1");
        read.Parameters.AddWithValue(id);
        var rows = await ReadModelRows.ReadAsync(
            read, row => (Run: row.GetGuid(0), StartedAt: row.GetFieldValue<DateTimeOffset>(1), EndsAt: row.GetFieldValue<DateTimeOffset>(2), Compared: row.GetInt64(3),
                NotCompared: row.GetInt64(4), Failed: row.GetInt64(5), AllowToDeny: row.GetInt64(6), DenyToAllow: row.GetInt64(7)), cancellation);
        if (rows is not [var last] || stream.Events.LastOrDefault(stored => stored.Data is PolicyDraftShadowStarted)?.Data is not PolicyDraftShadowStarted started)
        {
            return Commands.Refuse(new Refusal("shadow_unknown", "The draft did not run beside the live set: let it run with a POST."));
        }

        return Results.Ok(new
        {
            State = last.EndsAt > clock.GetUtcNow() ? "running" : "ended",
            started.Hash,
            OfPresentText = PolicyDraft.Streams.Fold(stream) is PolicyDraft.Open open && open.Hash == started.Hash,
            last.StartedAt,
            last.EndsAt,
            last.Compared,
            last.NotCompared,
            last.Failed,
            last.AllowToDeny,
            last.DenyToAllow,
            Groups = await GroupsAsync(last.Run, cancellation),
        });
    }

    private async Task<IReadOnlyList<object>> GroupsAsync(Guid run, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            $"""
            select change, role, department, policy, count(*), (array_agg(evaluation_id order by at, evaluation_id))[1:{ExamplesMax}] from policy_shadow_difference
            where run = $1 group by change, role, department, policy order by count(*) desc, change, role, department, policy limit {GroupsMax}
            """);
        read.Parameters.AddWithValue(run);
        return await ReadModelRows.ReadAsync<object>(
            read, row => new
            {
                Change = row.GetString(0),
                Role = row.GetString(1),
                Department = row.GetString(2),
                Policy = row.GetString(3),
                Count = row.GetInt64(4),
                Examples = row.GetFieldValue<Guid[]>(5),
            }, cancellation);
    }
}
