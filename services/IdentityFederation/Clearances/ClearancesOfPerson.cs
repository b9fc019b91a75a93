using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Clearances;

/// <summary>What is on file of a person: each kind once, also where nothing is.</summary>
internal static class ClearancesOfPerson
{
    public const string Scope = "clearances.read";

    /// <param name="Kind">Which.</param>
    /// <param name="CompletedOn">The day on which it was done; null, as all the rest, where it never was on file.</param>
    /// <param name="ValidUntil">The last day on which it counts; null when it does not end.</param>
    /// <param name="Reference">Where the paper lies.</param>
    /// <param name="FiledAt">When it was put on file.</param>
    /// <param name="FiledBy">Who did; null when that is not known.</param>
    /// <param name="State">valid, expired, missing, withdrawn.</param>
    public sealed record View(
        string Kind, DateOnly? CompletedOn, DateOnly? ValidUntil, string? Reference, DateTimeOffset? FiledAt, string? FiledBy,
        string State);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/people/{id}/clearances", async (string id, IEventStore store, TimeProvider clock, HttpContext http) =>
        {
            EventStream stream = await store.LoadAsync(Person.Streams.StreamId(id), http.RequestAborted);
            if (Person.Streams.Fold(stream) is not Person.Provisioned person)
            {
                return Refusals.Answer(Person.Absent(Person.Streams.Fold(stream)));
            }

            DateOnly today = Clearance.DayOf(clock.GetUtcNow());
            return Results.Ok(new { clearances = Clearance.Kinds.Select(kind => Of(person, stream, kind, today)) });
        })
        .RequireAuthorization(Scope);

    private static View Of(Person.Provisioned person, EventStream stream, string kind, DateOnly today)
    {
        Clearance? clearance = person.Clearances.GetValueOrDefault(kind);
        StoredEvent? filed = stream.Events.LastOrDefault(stored => stored.Data is ClearanceFiled e && e.Kind == kind);
        return new View(
            kind, clearance?.CompletedOn, clearance?.ValidUntil, clearance?.Reference, filed?.RecordedAt, filed?.Metadata.Actor,
            clearance?.StateOn(today) ?? Clearance.Missing);
    }
}
