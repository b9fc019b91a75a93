using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Policies;
using Npgsql;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>What would have been decided otherwise: decisions of the journal are asked again under a draft, with the facts as they were.</summary>
internal static class AssessImpact
{
    /// <param name="From">The first instant.</param>
    /// <param name="To">The instant after the last one.</param>
    /// <param name="Sample">The share of the decisions, above 0 and up to 1.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? From, [property: JsonConverter(typeof(InstantConverter))] DateTimeOffset? To, double Sample = 1);

    /// <summary>Why the draft cannot be assessed so; null when it can.</summary>
    public static Refusal? Refused(PolicyDraft state, Command command, IReadOnlyList<PolicyFault> faults, bool idsHashed) => state switch
    {
        _ when state.Closed is { } closed => closed,
        _ when command.From is null || command.To is null || command.From >= command.To => new Refusal("range_malformed", "from is an instant before to."),
        _ when command.Sample is not (> 0 and <= 1) => new Refusal("sample_malformed", "sample is the share of the decisions to ask again, above 0 and up to 1."),
        _ when idsHashed => new Refusal("ids_hashed", "The journal keeps the ids of people as hashes, so its decisions cannot be asked again."),
        _ when faults.Count > 0 => new Refusal("check_failed", $"The text cannot decide anything: {faults[0].Place}: {faults[0].Sentence} Rewrite the draft first."),
        _ => null,
    };

    public static Outcome<PolicyDraftEvent> Decide(PolicyDraft state, PolicyDraftImpactAssessed assessed) => state switch
    {
        _ when state.Closed is { } closed => closed,
        PolicyDraft.Open open when open.Hash != assessed.Hash => new Refusal("draft_changed", "The draft was rewritten meanwhile: assess it again."),
        _ => assessed,
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/policy-drafts/{id}/impact", StartAsync).RequireAuthorization("policies.manage");
        routes.MapGet("/policy-drafts/{id}/impact", ReadAsync).RequireAuthorization("facts.read");
    }

    private static async Task<IResult> StartAsync(string id, Command command, ImpactRuns runs, HashedIds ids, Commands commands, IEventStore store, HttpContext http)
    {
        PolicyDraft draft = await PolicyDraftView.FindAsync(store, id, http.RequestAborted);
        IReadOnlyList<PolicyFault> faults = draft is PolicyDraft.Open { Files: var files } ? PolicyCompiler.Parse(files).Faults : [];
        if ((commands.Refused(http) ?? Refused(draft, command, faults, ids.Enabled)) is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        try
        {
            var range = new ImpactRange(command.From!.Value, command.To!.Value, command.Sample);
            return await runs.StartAsync(id, (PolicyDraft.Open)draft, range, Caller.Metadata(http), http.RequestAborted) is { } run
                ? Results.Accepted($"/policy-drafts/{id}/impact", Of(run))
                : Commands.Refuse(new Refusal("impact_running", "Another draft is being assessed: try again when its report is there."));
        }
        catch (NpgsqlException)
        {
            return Commands.Refuse(new Refusal("journal_unavailable", "The journal cannot be read now: try again in a minute."));
        }
    }

    private static async Task<IResult> ReadAsync(string id, ImpactRuns runs, IEventStore store, HttpContext http)
    {
        if (runs.Of(id) is { } run && (!run.Ended || run.Failure is not null))
        {
            return Results.Ok(Of(run));
        }

        EventStream stream = await store.LoadAsync(PolicyDraft.Streams.StreamId(id), http.RequestAborted);
        return stream.Events.LastOrDefault(stored => stored.Data is PolicyDraftImpactAssessed) is { Data: PolicyDraftImpactAssessed report, RecordedAt: var at }
            ? Results.Ok(new { State = "complete", OfPresentText = PolicyDraft.Streams.Fold(stream) is PolicyDraft.Open open && open.Hash == report.Hash, At = at, Report = report })
            : Commands.Refuse(stream.Version == 0 ? PolicyDraft.Streams.Initial.Closed! : new Refusal("impact_unknown", "The draft was not assessed: ask for it with a POST."));
    }

    private static object Of(ImpactRun run) => new { State = run.Failure is null ? "running" : "failed", run.Hash, run.Done, run.Total, run.Failure };
}
