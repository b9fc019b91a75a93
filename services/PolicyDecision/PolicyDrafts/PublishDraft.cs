using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Administration;
using AccessGov.PolicyDecision.Policies;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>
/// Puts an approved draft into force. The event on the policy set's stream names the draft and is the truth, so a draft is published once whoever is killed
/// when; the draft's own stream follows.
/// </summary>
internal static class PublishDraft
{
    /// <param name="state">The set's versions.</param>
    /// <param name="draft">The draft.</param>
    /// <param name="id">Its id.</param>
    /// <param name="errors">What is wrong with its files by the engine of now.</param>
    public static Outcome<PolicySetEvent> Decide(PolicyVersions state, PolicyDraft draft, string id, IReadOnlyList<PolicyFault> errors) => (state, draft) switch
    {
        (PolicyVersions.Published set, PolicyDraft.Open open) when Find(set, id) is { } done => done.Hash == open.Hash
            ? Outcome.NothingToDo<PolicySetEvent>()
            : new Refusal("draft_published", $"An earlier text of the draft is published as version {done.Version}: write another draft."),

        // A retried publication is not an error.
        (PolicyVersions.Published set, PolicyDraft.Published) when Find(set, id) is not null => Outcome.NothingToDo<PolicySetEvent>(),
        _ when draft.Closed is { } closed => closed,
        (_, PolicyDraft.Open { CheckPassed: null }) => new Refusal("check_missing", "The text was not checked: check it first."),
        (_, PolicyDraft.Open { CheckPassed: false }) => new Refusal("check_failed", "The check found errors: rewrite the draft and check it again."),
        (_, PolicyDraft.Open { ApprovedBy: null }) => new Refusal("approval_missing", "Nobody has approved this text: ask a second person."),
        (_, PolicyDraft.Open open) when WriteDraft.InForce(state) is var inForce && open.BaseVersion != inForce =>
            new Refusal("base_changed", $"The draft is written upon version {open.BaseVersion}, and version {inForce} is in force: rewrite it with that as its baseVersion."),
        _ when errors.Count > 0 => new Refusal("check_failed", $"The text is not sound any more: {errors[0].Place}: {errors[0].Sentence} Rewrite the draft and check it again."),
        (_, PolicyDraft.Open open) => new PolicySetPublished((state as PolicyVersions.Published)?.Versions.Length + 1 ?? 1, open.Hash, open.Files, open.Comment)
        {
            DraftId = id,
            ApprovedBy = open.ApprovedBy,
        },
        _ => throw new InvalidOperationException($"{draft.GetType().Name} is not a known state of a draft."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-drafts/{id}/publish", HandleAsync)
        .RequireAuthorization("policies.manage");

    private static async Task<IResult> HandleAsync(
        string id, Commands commands, IEventStore store, PolicySigner signer, AdministrationKept kept, HttpContext http)
    {
        EventStream stream = await store.LoadAsync(PolicyDraft.Streams.StreamId(id), http.RequestAborted);
        PolicyDraft draft = PolicyDraft.Streams.Fold(stream);
        if (stream.Events is not [{ Data: PolicyDraftWritten written }, ..])
        {
            return Commands.Refuse(draft.Closed!);
        }

        if (Caller.IfMatch(http) is { } expected && !expected.Contains(stream.Version))
        {
            return Commands.Refuse(Commands.Stale(stream.Version));
        }

        PolicySetPublished? published = null;
        IResult answer = await commands.RunAsync(
            http, PolicyVersions.Streams, written.PolicySet,
            state => signer.Sign(
                written.PolicySet, kept.Check(Decide(state, draft, id, Errors(state, draft)), written.PolicySet, commands.Now), Caller.Metadata(http).Actor, commands.Now),
            (_, state) =>
            {
                published = Find((PolicyVersions.Published)state, id);
                return Results.Ok(PolicySetView.Of(written.PolicySet, state));
            },
            matches: false);
        try
        {
            if (published is not null)
            {
                http.Response.Headers.ETag = $"\"{await PublishedDrafts.FollowAsync(store, id, published, Caller.Metadata(http), commands.Now, http.RequestAborted)}\"";
            }
        }
        catch (Exception e) when (Commands.NotWritten(e) is not null)
        {
            // It is in force all the same, and the subscription tells the draft.
            http.Response.Headers.ETag = default;
        }

        return answer;
    }

    private static PolicySetPublished? Find(PolicyVersions.Published set, string id) => set.Versions.FirstOrDefault(version => version.DraftId == id);

    private static IReadOnlyList<PolicyFault> Errors(PolicyVersions state, PolicyDraft draft) => draft is PolicyDraft.Open open
        ? PolicyCompiler.Check(open.Files, (state as PolicyVersions.Published)?.Schema)
        : [];
}
