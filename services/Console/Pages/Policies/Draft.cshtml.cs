using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Policies;

/// <summary>A draft and its way into force: check, impact, approval by a second person, publication.</summary>
internal sealed class DraftModel(PolicyDrafts drafts, PolicySets sets) : PageModel
{
    public PolicyDrafts.Draft Draft { get; private set; } = null!;

    /// <summary>The version of the set that is in force now; null when there is none.</summary>
    public PolicySets.SetText? InForce { get; private set; }

    public IReadOnlyDictionary<string, FileChange> Changes { get; private set; } = null!;

    public string? ChangeOf(string file) => Changes.TryGetValue(file, out FileChange? change) && change.Kind != "same" ? change.Kind : null;

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Answer<PolicyDrafts.Draft> draft = await drafts.ReadAsync(id, cancellation);
        if (!draft.Given)
        {
            return await this.RefuseAsync(draft.Refusal);
        }

        Answer<PolicySets.SetText?> inForce = await sets.ReadInForceAsync(draft.Value.PolicySet, cancellation);
        if (inForce.Refusal is { Code: not "policy_set_unknown" } refusal)
        {
            return await this.RefuseAsync(refusal);
        }

        (Draft, InForce) = (draft.Value, inForce.Value);
        Changes = FileChange.Between(InForce?.Files ?? [], Draft.Files).ToDictionary(change => change.Name, StringComparer.Ordinal);
        return Page();
    }

    public async Task<IActionResult> OnPostCheckAsync(string id, CancellationToken cancellation) =>
        await AfterAsync(id, await drafts.CheckAsync(id, cancellation), "The text is checked.", cancellation);

    public async Task<IActionResult> OnPostApproveAsync(string id, string hash, CancellationToken cancellation) =>
        await AfterAsync(id, await drafts.ApproveAsync(id, hash, cancellation), "You have approved this text.", cancellation);

    public async Task<IActionResult> OnPostPublishAsync(string id, CancellationToken cancellation) =>
        await AfterAsync(id, await drafts.PublishAsync(id, cancellation), "The draft is published and in force.", cancellation);

    public async Task<IActionResult> OnPostAbandonAsync(string id, string? reason, CancellationToken cancellation) =>
        await AfterAsync(id, await drafts.AbandonAsync(id, reason ?? "", cancellation), "The draft is given up.", cancellation);

    /// <summary>The same text upon the version that is in force by now: whoever does it says that the draft takes account of it.</summary>
    public async Task<IActionResult> OnPostRebaseAsync(string id, int baseVersion, CancellationToken cancellation)
    {
        Answer<PolicyDrafts.Draft> draft = await drafts.ReadAsync(id, cancellation);
        return draft.Given
            ? await AfterAsync(id, await drafts.RewriteAsync(id, draft.Value.Files, draft.Value.Comment, baseVersion, draft.Version, cancellation),
                $"The draft is written upon version {baseVersion} now. Check it again.", cancellation)
            : await this.RefuseAsync(draft.Refusal);
    }

    private async Task<IActionResult> AfterAsync(string id, Answer<Done> done, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect($"/policies/drafts/{id}");
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(id, cancellation);
    }
}
