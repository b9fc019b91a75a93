using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.TimeTravel;

namespace AccessGov.PolicyDecision.DutySeparations;

/// <summary>Reads the rules of separated duties, and who breaks them: by grants that were there before the rule, or that two rules of before allowed.</summary>
internal static class DutyViolations
{
    public sealed record Scope(GrantScopeKind Kind, string? Id);

    public sealed record Rule(string Id, string Description, IEnumerable<string> Roles, int AtMost, Scope Scope, long Version);

    public sealed record Item(string SubjectType, string SubjectId, DateTimeOffset From, IReadOnlyList<string> Roles, IReadOnlyList<string> Grants);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/duty-separations", (IFacts facts, int? limit, string? after) => Paging.Of(limit, after) is { } paging
                ? Results.Ok(Paging.Page(
                    "dutySeparations", paging,
                    [.. facts.Current.DutySeparations.Where(rule => after is null || string.CompareOrdinal(rule.Id, after) > 0).Take(paging.Limit).Select(Of)], rule => rule.Id))
                : Commands.Refuse(Paging.Malformed))
            .RequireAuthorization("facts.read");
        routes.MapGet("/duty-separations/{id}/violations", (string id, IFacts facts, TimeProvider clock, int? limit, string? after) => TimeTravelModule.PagingOf(limit, after) switch
            {
                null => Commands.Refuse(Paging.Malformed),
                _ when !facts.IsReady => Commands.Refuse(Refusals.FactsNotReady),
                var paging when facts.Current.DutySeparations.FirstOrDefault(rule => rule.Id == id) is { } rule =>
                    Results.Ok(Paging.Page("violations", paging, [.. Of(rule, facts.Current, clock.GetUtcNow(), after ?? "").Take(paging.Limit)], KeyOf)),
                _ => Refusals.Answer("duty_separation_unknown", "There is no rule of separated duties with this id."),
            })
            .RequireAuthorization("facts.read");
    }

    private static Rule Of(DutySeparationFacts rule) => new(rule.Id, rule.Description, rule.Roles, rule.AtMost, new Scope(rule.Scope.Kind, rule.Scope.Id), rule.Version);

    /// <summary>In the order of their keys.</summary>
    private static IEnumerable<Item> Of(DutySeparationFacts rule, FactsSnapshot facts, DateTimeOffset now, string after) => facts.Subjects
        .Where(subject => string.CompareOrdinal(FactIntervals.SubjectOf(subject.Key.Type, subject.Key.Id), after) > 0)
        .Select(subject => (subject.Key, Violation: rule.FirstViolation(subject.Value.Grants, facts.Sites, now)))
        .Where(found => found.Violation is not null)
        .Select(found => new Item(found.Key.Type, found.Key.Id, found.Violation!.At, found.Violation.Roles, found.Violation.Grants))
        .OrderBy(KeyOf, StringComparer.Ordinal);

    private static string KeyOf(Item item) => FactIntervals.SubjectOf(item.SubjectType, item.SubjectId);
}
