using System.Text.Json.Serialization;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>What became of an alert, in the case's own history.</summary>
internal static class AlertDelivery
{
    /// <summary>A channel took it, or did not: said once, however often it is tried.</summary>
    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, EmergencyGrantEvent told) => state switch
    {
        EmergencyGrant.Open { Case.Told: var known } => known.Contains(KeyOf(told)) ? Outcome.NothingToDo<EmergencyGrantEvent>() : told,
        EmergencyGrant.Reviewed { Case.Told: var known } => known.Contains(KeyOf(told)) ? Outcome.NothingToDo<EmergencyGrantEvent>() : told,
        _ => Refusals.Unknown,
    };

    /// <summary>Which alert by which channel, and how it ended.</summary>
    public static string KeyOf(EmergencyGrantEvent told) => told switch
    {
        EmergencyAlertDelivered e => $"{e.Alert} {e.Audience} {e.Channel} delivered",
        EmergencyAlertFailed e => $"{e.Alert} {e.Audience} {e.Channel} failed",
        _ => throw new InvalidOperationException($"{told.GetType().Name} says nothing of an alert."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/emergency-alerts", async (DueAlerts alerts, string? caseId, CancellationToken cancellation) =>
        {
            (long late, IReadOnlyList<DueAlerts.Item> newest) = await alerts.ReadAsync(caseId, cancellation);
            return Results.Ok(new Answer(late, newest));
        })
        .RequireAuthorization(ReviewEmergencyAccess.Scope);

    /// <param name="Late">How many nobody could be told within half a minute, so far.</param>
    /// <param name="Alerts">The newest first, at most 200.</param>
    public sealed record Answer(long Late, [property: JsonPropertyName("alerts")] IReadOnlyList<DueAlerts.Item> Alerts);
}
