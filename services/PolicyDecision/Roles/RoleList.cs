using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Roles;

/// <summary>Reads the roles, retired ones left out.</summary>
internal static class RoleList
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/roles", (IFacts facts, int? limit, string? after) => Paging.Of(limit, after) is { } paging
            ? Results.Ok(Paging.Page(
                "roles", paging,
                [.. facts.Current.Roles.Values.OrderBy(role => role.Id, StringComparer.Ordinal)
                    .Where(role => after is null || string.CompareOrdinal(role.Id, after) > 0).Take(paging.Limit)],
                role => role.Id))
            : Commands.Refuse(Paging.Malformed))
        .RequireAuthorization("facts.read");
}
