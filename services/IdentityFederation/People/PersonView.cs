using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.People;

/// <summary>One person, with what happened to them.</summary>
internal static class PersonView
{
    /// <param name="Name">The event's name, for example person_suspended.</param>
    /// <param name="At">When.</param>
    /// <param name="By">Who did it; null when that is not known.</param>
    /// <param name="Reason">Why, where a reason is asked for.</param>
    public sealed record Change(string Name, DateTimeOffset At, string? By, string? Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/people/{id}", async (string id, IEventStore store, HttpContext http) =>
        {
            EventStream stream = await store.LoadAsync(Person.Streams.StreamId(id), http.RequestAborted);
            Person state = Person.Streams.Fold(stream);
            if (state is Person.Unknown)
            {
                return Refusals.Answer(Person.Absent(state));
            }

            var person = state as Person.Provisioned;
            http.Response.Headers.ETag = $"\"{stream.Version}\"";
            return Results.Ok(new
            {
                id,
                Deprovisioned = state is Person.Deprovisioned,
                person?.Organisation,
                person?.Profile,
                person?.Active,
                person?.Suspended,
                person?.Locked,
                person?.Identities,
                History = stream.Events.Select(stored =>
                    new Change(stored.Name, stored.RecordedAt, stored.Metadata.Actor, ReasonOf(stored.Data))),
            });
        })
        .RequireAuthorization("people.read");

    private static string? ReasonOf(object @event) => @event switch
    {
        PersonDeactivated e => e.Reason,
        PersonSuspended e => e.Reason,
        PersonReinstated e => e.Reason,
        PersonWarningNotMailed e => e.Reason,
        PersonLocked e => e.Reason,
        PersonUnlocked e => e.Reason,
        PersonDeprovisioned e => e.Reason,
        ClearanceFiled e => $"{e.Kind}: {e.Reference}",
        ClearanceWithdrawn e => $"{e.Kind}: {e.Reason}",
        _ => null,
    };
}
