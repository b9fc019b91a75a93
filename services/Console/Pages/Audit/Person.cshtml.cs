using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>What one person did, by day and hour, and entry by entry.</summary>
internal sealed class PersonModel(AuditTrail trail, TimeProvider clock) : PageModel
{
    private const int EntriesMax = 1000;
    private const int RowsMax = 100;

    public string Id { get; private set; } = "";

    [BindProperty(SupportsGet = true)]
    public Period Period { get; set; } = new();

    public AuditTrail.EntryPage? Found { get; private set; }

    /// <summary>The newest; the search has all.</summary>
    public IReadOnlyList<AuditTrail.Entry> Rows => [.. Found!.Entries.Take(RowsMax)];

    public string Here => $"/audit/people/{Uri.EscapeDataString(Id)}";

    public string SearchLink => "/audit" + Query.Of([("Person", Id), .. Period.Said]);

    public string ExportLink => Here + Query.Of([("handler", "Export"), .. Period.Said]);

    public async Task<IActionResult> OnGetExportAsync(string id, string? format) => Period.Problem is { } problem
        ? await this.RefuseAsync(problem)
        : await this.ExportAsync(trail, format, "person", clock.GetUtcNow(), [("person", id), .. Period.Asked]);

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Id = id;
        if (Period.Problem is { } problem)
        {
            this.Tell(problem);
            return Page();
        }

        Answer<AuditTrail.EntryPage> found = await trail.OfPersonAsync(
            id, Query.Of([.. Period.Asked, ("limit", $"{EntriesMax}")]), cancellation);
        Found = found.Value;
        return await this.ShowAsync(found.Refusal);
    }
}
