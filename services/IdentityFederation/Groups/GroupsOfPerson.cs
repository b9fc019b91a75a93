using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>The groups that somebody is in, with what each of them permits.</summary>
internal static class GroupsOfPerson
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/people/{id}/groups", async (string id, PersonDirectory people, GroupDirectory groups, CancellationToken cancellation) =>
            await people.FindAsync(id, cancellation) is null
                ? Refusals.Answer(Person.Absent(Person.Streams.Initial))
                : Results.Ok(new { groups = await groups.OfPersonAsync(id, cancellation) }))
        .RequireAuthorization("people.read");
}
