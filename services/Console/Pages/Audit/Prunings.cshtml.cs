using System.Text.Json;
using AccessGov.Console.Pages.Health;
using AccessGov.Console.Pages.People;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>Removing what the law demands no longer: proposed by one, decided by two others, and what is left of it to do.</summary>
internal sealed class PruningsModel(TrailPrunings prunings, ServiceHealth health, SignedInPerson viewer) : PageModel
{
    private const string Address = "/audit/prunings";

    public TrailPrunings.Overview Overview { get; private set; } = null!;

    /// <summary>How many files somebody has to release; 0 also while that is not known.</summary>
    public long FilesLeft { get; private set; }

    public bool MayPrune => viewer.May(ShreddingsModel.Scope);

    /// <summary>The one that waits for approvals; there is one at most.</summary>
    public TrailPrunings.Pruning? Proposed => Overview.Prunings.FirstOrDefault(one => one.State == "proposed");

    [BindProperty]
    public string? Basis { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public bool Confirmed { get; set; }

    /// <summary>Why whoever looks does not approve it; null when they may.</summary>
    public string? NotByViewer => Proposed?.ProposedBy == viewer.Id ? "You proposed it: two others approve it."
        : Proposed?.FirstApprover == viewer.Id ? "You have approved it: somebody else is the second."
        : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<TrailPrunings.Overview> found = await prunings.AskAsync(cancellation);
        if (!found.Given)
        {
            return await this.RefuseAsync(found.Refusal);
        }

        Overview = found.Value;
        ServiceHealth.Report? report = (await health.AskAsync(AskedService.Audit, cancellation)).Report;
        FilesLeft = report?.Checks.GetValueOrDefault("pruning")?.Data.TryGetValue("filesLeft", out JsonElement files) == true
            && files.TryGetInt64(out long left) ? left : 0;
        return Page();
    }

    public async Task<IActionResult> OnPostProposeAsync(CancellationToken cancellation) => await AfterAsync(
        await prunings.ProposeAsync(string.IsNullOrWhiteSpace(Basis) ? null : Basis.Trim(), cancellation),
        "It is proposed. Two others approve it, or deny it.", cancellation);

    /// <summary>The first approval can be taken back by a denial; the second is asked once more.</summary>
    public async Task<IActionResult> OnPostApproveAsync(Guid id, CancellationToken cancellation)
    {
        Answer<TrailPrunings.Overview> found = await prunings.AskAsync(cancellation);
        return !found.Given ? await this.RefuseAsync(found.Refusal)
            : found.Value.Prunings.FirstOrDefault(one => one.Id == id) is { State: "proposed", FirstApprover: { } first } one
                && first != viewer.Id && !Confirmed
                ? this.Instead("/Pages/People/Question.cshtml", new Question(
                    "Remove these entries for good?",
                    $"Yours is the second approval: all entries before {one.Minimum} are removed from the trail. What was removed is "
                    + "in nobody's hands here any more, and nobody can take this back.", "Yes, remove them", Address, "Approve",
                    [("id", $"{id}")]))
            : await AfterAsync(await prunings.ApproveAsync(id, cancellation), "You have approved it.", cancellation);
    }

    public async Task<IActionResult> OnPostDenyAsync(Guid id, CancellationToken cancellation) => await AfterAsync(
        await prunings.DenyAsync(id, Reason, cancellation), "It is denied: nothing is removed.", cancellation);

    private async Task<IActionResult> AfterAsync(Answer<Done> done, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect(Address);
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(cancellation);
    }
}
