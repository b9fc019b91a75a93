using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.PolicyDrafts.Shadow;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>Gives a draft another text. Whoever approved the one before has not read this one.</summary>
internal static class RewriteDraft
{
    /// <param name="Files">The whole text.</param>
    /// <param name="Comment">What the draft is for.</param>
    /// <param name="BaseVersion">The version in force that the text is written upon; unless given, the same as before.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(IReadOnlyList<PolicyFile> Files, string Comment, int? BaseVersion = null);

    /// <param name="state">The draft.</param>
    /// <param name="command">The text.</param>
    /// <param name="person">Who writes; null for a program that acts for nobody.</param>
    /// <param name="inForce">The set's version in force; 0 when there is none.</param>
    public static Outcome<PolicyDraftEvent> Decide(PolicyDraft state, Command command, string? person, int inForce) => (state, person) switch
    {
        _ when state.Closed is { } closed => closed,
        _ when WriteDraft.Refused(command.Files, command.Comment) is { } refusal => refusal,
        (_, null) => WriteDraft.NobodyWrites,
        _ when command.BaseVersion is { } given && given != inForce =>
            new Refusal("base_changed", $"Version {inForce} is in force: read it, and write the draft upon it."),
        (PolicyDraft.Open open, { } writer) when PolicyText.Hash(command.Files) is var hash =>
            hash == open.Hash && command.Comment == open.Comment && (command.BaseVersion ?? open.BaseVersion) == open.BaseVersion
                ? Outcome.NothingToDo<PolicyDraftEvent>()
                : new PolicyDraftRewritten(writer, command.BaseVersion ?? open.BaseVersion, hash, command.Files, command.Comment),
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of a draft."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/policy-drafts/{id}", async (string id, Command command, Commands commands, IEventStore store, HttpContext http) =>
        {
            PolicyDraft draft = await PolicyDraftView.FindAsync(store, id, http.RequestAborted);
            int inForce = draft is PolicyDraft.Open open ? WriteDraft.InForce(await WriteDraft.VersionsAsync(store, open.PolicySet, http.RequestAborted)) : 0;
            return await commands.RunAsync(http, PolicyDraft.Streams, id, state => Decide(state, command, Caller.Person(http), inForce), alongside: ShadowTable.End(id, commands.Now));
        })
        .RequireAuthorization("policies.manage")
        .WithBodyLimit(PolicyFiles.BodyBytesMax);
}
