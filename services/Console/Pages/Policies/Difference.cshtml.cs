using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Policies;

/// <summary>What a draft changes in the set that is in force.</summary>
internal sealed class DifferenceModel(PolicyDrafts drafts, PolicySets sets) : PageModel
{
    public PolicyDrafts.Draft Draft { get; private set; } = null!;

    public int? InForce { get; private set; }

    public IReadOnlyList<FileChange> Changes { get; private set; } = [];

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

        (Draft, InForce) = (draft.Value, inForce.Value?.Version);
        Changes = [.. FileChange.Between(inForce.Value?.Files ?? [], Draft.Files).Where(change => change.Kind != "same")];
        return Page();
    }
}
