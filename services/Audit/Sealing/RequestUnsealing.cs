using AccessGov.Audit.Search;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;

namespace AccessGov.Audit.Sealing;

/// <summary>Asks a second person to let one open what is in the archive, and that person decides.</summary>
internal static class RequestUnsealing
{
    public const string ApproverScope = "audit.unseal.approve";
    private const int SequencesMax = 100;

    public sealed record Command(IReadOnlyList<long>? Sequences = null, string? Reason = null);

    /// <summary>Whether this person may decide about it now; null when they may.</summary>
    public static Refusal? Decide(UnsealRequest request, string approver, DateTimeOffset now) => request switch
    {
        { State: not UnsealRequest.Requested } => new Refusal("already_decided", "Somebody has decided about it already."),

        // Four eyes: who wants to see it does not say whether they may.
        _ when request.RequestedBy == approver => new Refusal("self_approval", "Somebody else than whoever asked decides about it."),

        _ when now - request.RequestedAt > UnsealRequest.OpenFor => new Refusal("request_expired", "It waited for too long: ask again."),
        _ => null,
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapStrongGroup("audit.unseal").MapPost("/unseal-requests", RequestAsync);
        RouteGroupBuilder approvers = routes.MapStrongGroup(ApproverScope);
        approvers.MapPost("/unseal-requests/{id:guid}/approve", (Guid id, HttpContext http, UnsealRequests requests, TimeProvider clock) =>
            DecideAsync(id, http, requests, clock, UnsealRequest.Approved));
        approvers.MapPost("/unseal-requests/{id:guid}/deny", (Guid id, HttpContext http, UnsealRequests requests, TimeProvider clock) =>
            DecideAsync(id, http, requests, clock, UnsealRequest.Denied));
        approvers.MapGet("/unseal-requests", (HttpContext http, UnsealRequests requests, ReadingNoted noted, int? limit, string? after) =>
            ListAsync(http, requests, noted, null, limit, after));
        routes.MapStrongGroup("audit.unseal")
            .MapGet("/unseal-requests/mine", (HttpContext http, UnsealRequests requests, ReadingNoted noted, int? limit, string? after) =>
            ListAsync(http, requests, noted, Caller.Person(http), limit, after));
    }

    private static async Task<IResult> RequestAsync(Command command, HttpContext http, UnsealRequests requests, TrailReader trail,
        TimeProvider clock)
    {
        if (command.Sequences is not { Count: >= 1 and <= SequencesMax } sequences || sequences.Distinct().Count() != sequences.Count)
        {
            return Refusals.Table.Answer("sequences_malformed", $"sequences are the numbers of 1 to {SequencesMax} entries, each once.");
        }

        if (UnsealEntry.BadReason(command.Reason) is { } malformed)
        {
            return Refusals.Answer(malformed);
        }

        (long first, long size) = (trail.Minimum, trail.Size);
        if (sequences.Any(sequence => sequence < first || sequence >= size))
        {
            return AbsentEntry.Answer(trail, sequences.First(sequence => sequence < first || sequence >= size));
        }

        DateTimeOffset now = clock.GetUtcNow();
        var request = new UnsealRequest(
            Guid.CreateVersion7(now), UnsealRequest.Requested, Caller.Person(http)!, now, [.. sequences], command.Reason!, null, null);
        await requests.AddAsync(
            request, Deed.Of(http, now, "unseal.requested", $"UnsealRequest::{request.Id}", new { command.Reason, sequences }),
            http.RequestAborted);
        return Results.Created($"/unseal-requests/{request.Id}", request);
    }

    private static async Task<IResult> DecideAsync(Guid id, HttpContext http, UnsealRequests requests, TimeProvider clock, string state)
    {
        (DateTimeOffset now, string person) = (clock.GetUtcNow(), Caller.Person(http)!);
        return await requests.DecideAsync(
            id, request => Decide(request, person, now), state, Deed.Of(http, now, $"unseal.{state}", $"UnsealRequest::{id}", new { }),
            http.RequestAborted)
            is { } refused ? Refusals.Answer(refused) : Results.NoContent();
    }

    /// <summary>They have the reasons that people gave: whoever reads them is in the trail.</summary>
    private static async Task<IResult> ListAsync(
        HttpContext http, UnsealRequests requests, ReadingNoted noted, string? by, int? limit, string? after)
    {
        if (Paging.Of(limit, after) is not { } paging || (after is not null && !Guid.TryParse(after, out _)))
        {
            return Refusals.Answer(Paging.Malformed);
        }

        await noted.NoteAsync(http, "unseal_requests", null, new { by, limit, after });
        IReadOnlyList<UnsealRequest> found =
            await requests.ListAsync(by, after is null ? null : Guid.Parse(after), paging.Limit, http.RequestAborted);
        return Results.Ok(Paging.Page("requests", paging, found, request => request.Id.ToString()));
    }
}
