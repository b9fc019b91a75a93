using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Policies;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>Checks a draft's text: syntax, ids, obligations, the strict validator, the test cases. What was found is kept with the hash it was found for.</summary>
internal static class CheckDraft
{
    private const int KeptMax = 200;

    /// <param name="state">The draft.</param>
    /// <param name="hash">The hash of the text that was checked.</param>
    /// <param name="check">What was found; null when there is no schema to check with.</param>
    public static Outcome<PolicyDraftEvent> Decide(PolicyDraft state, string hash, PolicyCheck? check) => (state, check) switch
    {
        _ when state.Closed is { } closed => closed,
        (_, null) => new Refusal("schema_missing", "Neither the draft nor the set in force has a schema: add one as a file *.cedarschema."),
        (PolicyDraft.Open open, _) when open.Hash != hash => new Refusal("draft_changed", "The draft was rewritten while it was checked: check it again."),
        (_, { } found) => new PolicyDraftChecked(
            hash, found.Passed, found.Cases, found.Errors.Length, found.Warnings.Length, Kept(found.Errors), Kept(found.Warnings)),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-drafts/{id}/check", async (string id, Commands commands, IEventStore store, HttpContext http) =>
        {
            PolicyDraft draft = await PolicyDraftView.FindAsync(store, id, http.RequestAborted);
            string hash = draft is PolicyDraft.Open open ? open.Hash : "";
            PolicyCheck? check = await FindAsync(store, draft, http.RequestAborted);
            return await commands.RunAsync(
                http, PolicyDraft.Streams, id, state => Decide(state, hash, check),
                (_, _) => check is null
                    ? Results.NoContent()
                    : Results.Ok(new { hash, check.Passed, check.Cases, Errors = Listed(check.Errors), Warnings = Listed(check.Warnings) }));
        })
        .RequireAuthorization("policies.manage");

    public static IEnumerable<object> Listed(IEnumerable<PolicyFault> faults) =>
        faults.Take(KeptMax).Select(fault => new { fault.Code, fault.File, fault.Line, fault.Column, fault.Sentence });

    // PostgreSQL takes no NUL, which an id may hold as an escape.
    private static IReadOnlyList<PolicyFault> Kept(IEnumerable<PolicyFault> faults) =>
        [.. faults.Take(KeptMax).Select(fault => fault with { Sentence = fault.Sentence.Replace('\0', '\uFFFD') })];

    private static async Task<PolicyCheck?> FindAsync(IEventStore store, PolicyDraft draft, CancellationToken cancellation) =>
        draft is PolicyDraft.Open open && await SchemaAsync(store, open, cancellation) is { } schema ? PolicyCheck.Of(open.Files, schema) : null;

    private static async Task<PolicyFile?> SchemaAsync(IEventStore store, PolicyDraft.Open open, CancellationToken cancellation) =>
        PolicyFiles.SchemaOf(open.Files) ?? (await WriteDraft.VersionsAsync(store, open.PolicySet, cancellation) as PolicyVersions.Published)?.Schema;
}
