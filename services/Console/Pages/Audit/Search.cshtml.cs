using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>What is in the trail, found by all that entries say in clear, and by patient.</summary>
internal sealed class SearchModel(AuditTrail trail, TimeProvider clock) : PageModel
{
    /// <summary>The service's facets, and what they are called here.</summary>
    public static readonly (string Key, string Name)[] FacetNames =
        [("action", "What was done"), ("outcome", "Outcome"), ("service", "Service or system"), ("kind", "Kind of event")];

    [BindProperty(SupportsGet = true)]
    public EntryQuestion Question { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public Period Period { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public AuditTrail.EntryPage? Found { get; private set; }

    public AuditTrail.FacetPage? Counted { get; private set; }

    /// <summary>Why the facets cannot be told, where the entries can.</summary>
    public Refusal? NotCounted { get; private set; }

    public string NextLink => "/audit" + Query.Of([.. Question.Said, .. Period.Said, ("After", Found?.Next)]);

    public string ExportLink => "/audit" + Query.Of([("handler", "Export"), .. Question.Said, .. Period.Said]);

    public async Task<IActionResult> OnGetExportAsync(string? format) => Period.Problem is { } problem
        ? await this.RefuseAsync(problem)
        : await this.ExportAsync(trail, format, "entries", clock.GetUtcNow(),
            [.. Question.Said.Select(filter => (filter.Name.ToLowerInvariant(), filter.Value)), .. Period.Asked]);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (Period.Problem is { } problem)
        {
            this.Tell(problem);
            return Page();
        }

        Answer<AuditTrail.EntryPage> found = await trail.FindAsync(Question.ToQuery(Period, ("after", After)), cancellation);
        if (!found.Given)
        {
            return await this.ShowAsync(found.Refusal);
        }

        Found = found.Value;
        Answer<AuditTrail.FacetPage> counted = await trail.CountAsync(Question.ToQuery(Period), cancellation);
        (Counted, NotCounted) = (counted.Value, counted.Refusal);
        return Page();
    }
}
