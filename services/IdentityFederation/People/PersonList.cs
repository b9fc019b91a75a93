namespace AccessGov.IdentityFederation.People;

/// <summary>The people who are here, a page at a time.</summary>
internal static class PersonList
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/people", async (PersonDirectory directory, CancellationToken cancellation, string? organisation, string? search, int? limit, string? after) =>
            Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page("people", paging, await directory.ReadAsync(organisation, search, paging, cancellation), entry => entry.Id))
                : Refusals.Answer(Paging.Malformed))
        .RequireAuthorization("people.read");
}
