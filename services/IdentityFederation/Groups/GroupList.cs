namespace AccessGov.IdentityFederation.Groups;

/// <summary>The groups of all organisations, a page at a time, with what their members may do.</summary>
internal static class GroupList
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/groups", async (GroupDirectory directory, CancellationToken cancellation, string? organisation, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("groups", paging, await directory.ReadAsync(organisation, paging, cancellation), group => group.Id))
                : Refusals.Answer(Paging.Malformed))
        .RequireAuthorization("people.read");
}
