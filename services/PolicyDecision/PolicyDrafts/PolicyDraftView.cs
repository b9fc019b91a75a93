using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Journal;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>Reads one draft with its text, what was found in it and who approved it.</summary>
internal static class PolicyDraftView
{
    public static async Task<PolicyDraft> FindAsync(IEventStore store, string id, CancellationToken cancellation) =>
        PolicyDraft.Streams.Fold(await store.LoadAsync(PolicyDraft.Streams.StreamId(id), cancellation));

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/policy-drafts/{id}", async (string id, IEventStore store, HashedIds ids, HttpContext http, CancellationToken cancellation) =>
        {
            EventStream stream = await store.LoadAsync(PolicyDraft.Streams.StreamId(id), cancellation);
            if (stream.Events is not [{ Data: PolicyDraftWritten written }, ..])
            {
                return Commands.Refuse(PolicyDraft.Streams.Initial.Closed!);
            }

            http.Response.Headers.ETag = $"\"{stream.Version}\"";
            return Results.Ok(Of(id, written, stream, ids.Enabled));
        })
        .RequireAuthorization("facts.read");

    private static object Of(string id, PolicyDraftWritten written, EventStream stream, bool idsHashed)
    {
        PolicyDraft draft = PolicyDraft.Streams.Fold(stream);
        StoredEvent text = stream.Events.Last(stored => stored.Data is PolicyDraftWritten or PolicyDraftRewritten);
        (int baseVersion, string hash, IReadOnlyList<Policies.PolicyFile> files, string comment) = text.Data switch
        {
            PolicyDraftRewritten e => (e.BaseVersion, e.Hash, e.Files, e.Comment),
            _ => (written.BaseVersion, written.Hash, written.Files, written.Comment),
        };
        return new
        {
            id,
            written.PolicySet,
            State = draft switch { PolicyDraft.Open => "open", PolicyDraft.Abandoned => "abandoned", _ => "published" },
            baseVersion,
            hash,
            comment,
            PublishedVersion = (draft as PolicyDraft.Published)?.Version,
            Texts = stream.Events.Select(stored => stored.Data switch
            {
                PolicyDraftWritten e => new { e.By, At = stored.RecordedAt, e.Hash },
                PolicyDraftRewritten e => new { e.By, At = stored.RecordedAt, e.Hash },
                _ => null,
            }).OfType<object>(),
            Check = stream.Events.LastOrDefault(stored => stored.Data is PolicyDraftChecked e && stored.Version > text.Version && e.Hash == hash) is { Data: PolicyDraftChecked found } check
                ? new
                {
                    found.Passed,
                    found.Cases,
                    found.ErrorCount,
                    found.WarningCount,
                    Errors = CheckDraft.Listed(found.Errors),
                    Warnings = CheckDraft.Listed(found.Warnings),
                    At = check.RecordedAt,
                }
                : null,
            ImpactMissing = !idsHashed && draft is PolicyDraft.Open { LacksImpact: true },
            Approval = stream.Events.LastOrDefault(stored => stored.Data is PolicyDraftApproved e && stored.Version > text.Version && e.Hash == hash) is { Data: PolicyDraftApproved approved } approval
                ? new { approved.By, At = approval.RecordedAt }
                : null,
            files,
        };
    }
}
