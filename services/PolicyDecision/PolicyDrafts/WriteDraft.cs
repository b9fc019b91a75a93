using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Policies;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>Proposes a text for a policy set. It need not be sound yet.</summary>
internal static class WriteDraft
{
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string PolicySet, IReadOnlyList<PolicyFile> Files, string Comment);

    /// <param name="state">What there is of the draft.</param>
    /// <param name="command">The text.</param>
    /// <param name="person">Who writes; null for a program that acts for nobody.</param>
    /// <param name="inForce">The set's version in force; 0 when there is none.</param>
    public static Outcome<PolicyDraftEvent> Decide(PolicyDraft state, Command command, string? person, int inForce) => (state, person) switch
    {
        _ when !Identifiers.IsOwn(command.PolicySet) =>
            new Refusal("policy_set_malformed", "policySet is 1 to 64 lower case letters, digits and inner hyphens."),
        _ when Refused(command.Files, command.Comment) is { } refusal => refusal,
        (_, null) => NobodyWrites,
        (PolicyDraft.NotWritten, { } writer) =>
            new PolicyDraftWritten(writer, command.PolicySet, inForce, PolicyText.Hash(command.Files), command.Files, command.Comment),
        _ => Outcome.NothingToDo<PolicyDraftEvent>(),
    };

    /// <summary>Who wrote a draft must be known, else nobody could be a second person.</summary>
    public static Refusal NobodyWrites { get; } = new("person_required", "Drafts are written and approved by people: come with a token that names you as its subject.");

    public static Refusal? Refused(IReadOnlyList<PolicyFile> files, string comment) =>
        !Identifiers.IsText(comment, 1000) ? new Refusal("comment_required", "Say in at most 1000 characters what the draft is for.")
        : PolicyFiles.Faults(files) is [var fault, ..] ? new Refusal(fault.Code, $"{fault.Place}: {fault.Sentence}")
        : null;

    public static async Task<PolicyVersions> VersionsAsync(IEventStore store, string policySet, CancellationToken cancellation) =>
        PolicyVersions.Streams.Fold(await store.LoadAsync(PolicyVersions.Streams.StreamId(policySet), cancellation));

    public static int InForce(PolicyVersions versions) => versions is PolicyVersions.Published published ? published.InForce : 0;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-drafts", async (Command command, Commands commands, IEventStore store, HttpContext http) =>
        {
            // A name that is none has no stream, and is refused below.
            int inForce = Identifiers.IsOwn(command.PolicySet) ? InForce(await VersionsAsync(store, command.PolicySet, http.RequestAborted)) : 0;
            return await commands.RunAsync(
                http, PolicyDraft.Streams, Commands.NewId(), state => Decide(state, command, Caller.Person(http), inForce),
                (id, _) => Results.Created($"/policy-drafts/{id}", new { id }));
        })
        .RequireAuthorization("policies.manage")
        .WithBodyLimit(PolicyFiles.BodyBytesMax);
}
