using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.PolicyDrafts.Shadow;

/// <summary>Lets a draft run beside the live set for some time: it decides what the live set decides, and only the differences are kept.</summary>
internal static class RunShadow
{
    public const int HoursMax = 168;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(int Hours);

    /// <summary>When the run ends. A number of hours that is refused may be any number, also one that no date is so far away.</summary>
    private static DateTimeOffset Until(DateTimeOffset now, Command command) => now.AddHours(Math.Clamp(command.Hours, 0, HoursMax));

    public static Outcome<PolicyDraftEvent> Decide(PolicyDraft state, Command command, DateTimeOffset now) => state switch
    {
        _ when state.Closed is { } closed => closed,
        _ when command.Hours is < 1 or > HoursMax => new Refusal("window_malformed", $"hours is from 1 to {HoursMax}."),
        PolicyDraft.Open { CheckPassed: null } => new Refusal("check_missing", "The text was not checked: check it first."),
        PolicyDraft.Open { CheckPassed: false } => new Refusal("check_failed", "The check found errors: rewrite the draft and check it again."),
        PolicyDraft.Open { ShadowUntil: { } until } when until > now => Outcome.NothingToDo<PolicyDraftEvent>(),
        PolicyDraft.Open open => new PolicyDraftShadowStarted(open.Hash, Until(now, command)),
        _ => throw new InvalidOperationException($"{state.GetType().Name} is not a known state of a draft."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policy-drafts/{id}/shadow", (string id, Command command, Commands commands, HttpContext http) =>
        {
            DateTimeOffset now = commands.Now;
            return commands.RunAsync(
                http, PolicyDraft.Streams, id, state => Decide(state, command, now), (_, state) => Results.Ok(new { Until = (state as PolicyDraft.Open)?.ShadowUntil }),
                ShadowTable.Start(id, now, Until(now, command)));
        })
        .RequireAuthorization("policies.manage");
}
