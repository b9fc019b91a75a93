using AccessGov.EventSourcing;

namespace AccessGov.CommandEndpoints;

/// <summary>A page of a list: at most so many, after this one.</summary>
/// <param name="Limit">1 to 1,000 items.</param>
/// <param name="After">The key of the last item of the page before; null for the first page.</param>
public sealed record Paging(int Limit, string? After)
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1_000;

    /// <summary>Null when it is malformed.</summary>
    public static Paging? Of(int? limit, string? after) =>
        limit is null or (>= 1 and <= LimitMax) && after is not { Length: > Identifiers.LengthMax } ? new Paging(limit ?? LimitDefault, after) : null;

    /// <summary>The refusal of a page that cannot be.</summary>
    public static Refusal Malformed { get; } = new("paging_malformed", $"limit is from 1 to {LimitMax}; after is what an earlier page called next.");

    /// <summary>The items, and where the next page begins; next is absent at the end.</summary>
    public static Dictionary<string, object> Page<T>(string name, Paging paging, IReadOnlyList<T> items, Func<T, string> keyOf)
    {
        var page = new Dictionary<string, object>(StringComparer.Ordinal) { [name] = items };
        if (items.Count == paging.Limit)
        {
            page["next"] = keyOf(items[^1]);
        }

        return page;
    }
}
