using AccessGov.Audit.Sealing;
using AccessGov.EventSourcing;

namespace AccessGov.Audit.Retention;

/// <summary>Two people approve a shredding, neither of whom proposed it; each of them can deny it.</summary>
internal static class DecideShredding
{
    public sealed record Denial(string? Reason = null);

    /// <summary>Whether this person may approve it now; null when they may.</summary>
    /// <param name="shredding">What is proposed.</param>
    /// <param name="approver">Who approves.</param>
    /// <param name="coverage">What it is about, as it is now.</param>
    /// <param name="hasException">Whether it is said why it is right although the legal period runs.</param>
    public static Refusal? Decide(Shredding shredding, string approver, KeyCoverage coverage, bool hasException) =>
        DecideDenial(shredding)
        ?? (shredding.ProposedBy == approver ? new Refusal("self_approval", "Two others than whoever proposed it approve.")
            : shredding.FirstApprover == approver ? new Refusal("already_approved", "You have approved it; somebody else is the second.")
            : coverage.Forbids(shredding.Ground, hasException));

    /// <summary>Whether it can still be denied; null when it can.</summary>
    public static Refusal? DecideDenial(Shredding shredding) =>
        shredding.State == Shredding.Proposed ? null : new Refusal("already_decided", "It has been decided already.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapStrongGroup(ProposeShredding.Scope);
        group.MapPost("/shreddings/{id:guid}/approve", async (Guid id, HttpContext http, Shreddings shreddings, TimeProvider clock) =>
        {
            string person = Caller.Person(http)!;
            return Answer(await shreddings.ApproveAsync(
                id, (shredding, coverage, hasException) => Decide(shredding, person, coverage, hasException),
                Deed.Of(http, clock.GetUtcNow(), "shredding.approved", $"Shredding::{id}", new { }), http.RequestAborted));
        });
        group.MapPost("/shreddings/{id:guid}/deny",
            async (Guid id, Denial command, HttpContext http, Shreddings shreddings, TimeProvider clock) =>
            UnsealEntry.BadReason(command.Reason) is { } malformed ? Refusals.Answer(malformed)
            : Answer(await shreddings.DenyAsync(
                id, DecideDenial, Deed.Of(http, clock.GetUtcNow(), "shredding.denied", $"Shredding::{id}", new { command.Reason }),
                http.RequestAborted)));
    }

    private static IResult Answer(Refusal? refused) => refused is null ? Results.NoContent() : Refusals.Answer(refused);
}
