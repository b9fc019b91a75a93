using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>One case with its history, for whoever judges and, without who judges, for the clinician.</summary>
internal static class ShowCase
{
    /// <param name="Name">The event's name.</param>
    /// <param name="At">When it was recorded.</param>
    /// <param name="By">Who; null when that is not known.</param>
    /// <param name="Data">What it says.</param>
    public sealed record Step(string Name, DateTimeOffset At, string? By, object Data);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/emergency-access/{id}", (string id, IEventStore store, HttpContext http) =>
                AnswerAsync(id, store, http, forClinician: true))
            .RequireAuthorization(InvokeEmergencyAccess.Scope);
        routes.MapGet("/emergency-cases/{id}", (string id, IEventStore store, HttpContext http) =>
                AnswerAsync(id, store, http, forClinician: false))
            .RequireAuthorization(ReviewEmergencyAccess.Scope);
    }

    private static async Task<IResult> AnswerAsync(string id, IEventStore store, HttpContext http, bool forClinician)
    {
        EventStream stream = await store.LoadAsync(EmergencyGrant.Streams.StreamId(id), http.RequestAborted);
        EmergencyGrant state = EmergencyGrant.Streams.Fold(stream);
        EmergencyCase? about = state switch
        {
            EmergencyGrant.Open open => open.Case,
            EmergencyGrant.Reviewed reviewed => reviewed.Case,
            _ => null,
        };
        if (about is null || (forClinician && about.Clinician != Caller.Person(http)))
        {
            return Refusals.Answer(Refusals.Unknown);
        }

        var invoked = (EmergencyAccessInvoked)stream.Events[0].Data;
        http.Response.Headers.ETag = $"\"{stream.Version}\"";
        return Results.Ok(new
        {
            id, state = StateOf(state), invoked.Person, invoked.Patient, invoked.Study, invoked.Role, invoked.InvokerRole,
            invoked.ReasonCode,
            invoked.Reason, invokedAt = invoked.At, invoked.Until, invoked.ReviewDue, invoked.Practice, invoked.Workstation,
            owner = forClinician ? null : about.Owner, about.Level, about.Overdue,
            verdict = (state as EmergencyGrant.Reviewed)?.Verdict, followUpOpen = state is EmergencyGrant.Reviewed { FollowUpOpen: true },
            invoked.Offline,
            history = stream.Events.Select(stored => forClinician ? WithoutJudge(stored) : Whole(stored)),
        });
    }

    private static Step Whole(StoredEvent stored) => new(stored.Name, stored.RecordedAt, stored.Metadata.Actor, stored.Data);

    /// <summary>Nobody is to take up with whoever judges them: what was found is told, and not by whom.</summary>
    private static Step WithoutJudge(StoredEvent stored) => stored.Data switch
    {
        EmergencyReviewTaken e => new Step(stored.Name, stored.RecordedAt, null, new { e.At }),
        EmergencyAccessReviewed e => new Step(stored.Name, stored.RecordedAt, null, new { e.Verdict, e.Findings, e.Late, e.At }),
        EmergencyFollowUpClosed e => new Step(stored.Name, stored.RecordedAt, null, new { e.Outcome, e.At }),
        _ => Whole(stored),
    };

    private static string StateOf(EmergencyGrant state) => state switch
    {
        EmergencyGrant.Active => "active",
        EmergencyGrant.AwaitingReview => "awaiting_review",
        _ => "reviewed",
    };
}
