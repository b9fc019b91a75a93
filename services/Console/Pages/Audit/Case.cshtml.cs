using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>The file of one case of emergency access: everything that happened under it, from its beginning.</summary>
internal sealed class CaseModel(AuditTrail trail, TimeProvider clock) : PageModel
{
    private const int EntriesMax = 1000;

    public string Id { get; private set; } = "";

    [BindProperty(SupportsGet = true)]
    public Period Period { get; set; } = new();

    public AuditTrail.EntryPage? Found { get; private set; }

    /// <summary>As it happened.</summary>
    public IReadOnlyList<AuditTrail.Entry> Entries => [.. Found!.Entries.Reverse()];

    public string Here => $"/audit/cases/{Uri.EscapeDataString(Id)}";

    public string ExportLink => Here + Query.Of([("handler", "Export"), .. Period.Said]);

    public async Task<IActionResult> OnGetExportAsync(string id, string? format) => Period.Problem is { } problem
        ? await this.RefuseAsync(problem)
        : await this.ExportAsync(trail, format, "case", clock.GetUtcNow(), [("case", id), .. Period.Asked]);

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Id = id;
        if (Period.Problem is { } problem)
        {
            this.Tell(problem);
            return Page();
        }

        Answer<AuditTrail.EntryPage> found = await trail.OfCaseAsync(
            id, Query.Of([.. Period.Asked, ("limit", $"{EntriesMax}")]), cancellation);
        Found = found.Value;
        return await this.ShowAsync(found.Refusal);
    }
}
