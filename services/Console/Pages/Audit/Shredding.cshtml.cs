using System.Text;
using AccessGov.Console.Pages.People;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>One shredding: decided by two, followed to its end, and proven by its certificate.</summary>
internal sealed class ShreddingModel(TrailRetention retention, SignedInPerson viewer) : PageModel
{
    public TrailRetention.Shredding Shredding { get; private set; } = null!;

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public bool Confirmed { get; set; }

    public bool MayShred => viewer.May(ShreddingsModel.Scope);

    /// <summary>Why whoever looks does not approve it; null when they may.</summary>
    public string? NotByViewer => Shredding.ProposedBy == viewer.Id ? "You proposed it: two others approve it."
        : Shredding.FirstApprover == viewer.Id ? "You have approved it: somebody else is the second."
        : null;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellation)
    {
        Answer<TrailRetention.Shredding> found = await retention.ShreddingAsync(id, cancellation);
        if (!found.Given)
        {
            return await this.RefuseAsync(found.Refusal);
        }

        Shredding = found.Value;
        return Page();
    }

    public Task<IActionResult> OnGetCertificateAsync(Guid id, CancellationToken cancellation) =>
        FileAsync(id, "certificate", ProvenLine.MediaType, ".ndjson", cancellation);

    public Task<IActionResult> OnGetKeysAsync(Guid id, CancellationToken cancellation) =>
        FileAsync(id, "keys", "text/plain", ".txt", cancellation);

    /// <summary>The first approval can be taken back by a denial; the second is asked once more.</summary>
    public async Task<IActionResult> OnPostApproveAsync(Guid id, CancellationToken cancellation)
    {
        Answer<TrailRetention.Shredding> found = await retention.ShreddingAsync(id, cancellation);
        return !found.Given ? await this.RefuseAsync(found.Refusal)
            : found.Value is { State: "proposed", FirstApprover: { } first } && first != viewer.Id && !Confirmed
                ? this.Instead("/Pages/People/Question.cshtml", new Question(
                    "Destroy these keys for good?",
                    $"Yours is the second approval: {found.Value.What} are destroyed, and what is sealed under them opens for nobody any "
                    + "more. Nobody can take this back.", "Yes, destroy them", $"/audit/shreddings/{id}", "Approve", []))
            : await AfterAsync(id, await retention.ApproveAsync(id, cancellation), "You have approved it.", cancellation);
    }

    public async Task<IActionResult> OnPostDenyAsync(Guid id, CancellationToken cancellation) => await AfterAsync(
        id, await retention.DenyAsync(id, Reason, cancellation), "It is denied: nothing is shredded.", cancellation);

    private async Task<IActionResult> AfterAsync(Guid id, Answer<Done> done, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect($"/audit/shreddings/{id}");
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(id, cancellation);
    }

    private async Task<IActionResult> FileAsync(Guid id, string what, string type, string ending, CancellationToken cancellation)
    {
        Answer<string> file = await retention.FileAsync(id, what, cancellation);
        return file.Given
            ? File(Encoding.UTF8.GetBytes(file.Value), type, $"shredding-{id}-{what}{ending}")
            : await this.RefuseAsync(file.Refusal);
    }
}
