using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Audit;

/// <summary>Which entries are searched for, as the page's address says it; what is empty does not matter.</summary>
internal sealed class EntryQuestion
{
    public string? Person { get; set; }

    public string? Patient { get; set; }

    public string? Study { get; set; }

    public string? Series { get; set; }

    public string? Action { get; set; }

    public string? Outcome { get; set; }

    public string? Service { get; set; }

    public string? Kind { get; set; }

    public string? Address { get; set; }

    public string? Workstation { get; set; }

    public string? Session { get; set; }

    public string? Case { get; set; }

    public string? Decision { get; set; }

    public string? Reason { get; set; }

    /// <summary>The random name by which the trail calls a patient.</summary>
    public string? Token { get; set; }

    /// <summary>What the form has no field for; it comes from facets and from entries, and is kept.</summary>
    public IEnumerable<(string Name, string? Value)> Beside =>
        new[] { ("Kind", Kind), ("Series", Series), ("Session", Session), ("Decision", Decision), ("Reason", Reason),
            ("Token", Token) }
            .Where(filter => !string.IsNullOrWhiteSpace(filter.Item2));

    /// <summary>All that is said, by its names in the page's address; the service has the same in small letters.</summary>
    public (string Name, string? Value)[] Said =>
    [
        ("Person", Person), ("Patient", Patient), ("Study", Study), ("Series", Series), ("Action", Action), ("Outcome", Outcome),
        ("Service", Service), ("Kind", Kind), ("Address", Address), ("Workstation", Workstation), ("Session", Session), ("Case", Case),
        ("Decision", Decision), ("Reason", Reason), ("Token", Token),
    ];

    public string ToQuery(Period period, params ReadOnlySpan<(string Name, string? Value)> more) =>
        Query.Of([.. Said.Select(filter => (filter.Name.ToLowerInvariant(), filter.Value)), .. period.Asked, .. more]);

    /// <summary>The address of the search, where one filter is another one; null takes it away.</summary>
    public string Link(Period period, string? name = null, string? value = null) => "/audit" + Query.Of(
        [.. Said.Where(filter => !Same(filter.Name, name)), .. period.Said, .. name is null ? [] : new[] { (name, value) }]);

    public string? ValueOf(string name) => Said.FirstOrDefault(filter => Same(filter.Name, name)).Value;

    private static bool Same(string name, string? other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
