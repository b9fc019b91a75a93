using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>
/// Leaves out one event that a destination refuses for good, because somebody says so: else it holds up all behind it. It stays in the
/// trail, which says of it, too, who left it out there and, sealed, why.
/// </summary>
internal static class SkipEvent
{
    public const string Scope = "audit.export";
    private const string Kind = "export.skipped";

    public sealed record Command(long? Sequence = null, string? Reason = null);

    /// <summary>Whether the destination goes on without the event; null when it does.</summary>
    /// <param name="command">Which event, and why.</param>
    /// <param name="destination">How the destination is doing; null when there is none of the name.</param>
    public static Refusal? Decide(Command command, DestinationReport? destination) =>
        UnsealEntry.BadReason(command.Reason) is { } malformed ? malformed
        : command.Sequence is not >= 0 ? new Refusal("sequence_malformed", "sequence is the number of the event that is left out.")
        : destination is null ? Unknown
        : destination.Status == "elsewhere"
            ? new Refusal("served_elsewhere", "Another process of Audit serves it and knows what was refused: send it there.")
        : destination.Position != command.Sequence
            ? new Refusal("not_at_position", "Only the event at the destination's position can be left out: GET /export-destinations.")

        // What was not taken for other reasons is taken later.
        : destination.Refused != command.Sequence
            ? new Refusal("not_refused", "The destination has not refused this event: what it has not got it gets when it works again.")
        : null;

    private static Refusal Unknown { get; } = new("destination_unknown", "There is no such destination: GET /export-destinations.");

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapStrongGroup(Scope).MapPost("/export-destinations/{name}/skip", SkipAsync);

    private static async Task<IResult> SkipAsync(
        string name, Command command, HttpContext http, DestinationStates states, TrailDatabase database, Intake intake, TimeProvider clock)
    {
        DestinationReport? destination =
            (await states.ReadAsync(http.RequestAborted)).FirstOrDefault(one => one.Name == name);
        if (Decide(command, destination) is { } refused)
        {
            return Refusals.Answer(refused);
        }

        long sequence = command.Sequence!.Value;
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(http.RequestAborted);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(http.RequestAborted);

        // What the trail says of it commits with the position, or neither does.
        AuditRecord noted = Deed.Of(http, clock.GetUtcNow(), Kind, $"ExportDestination::{name}", new { command.Reason, sequence }) with
        {
            Cause = $"Entry::{sequence}",
        };
        await intake.AcceptAsync(Refusals.Service, [noted], transaction, http.RequestAborted);
        if (!await ExportPosition.SkipAsync(transaction, name, sequence, http.RequestAborted))
        {
            return Refusals.Table.Answer("not_at_position", "The destination has got further meanwhile.");
        }

        await transaction.CommitAsync(http.RequestAborted);
        return Results.NoContent();
    }
}
