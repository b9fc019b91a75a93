using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Clearances;

/// <summary>What is on file of people: that their background was checked, and that they agreed to keep private what they see.</summary>
internal sealed class FiledClearances(HttpClient http)
{
    public sealed record Page(IReadOnlyList<Clearance> Clearances);

    /// <param name="CompletedOn">The day on which it was done; null, as all the rest, where it never was on file.</param>
    /// <param name="ValidUntil">The last day on which it counts; null when it does not end.</param>
    /// <param name="Reference">Where the paper lies.</param>
    /// <param name="State">valid, expired, missing or withdrawn.</param>
    public sealed record Clearance(
        string Kind, DateOnly? CompletedOn, DateOnly? ValidUntil, string? Reference, DateTimeOffset? FiledAt, string? FiledBy, string State)
    {
        public (string Words, string Mark) InWords => State switch
        {
            "valid" => ("valid", "good"),
            "expired" => ("expired", "bad"),
            "withdrawn" => ("withdrawn", "bad"),
            "missing" => ("not on file", "bad"),
            _ => (State, "plain"),
        };
    }

    /// <summary>Whoever administers and lacks something, or will soon.</summary>
    public sealed record MissingPage(IReadOnlyList<Lacking> People, string? Next = null);

    public sealed record Lacking(
        string Person, string UserName, string? DisplayName, IReadOnlyList<string> Scopes, IReadOnlyList<string> Missing,
        IReadOnlyList<string> Expired, IReadOnlyList<Ending> Ending);

    public sealed record Ending(string Kind, DateOnly ValidUntil);

    /// <summary>What is put on file, as it was written into the form.</summary>
    public sealed record Paper(string CompletedOn, string? ValidUntil, string Reference);

    public Task<Answer<Page>> OfAsync(string person, CancellationToken cancellation) =>
        http.AskAsync<Page>($"people/{Uri.EscapeDataString(person)}/clearances", cancellation);

    public Task<Answer<MissingPage>> MissingAsync(string? after, CancellationToken cancellation) =>
        http.AskAsync<MissingPage>($"clearances/missing{Query.Of(("limit", "50"), ("after", after))}", cancellation);

    public Task<Answer<Done>> FileAsync(string person, string kind, Paper paper, string? version, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Put, PathOf(person, kind), paper, cancellation, version);

    public Task<Answer<Done>> WithdrawAsync(string person, string kind, string reason, string? version, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Delete, PathOf(person, kind), new { reason }, cancellation, version);

    /// <summary>What a kind is called.</summary>
    public static string NameOf(string kind) => kind.Replace('_', ' ');

    private static string PathOf(string person, string kind) =>
        $"people/{Uri.EscapeDataString(person)}/clearances/{Uri.EscapeDataString(kind)}";
}
