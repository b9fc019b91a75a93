using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>The accounting of disclosures of one patient: to print, and to take along with the proof of each line.</summary>
internal sealed class DisclosuresModel(AuditTrail trail, TimeProvider clock) : PageModel
{
    private const int EntriesMax = 500;

    public string Id { get; private set; } = "";

    [BindProperty(SupportsGet = true)]
    public Period Period { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public AuditTrail.DisclosurePage? Found { get; private set; }

    public DateTimeOffset MadeAt { get; } = clock.GetUtcNow();

    public string Here => $"/audit/patients/{Uri.EscapeDataString(Id)}/disclosures";

    public string NextLink => Here + Query.Of([.. Period.Said, ("After", Found?.Next)]);

    public string FileLink => Here + Query.Of([("handler", "File"), .. Period.Said]);

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Id = id;
        if (Period.Problem is { } problem)
        {
            this.Tell(problem);
            return Page();
        }

        Answer<AuditTrail.DisclosurePage> found = await AskAsync(After, cancellation);
        Found = found.Value;
        return await this.ShowAsync(found.Refusal);
    }

    /// <summary>
    /// All of them, one a line with its proof. A file that could not be finished is cut off, and no browser takes it for whole.
    /// </summary>
    public async Task<IActionResult> OnGetFileAsync(string id, CancellationToken cancellation)
    {
        Id = id;
        Answer<AuditTrail.DisclosurePage> found = await AskAsync(null, cancellation);
        if ((Period.Problem ?? found.Refusal) is { } refusal)
        {
            return await this.RefuseAsync(refusal);
        }

        Response.ContentType = ProvenLine.MediaType;
        Response.Headers.ContentDisposition = "attachment; filename=disclosures.ndjson";
        while (found.Value is { } page)
        {
            foreach (AuditTrail.Disclosure line in page.Entries)
            {
                await Response.Body.WriteAsync(ProvenLine.Of(line.Leaf, line.Proof), cancellation);
            }

            if (page.Next is null)
            {
                return new EmptyResult();
            }

            found = await AskAsync(page.Next, cancellation);
        }

        HttpContext.Abort();
        return new EmptyResult();
    }

    private Task<Answer<AuditTrail.DisclosurePage>> AskAsync(string? after, CancellationToken cancellation) => trail.DisclosuresAsync(
        Id, Query.Of([.. Period.Asked, ("limit", $"{EntriesMax}"), ("after", after)]), cancellation);
}
