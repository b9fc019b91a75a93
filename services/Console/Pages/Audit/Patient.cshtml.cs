using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>Who did what with the data of one patient, and when.</summary>
internal sealed class PatientModel(AuditTrail trail, TimeProvider clock) : PageModel
{
    private const int EntriesMax = 200;

    public string Id { get; private set; } = "";

    [BindProperty(SupportsGet = true)]
    public Period Period { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public AuditTrail.EntryPage? Found { get; private set; }

    public string Here => $"/audit/patients/{Uri.EscapeDataString(Id)}";

    public string NextLink => Here + Query.Of([.. Period.Said, ("After", Found?.Next)]);

    public string DisclosuresLink => $"{Here}/disclosures{Query.Of(Period.Said)}";

    public string ExportLink => Here + Query.Of([("handler", "Export"), .. Period.Said]);

    public async Task<IActionResult> OnGetExportAsync(string id, string? format) => Period.Problem is { } problem
        ? await this.RefuseAsync(problem)
        : await this.ExportAsync(trail, format, "patient", clock.GetUtcNow(), [("patient", id), .. Period.Asked]);

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Id = id;
        if (Period.Problem is { } problem)
        {
            this.Tell(problem);
            return Page();
        }

        Answer<AuditTrail.EntryPage> found = await trail.OfPatientAsync(
            id, Query.Of([.. Period.Asked, ("limit", $"{EntriesMax}"), ("after", After)]), cancellation);
        Found = found.Value;
        return await this.ShowAsync(found.Refusal);
    }
}
