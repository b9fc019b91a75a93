using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.EventSourcing;

namespace AccessGov.Audit.Retention;

/// <summary>Forbids to shred what is about somebody, of a class, or of a time, until somebody lifts it: it beats every expiry.</summary>
internal static class PlaceLegalHold
{
    public const string Scope = "audit.hold";

    /// <param name="Patient">A patient's id, or</param>
    /// <param name="Person">a person's, or neither: everybody.</param>
    /// <param name="Class">A retention class; null for all.</param>
    /// <param name="From">What was taken in from then on, in whole years; null without a beginning.</param>
    /// <param name="To">Exclusive; null without an end.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Command(
        string? Patient = null, string? Person = null, string? Class = null, DateTimeOffset? From = null, DateTimeOffset? To = null,
        string? Reason = null);

    public sealed record Lifting(string? Reason = null);

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static Refusal? Decide(Command command, IReadOnlyList<string> classes) =>
        UnsealEntry.BadReason(command.Reason) is { } malformed ? malformed
        : command is { Patient: not null, Person: not null }
            ? new Refusal("hold_malformed", "A hold is about a patient, or a person, or everybody.")
        : (command.Patient ?? command.Person) is { } id && !Identifiers.IsForeign(id)
            ? new Refusal("hold_malformed", "This is nobody's id.")
        : command.Class is { } named && !classes.Contains(named)
            ? new Refusal("hold_malformed", $"The retention classes are {string.Join(", ", classes)}.")
        : command.From >= command.To ? new Refusal("hold_malformed", "to is later than from.")
        : null;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapStrongGroup(Scope);
        group.MapPost("/legal-holds", async (Command command, HttpContext http, LegalHolds holds, RetentionClasses classes,
            TimeProvider clock) =>
        {
            if (Decide(command, [.. classes.All.Select(one => one.Name)]) is { } refused)
            {
                return Refusals.Answer(refused);
            }

            DateTimeOffset now = clock.GetUtcNow();
            Guid id = Guid.CreateVersion7(now);
            AuditRecord noted = Deed.Of(http, now, "hold.placed", $"LegalHold::{id}",
                new { command.Reason, command.Person, command.Class, command.From, command.To }) with { AskedPatient = command.Patient };
            await holds.AddAsync(id, command, noted, http.RequestAborted);
            return Results.Created($"/legal-holds/{id}", new { id });
        });
        group.MapPost("/legal-holds/{id:guid}/lift",
            async (Guid id, Lifting command, HttpContext http, LegalHolds holds, TimeProvider clock) =>
            UnsealEntry.BadReason(command.Reason) is { } malformed ? Refusals.Answer(malformed)
            : await holds.LiftAsync(
                id, command.Reason!, Deed.Of(http, clock.GetUtcNow(), "hold.lifted", $"LegalHold::{id}", new { command.Reason }),
                http.RequestAborted) is { } refused
                ? Refusals.Answer(refused)
                : Results.NoContent());
    }
}
