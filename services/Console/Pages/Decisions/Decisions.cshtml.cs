using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Decisions;

/// <summary>What was decided, found by who, about whom, when and how.</summary>
internal sealed class DecisionsModel(RecordedDecisions journal) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Subject { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Patient { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Study { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Outcome { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Reason { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public RecordedDecisions.DecisionPage? Found { get; private set; }

    /// <summary>Where the page after this one is.</summary>
    public string NextLink => "/decisions" + Query.Of(
        ("from", From), ("to", To), ("subject", Subject), ("patient", Patient), ("study", Study), ("outcome", Outcome), ("reason", Reason), ("after", Found?.Next));

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        var search = new RecordedDecisions.Search(From, To, Subject, Patient, Study, Outcome, Reason);
        Answer<RecordedDecisions.DecisionPage> found = await journal.FindAsync(search, After, cancellation);
        if (found.Given)
        {
            Found = found.Value;
            return Page();
        }

        // What is wrong with the search is told beside its form.
        if (found.Refusal.Status == StatusCodes.Status400BadRequest)
        {
            this.Tell(found.Refusal);
            return Page();
        }

        return await this.RefuseAsync(found.Refusal);
    }
}
