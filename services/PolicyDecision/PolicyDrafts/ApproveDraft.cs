using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Journal;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>A second person wants the text in force that they have read.</summary>
internal static class ApproveDraft
{
    /// <param name="Hash">The hash of the text that was read: an approval is of a text, not of whatever it has become.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Hash);

    /// <param name="state">The draft.</param>
    /// <param name="command">What is approved.</param>
    /// <param name="person">Who approves; null for a program that acts for nobody.</param>
    /// <param name="idsHashed">Whether the journal keeps ids of people as hashes, so that no impact can be assessed.</param>
    public static Outcome<PolicyDraftEvent> Decide(PolicyDraft state, Command command, string? person, bool idsHashed) => (state, person) switch
    {
        _ when state.Closed is { } closed => closed,
        (_, null) => WriteDraft.NobodyWrites,

        // Four eyes: also not whoever wrote an earlier text of it.
        (PolicyDraft.Open open, { } approver) when open.Writers.Contains(approver) =>
            new Refusal("self_approval", "A draft is approved by somebody who wrote none of its text: ask a second person."),
        (PolicyDraft.Open open, _) when open.Hash != command.Hash =>
            new Refusal("draft_changed", "The draft has another text than the one with this hash: read it again."),
        (PolicyDraft.Open { CheckPassed: null }, _) => new Refusal("check_missing", "The text was not checked: check it first."),
        (PolicyDraft.Open { CheckPassed: false }, _) => new Refusal("check_failed", "The check found errors: rewrite the draft and check it again."),

        // Whoever approves has seen, or could have seen, what the text changes.
        (PolicyDraft.Open { LacksImpact: true }, _) when !idsHashed =>
            new Refusal("impact_missing", "The impact of this text was not assessed: assess it first (POST /policy-drafts/{id}/impact)."),
        (PolicyDraft.Open open, { } approver) => open.ApprovedBy == approver ? Outcome.NothingToDo<PolicyDraftEvent>() : new PolicyDraftApproved(approver, open.Hash),
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of a draft."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-drafts/{id}/approve", (string id, Command command, Commands commands, HashedIds ids, HttpContext http) =>
            commands.RunAsync(http, PolicyDraft.Streams, id, state => Decide(state, command, Caller.Person(http), ids.Enabled)))
        .RequireAuthorization("policies.approve");
}
