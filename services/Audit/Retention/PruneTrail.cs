using AccessGov.Audit.Sealing;
using AccessGov.Audit.Search;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.Audit.Retention;

/// <summary>
/// Removes what has no legal period any more: one person proposes all that may go, two others approve, each of whom can deny it.
/// </summary>
internal static class PruneTrail
{
    /// <param name="Basis">The law or rule by which it is not kept any longer.</param>
    public sealed record Command(string? Basis = null);

    public sealed record Denial(string? Reason = null);

    /// <summary>Whether the words of it will do; null when they will.</summary>
    public static Refusal? Malformed(Command command) =>
        command.Basis is null || !Identifiers.IsText(command.Basis, UnsealEntry.ReasonLengthMax)
            ? new Refusal("basis_malformed", $"basis names the law or rule, in 1 to {UnsealEntry.ReasonLengthMax} characters.")
            : null;

    /// <summary>Whether this person may approve it now; null when they may.</summary>
    public static Refusal? Decide(Pruning pruning, string approver, PrunableTrail trail) =>
        DecideDenial(pruning)
        ?? (pruning.ProposedBy == approver ? new Refusal("self_approval", "Two others than whoever proposed it approve.")
            : pruning.FirstApprover == approver ? new Refusal("already_approved", "You have approved it; somebody else is the second.")
            : trail.Forbids(pruning.Minimum));

    /// <summary>Whether it can still be denied; null when it can.</summary>
    public static Refusal? DecideDenial(Pruning pruning) =>
        pruning.State == Pruning.Proposed ? null : new Refusal("already_decided", "It has been decided already.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGroup("").RequireAuthorization(ShowRetention.Scope).MapGet("/prunings", ListAsync);
        RouteGroupBuilder group = routes.MapStrongGroup(ProposeShredding.Scope);
        group.MapPost("/prunings", ProposeAsync);
        group.MapPost("/prunings/{id:guid}/approve", async (Guid id, HttpContext http, Prunings prunings, TimeProvider clock) =>
        {
            string person = Caller.Person(http)!;
            return Answer(await prunings.ApproveAsync(
                id, (pruning, trail) => Decide(pruning, person, trail),
                Deed.Of(http, clock.GetUtcNow(), "pruning.approved", $"Pruning::{id}", new { }), http.RequestAborted));
        });
        group.MapPost("/prunings/{id:guid}/deny",
            async (Guid id, Denial command, HttpContext http, Prunings prunings, TimeProvider clock) =>
            UnsealEntry.BadReason(command.Reason) is { } malformed ? Refusals.Answer(malformed)
            : Answer(await prunings.DenyAsync(
                id, DecideDenial, Deed.Of(http, clock.GetUtcNow(), "pruning.denied", $"Pruning::{id}", new { command.Reason }),
                http.RequestAborted)));
    }

    private static async Task<IResult> ProposeAsync(Command command, HttpContext http, Prunings prunings, TimeProvider clock)
    {
        if (Malformed(command) is { } malformed)
        {
            return Refusals.Answer(malformed);
        }

        DateTimeOffset now = clock.GetUtcNow();
        Guid id = Guid.CreateVersion7(now);
        return await prunings.ProposeAsync(
            id, Deed.Of(http, now, "pruning.proposed", $"Pruning::{id}", new { command.Basis }), http.RequestAborted) is { } refused
            ? Refusals.Answer(refused)
            : Results.Created($"/prunings/{id}", new { id });
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, Prunings prunings, PrunableLook prunable, TrailDatabase database, ReadingNoted noted)
    {
        await noted.NoteAsync(http, "prunings", null, new { });
        await using NpgsqlConnection connection = await database.Read.OpenConnectionAsync(http.RequestAborted);
        PrunableTrail trail = await prunable.RunAsync(connection, null, http.RequestAborted);
        return Results.Ok(new
        {
            minimum = trail.Minimum, prunable = trail.Greatest, refused = trail.Forbids(trail.Greatest)?.Code,
            unknownClasses = trail.UnknownClasses,
            prunings = await prunings.ListAsync(http.RequestAborted),
        });
    }

    private static IResult Answer(Refusal? refused) => refused is null ? Results.NoContent() : Refusals.Answer(refused);
}
