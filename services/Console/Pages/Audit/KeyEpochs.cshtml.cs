using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>The epochs of the keys that protect all other keys of the trail.</summary>
internal sealed class KeyEpochsModel(SealedArchive archive) : PageModel
{
    [BindProperty]
    public string? Reason { get; set; }

    public IReadOnlyList<SealedArchive.Epoch> Epochs { get; private set; } = [];

    public static (string Words, string Mark) InWords(SealedArchive.Epoch epoch) =>
        epoch.DestroyedAt is not null ? ("destroyed", "plain")
        : epoch.RetiredAt is not null ? ("over, still there", "warn")
        : ("in use", "good");

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<SealedArchive.EpochPage> epochs = await archive.EpochsAsync(cancellation);
        if (!epochs.Given)
        {
            return await this.RefuseAsync(epochs.Refusal);
        }

        Epochs = epochs.Value.Epochs;
        return Page();
    }

    public async Task<IActionResult> OnPostBeginAsync(CancellationToken cancellation)
    {
        Answer<Done> begun = await archive.BeginEpochAsync(Reason, cancellation);
        if (begun.Given)
        {
            TempData["Notice"] = "A new epoch has begun. Living keys are put under it now.";
            return Redirect("/audit/key-epochs");
        }

        this.Tell(begun.Refusal);
        return await OnGetAsync(cancellation);
    }
}
