using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.People;

/// <summary>The people who are here, a page at a time.</summary>
internal static class PersonList
{
    private static readonly Refusal Malformed = new(
        "search_malformed",
        $"search is how a user name, a name or an e-mail address begins: 1 to {PersonSearch.LengthMax} characters, not only blanks.");

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/people", ReadAsync).RequireAuthorization("people.read");

    private static async Task<IResult> ReadAsync(
        PersonDirectory directory, string? organisation, string? search, int? limit, string? after, CancellationToken cancellation)
    {
        if (Paging.Of(limit, after) is not { } paging)
        {
            return Refusals.Answer(Paging.Malformed);
        }

        if (search is not null && !Identifiers.IsText(search, PersonSearch.LengthMax))
        {
            return Refusals.Answer(Malformed);
        }

        IReadOnlyList<PersonDirectory.Entry> found = await directory.ReadAsync(organisation, search, paging, cancellation);
        return Results.Ok(Paging.Page("people", paging, found, entry => entry.Id));
    }
}
